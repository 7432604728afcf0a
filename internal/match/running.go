package match

import (
	"github.com/convkit/convkit/internal/match/rowvec"
	"github.com/convkit/convkit/internal/tensor"
)

// moments gives, row by row of a unit's outputs, the sum of each window's
// values and the sum of their squared distances from the window's mean.
type moments interface {
	row(r int) (sum, variance []float64)
	// peak is the largest sum of squares of a window among the rows so far.
	peak() float64
}

// running keeps the sums of each column over the rows of a window, and slides
// them to the right and down in float64. Where values and sums are whole numbers
// below 2^53 it is exact. Otherwise each step adds a rounding error relative to
// the largest sum around, however small the window's own.
type running[N tensor.Float] struct {
	x                []N
	stride, kh, kw   int
	columns, squares []float64 // of each column of the region
	nothing          []N       // a row of zeros
	sum, variance    []float64
	largest          float64
}

func (m *running[N]) begin(x []N, stride, regionCols, kh, kw int) {
	m.x, m.stride, m.kh, m.kw, m.largest = x, stride, kh, kw, 0
	m.columns, m.squares = tensor.Grow(m.columns, regionCols), tensor.Grow(m.squares, regionCols)
	m.sum, m.variance = tensor.Grow(m.sum, regionCols-kw+1), tensor.Grow(m.variance, regionCols-kw+1)
	m.nothing = tensor.Grow(m.nothing, regionCols)
	clear(m.columns)
	clear(m.squares)
	clear(m.nothing)
	for y := range kh - 1 {
		m.step(x[y*stride:], m.nothing)
	}
}

func (m *running[N]) row(r int) (sum, variance []float64) {
	out := m.nothing
	if r > 0 {
		out = m.x[(r-1)*m.stride:]
	}
	m.step(m.x[(r+m.kh-1)*m.stride:], out)
	m.slide()
	return m.sum, m.variance
}

// step adds a row to the sums of columns and takes one away.
func (m *running[N]) step(in, out []N) {
	if single, ok := any(in).([]float32); ok {
		rowvec.Step(m.columns, m.squares, single, any(out).([]float32))
		return
	}
	columns, squares := m.columns, m.squares[:len(m.columns)]
	in, out = in[:len(columns)], out[:len(columns)]
	for i, v := range in {
		f, g := float64(v), float64(out[i])
		columns[i] += f - g
		squares[i] += float64(f*f) - float64(g*g)
	}
}

// slide sums windows from column sums.
func (m *running[N]) slide() {
	n := float64(m.kh * m.kw)
	inverse := 1 / n
	s, q := 0.0, 0.0
	for i := range m.kw {
		s += m.columns[i]
		q += m.squares[i]
	}
	largest := m.largest
	sum := m.sum
	variance := m.variance[:len(sum)]
	before, beforeQ := m.columns[:len(sum)], m.squares[:len(sum)]
	ahead, aheadQ := m.columns[m.kw:], m.squares[m.kw:]
	ahead, aheadQ = ahead[:len(sum)-1], aheadQ[:len(sum)-1]
	for i := range sum {
		sum[i] = s
		// Unfused, so that both products round alike in a constant window.
		variance[i] = (float64(n*q) - float64(s*s)) * inverse
		if q > largest {
			largest = q
		}
		if i < len(ahead) {
			s += ahead[i] - before[i]
			q += aheadQ[i] - beforeQ[i]
		}
	}
	m.largest = largest
}

func (m *running[N]) peak() float64 { return m.largest }
