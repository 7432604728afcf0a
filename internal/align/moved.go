package align

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// lobes is the half width of the filter that moves by a fraction: a sinc under a
// window of that half width (Lanczos 3).
const lobes = 3

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
// i-n-lobes, … i-n+lobes for element i.
func lanczos(d float64) (n int, weights []float64) {
	n = int(math.Round(d))
	rest := d - float64(n)
	if math.Abs(rest) < known {
		return n, []float64{1}
	}
	sum := 0.0
	for i := -lobes; i <= lobes; i++ {
		t := math.Pi * (float64(i) + rest)
		w := 0.0
		if math.Abs(t) < lobes*math.Pi {
			w = 1
			if t != 0 {
				w = math.Sin(t) / t * math.Sin(t/lobes) / (t / lobes)
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

// Warped is an image moved by a rotation, a scale and a shift onto a frame of H x W,
// between pixels by the filter of the fit. What lies outside the image is continued
// by its edge. The whole image is kept in memory.
type Warped[T tensor.Float] struct {
	shape  tensor.Shape
	planes []plane
	motion motion
}

// NewWarped moves an image as s says, onto a frame of h x w.
func NewWarped[T tensor.Float](src tensor.Source[T], s Shift, h, w int) (*Warped[T], error) {
	from := src.Shape()
	v := &Warped[T]{
		shape:  tensor.Shape{N: from.N, C: from.C, H: h, W: w},
		motion: motion{s.Y, s.X, s.Angle * math.Pi / 180, math.Log(s.Scale)},
	}
	buf := make([]T, from.W)
	for p := range from.N * from.C {
		q := plane{h: from.H, w: from.W, data: make([]float64, 0, from.H*from.W)}
		for y := range from.H {
			row, err := src.Row(p, y, buf)
			if err != nil {
				return nil, err
			}
			for _, u := range row {
				q.data = append(q.data, float64(u))
			}
		}
		v.planes = append(v.planes, q)
	}
	return v, nil
}

// Shape has the planes of the image in the frame.
func (v *Warped[T]) Shape() tensor.Shape { return v.shape }

// Row interpolates one row.
func (v *Warped[T]) Row(p, y int, buf []T) ([]T, error) {
	q := &v.planes[p]
	cy, cx := float64(q.h-1)/2, float64(q.w-1)/2
	sin, cos := math.Sincos(v.motion.angle)
	shrink := math.Exp(-v.motion.logScale)
	buf = buf[:v.shape.W]
	for x := range buf {
		uy, ux := float64(y)-v.motion.y-cy, float64(x)-v.motion.x-cx
		by, bx := cy+shrink*(-sin*ux+cos*uy), cx+shrink*(cos*ux+sin*uy)
		u, _, _ := q.sample(min(max(by, 0), float64(q.h-1)), min(max(bx, 0), float64(q.w-1)))
		buf[x] = T(u)
	}
	return buf, nil
}
