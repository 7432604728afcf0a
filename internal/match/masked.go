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
	faint   float64   // variances up to here may be errors of a transform
	x       []float64
	stride  int
}

// cancelled is the share of its sum of squares below which a variance is
// computed anew: six digits are lost by then, ten are left.
const cancelled = 1e-6

// transformed is the share of the largest square that a sum through a transform in
// float64 may err by.
const transformed = 1e-9

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
		if m.certain != nil && v < max(cancelled*q, m.faint) {
			sums[i], v = m.anew(r, i)
		}
		m.variance[i] = v
	}
	return sums, m.variance
}

// anew computes the weighted sum and the variance of a window in two passes. Those of
// a constant window are exact.
func (m *masked) anew(r, i int) (sum, variance float64) {
	value := func(j int) float64 { return m.x[(r+j/m.t.w)*m.stride+i+j%m.t.w] }
	first := value(m.t.first())
	if m.certain.m2[r*m.certain.stride+i] == 0 {
		return sumOf(first, m.t.n), 0
	}
	v := 0.0
	for j, k := range m.t.mask {
		sum += float64(k * (value(j) - first))
	}
	mean := first + sum/m.t.n
	for j, k := range m.t.mask {
		v += float64(k * (value(j) - mean) * (value(j) - mean))
	}
	return sumOf(mean, m.t.n), v
}

// sumOf is a sum that divided by n is the mean exactly, where there is one: a window
// of zeros then has no energy.
func sumOf(mean, n float64) float64 {
	s := mean * n
	for _, near := range []float64{s, math.Nextafter(s, math.Inf(-1)), math.Nextafter(s, math.Inf(1))} {
		if near/n == mean {
			return near
		}
	}
	return s
}

func (m *masked) peak() float64 { return m.largest }

// maskedMoments computes the sums of a channel over the cells that count.
func maskedMoments[T tensor.Float](w *worker[T], s *stage[float64], c int, u unit, v view, l level) moments {
	n, t := u.rows*u.cols, w.p.t
	m := &masked{t: t, cols: u.cols, exact: v.whole && !t.soft, x: s.x[c], stride: s.stride, sums: make([]float64, n), square: make([]float64, n)}
	if (l.last || w.planes != nil) && !m.exact {
		m.certain = newPairwise(m.x, s.stride, u.rows+t.h-1, u.cols+t.w-1, t.h, t.w)
	}
	squares := make([]float64, len(m.x))
	for i, f := range m.x {
		squares[i] = f * f
		m.faint = max(m.faint, transformed*squares[i])
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
