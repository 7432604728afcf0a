package align

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// taps is the half width of the filter that moves by a fraction: a sinc under a
// window of that half width (Lanczos 3).
const taps = 3

// known is the fraction of an element below which a shift counts as whole: less
// cannot be found.
const known = 1e-3

// Moved is an image moved by a shift onto a frame of H x W: element (y, x) is
// that of the image at (y-dy, x-dx), between elements by Lanczos' filter. What
// lies outside the image is continued by its edge.
type Moved[T tensor.Float] struct {
	Image tensor.Source[T]
	H, W  int

	y, x   int // whole part
	wy, wx []float64
}

// NewMoved moves an image by (dy, dx).
func NewMoved[T tensor.Float](src tensor.Source[T], dy, dx float64, h, w int) *Moved[T] {
	m := &Moved[T]{Image: src, H: h, W: w}
	m.y, m.wy = lanczos(dy)
	m.x, m.wx = lanczos(dx)
	return m
}

// lanczos gives the whole part n of a shift d and the weights of elements
// i-n-taps, … i-n+taps for element i.
func lanczos(d float64) (n int, weights []float64) {
	n = int(math.Round(d))
	rest := d - float64(n)
	if math.Abs(rest) < known {
		return n, []float64{1}
	}
	sum := 0.0
	for i := -taps; i <= taps; i++ {
		t := math.Pi * (float64(i) + rest)
		w := 0.0
		if math.Abs(t) < taps*math.Pi {
			w = 1
			if t != 0 {
				w = math.Sin(t) / t * math.Sin(t/taps) / (t / taps)
			}
		}
		weights = append(weights, w)
		sum += w
	}
	for i := range weights {
		weights[i] /= sum
	}
	return n, weights
}

// Shape has the planes of the image in the frame.
func (m *Moved[T]) Shape() tensor.Shape {
	s := m.Image.Shape()
	return tensor.Shape{N: s.N, C: s.C, H: m.H, W: m.W}
}

// Row sums rows of the image, and then elements of the sum.
func (m *Moved[T]) Row(p, y int, buf []T) ([]T, error) {
	s := m.Image.Shape()
	sum, row := make([]float64, s.W), make([]T, s.W)
	for i, w := range m.wy {
		r, err := m.Image.Row(p, clamp(y-m.y+i-len(m.wy)/2, s.H), row)
		if err != nil {
			return nil, err
		}
		for x, v := range r {
			sum[x] += float64(w * float64(v))
		}
	}
	buf = buf[:m.W]
	for x := range buf {
		v := 0.0
		for i, w := range m.wx {
			v += float64(w * sum[clamp(x-m.x+i-len(m.wx)/2, s.W)])
		}
		buf[x] = T(v)
	}
	return buf, nil
}

func clamp(i, n int) int { return min(max(i, 0), n-1) }
