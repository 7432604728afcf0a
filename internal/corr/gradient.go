package corr

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// NewGradient plans the magnitude of two correlations of every plane,
//
//	Y = sqrt(corr(X, kx)² + corr(X, ky)²),
//
// for plain kernels such as a pair of derivatives. Where the two differ in
// size, the smaller is filled up with zeros at its bottom and its right, so
// that both see the same windows.
func NewGradient[T tensor.Float](in tensor.Shape, kx, ky tensor.Kernel, o Options, c Config) (*Plan[T], error) {
	h, w := max(kx.H, ky.H), max(kx.W, ky.W)
	p, err := NewPlan[T](in, fill(kx, h, w), o, c)
	if err != nil {
		return nil, err
	}
	q, err := NewPlan[T](in, fill(ky, h, w), o, c)
	if err != nil {
		return nil, err
	}
	p.method = &gradient[T]{x: p.method, y: q.method, cols: p.out.W}
	return p, nil
}

func fill(k tensor.Kernel, h, w int) tensor.Kernel {
	f := k
	f.H, f.W, f.Taps = h, w, make([]float64, h*w)
	for u := range k.H {
		copy(f.Taps[u*w:], k.Taps[u*k.W:(u+1)*k.W])
	}
	return f
}

// gradient combines the results of two methods.
type gradient[T tensor.Float] struct {
	x, y method[T]
	cols int
}

func (g *gradient[T]) Describe() string { return "gradient magnitude, " + g.x.Describe() }

func (g *gradient[T]) Rows() int { return max(g.x.Rows(), g.y.Rows()) }

func (g *gradient[T]) NewWorker() bandWorker[T] {
	return &gradientWorker[T]{x: g.x.NewWorker(), y: g.y.NewWorker(), cols: g.cols}
}

type gradientWorker[T tensor.Float] struct {
	x, y    bandWorker[T]
	cols    int
	scratch []T
}

func (w *gradientWorker[T]) Correlate(dst []view[T], o, rows int, in []view[T], _ bool) {
	w.scratch = grow(w.scratch, rows*w.cols)
	other := view[T]{w.scratch, w.cols}
	w.x.Correlate(dst, o, rows, in, false)
	w.y.Correlate([]view[T]{other}, o, rows, in, false)
	for r := range rows {
		a, b := dst[0].row(r, w.cols), other.row(r, w.cols)
		for i, v := range a {
			a[i] = T(math.Sqrt(float64(v)*float64(v) + float64(b[i])*float64(b[i])))
		}
	}
}
