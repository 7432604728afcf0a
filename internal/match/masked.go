package match

import (
	"math"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// masked are the moments of windows of which some cells count, from sums over
// these cells. A variance much smaller than its sum of squares is what two large
// numbers left of each other: where certain is set, it is computed anew.
type masked struct {
	t            *Template
	cols         int
	sums, square []float64 // of each output
	exact        bool      // all are whole numbers
	variance     []float64
	largest      float64

	certain *pairwise // of whole windows: where they are constant, so is a part
	x       []float64
	stride  int
}

// cancelled is the share of its sum of squares below which a variance is
// computed anew: six digits are lost by then, ten are left.
const cancelled = 1e-6

func (m *masked) row(r int) (sum, variance []float64) {
	m.variance = tensor.Grow(m.variance, m.cols)
	sums := m.sums[r*m.cols:][:m.cols]
	n := m.t.n
	for i, q := range m.square[r*m.cols:][:m.cols] {
		s := sums[i]
		if m.exact {
			s, q = math.Round(s), math.Round(q)
			sums[i] = s
		}
		m.largest = max(m.largest, q)
		v := (float64(n*q) - float64(s*s)) / n
		if m.certain != nil && v < cancelled*q {
			v = m.anew(r, i)
		}
		m.variance[i] = v
	}
	return sums, m.variance
}

// anew computes the variance of a window in two passes.
func (m *masked) anew(r, i int) float64 {
	if m.certain.m2[r*m.certain.stride+i] == 0 {
		return 0
	}
	value := func(j int) float64 { return m.x[(r+j/m.t.w)*m.stride+i+j%m.t.w] }
	first, sum, v := value(m.t.first()), 0.0, 0.0
	for j, k := range m.t.mask {
		sum += float64(k * (value(j) - first))
	}
	mean := first + sum/m.t.n
	for j, k := range m.t.mask {
		v += float64(k * (value(j) - mean) * (value(j) - mean))
	}
	return v
}

func (m *masked) peak() float64 { return m.largest }

// maskedMoments computes the sums of a channel over the cells that count.
func maskedMoments[T tensor.Float](w *worker[T], s *stage[float64], c int, u unit, v view, l level) moments {
	n, t := u.rows*u.cols, w.p.t
	m := &masked{t: t, cols: u.cols, exact: v.whole, x: s.x[c], stride: s.stride, sums: make([]float64, n), square: make([]float64, n)}
	if l.last && !v.whole {
		m.certain = newPairwise(m.x, s.stride, u.rows+t.h-1, u.cols+t.w-1, t.h, t.w)
	}
	squares := make([]float64, len(m.x))
	for i, f := range m.x {
		squares[i] = f * f
	}
	switch {
	case l.direct:
		ones := w.p.directly().ones
		vec.Correlate(m.sums, u.cols, m.x, s.stride, ones, 1, u.rows, u.cols, 0, 0)
		vec.Correlate(m.square, u.cols, squares, s.stride, ones, 1, u.rows, u.cols, 0, 0)
	case w.planes != nil:
		for r := range u.rows {
			copy(m.sums[r*u.cols:][:u.cols], w.planes.sums[c][(u.y+r)*w.planes.out.W+u.x:])
			copy(m.square[r*u.cols:][:u.cols], w.planes.squares[c][(u.y+r)*w.planes.out.W+u.x:])
		}
	default:
		k := w.p.double().mask
		s.correlate(m.sums, m.x, k, u, false)
		s.correlate(m.square, squares, k, u, false)
	}
	return m
}
