package train

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Where there is a bias, an offset of the image changes the bias and no tap: with
// m taken from all values (those beyond the border too), Σ taps + bias is
//
//	aᵀk + b = (a − m)ᵀk + b',   b' = b + m Σk
//
// A mean that is large beside the contrast makes G nearly singular by the products
// of mean and mean, which hold nothing but rounding of the contrast. Sums are then
// made of a − m, and solved with; G itself is G = TᵀG'T with b' = Tb.

// shiftFrom is the ratio of mean and standard deviation from which sums are
// shifted: below it they lose less than three digits, and whole numbers stay
// whole.
const shiftFrom = 16

// sampledRows is the rows of which mean and standard deviation are estimated.
const sampledRows = 32

// offset is the m that sums of x are shifted by; 0 where that gains nothing.
func offset(x tensor.Source[float64]) (float64, error) {
	shape := x.Shape()
	buf := make([]float64, shape.W)
	var all moments
	for i := range sampledRows {
		row, err := x.Row(i%shape.Planes(), (2*i+1)*shape.H/(2*sampledRows), buf)
		if err != nil {
			return 0, err
		}
		for _, v := range row {
			if isFinite(v) {
				all.add(moments{n: 1, weight: 1, mean: v})
			}
		}
	}
	if all.n == 0 || math.Abs(all.mean) < shiftFrom*math.Sqrt(all.m2/all.weight) || all.m2 == 0 {
		return 0, nil
	}
	return all.mean, nil
}

// shifted is what a system holds where its sums were shifted.
type shifted struct {
	m float64
	c int       // the constant among the unknowns, behind all taps
	g []float64 // G'
}

// unshift moves G' to G, and the reverse with -m: it sets g to TᵀgT, T adding m
// times all taps to the constant c.
func unshift(g []float64, n, c int, m float64) {
	for i := range n {
		row := g[i*n : (i+1)*n]
		for t := range c {
			row[t] += m * row[c]
		}
	}
	for t := range c {
		for j := range n {
			g[t*n+j] += m * g[c*n+j]
		}
	}
}

// shift returns the system's sums as shifted by m.
func (s *system) shift(m float64, c int) []float64 {
	g, by := s.g, -m
	if s.shifted != nil {
		g, by = s.shifted.g, s.shifted.m-m
	}
	g = append([]float64(nil), g...)
	if by != 0 {
		unshift(g, s.n, c, by)
	}
	return g
}

// addShifted adds the shifted sums of o, before s.g is added to.
func (s *system) addShifted(o *system) {
	switch {
	case o.shifted == nil && s.shifted == nil:
		return
	case s.shifted == nil:
		s.shifted = &shifted{o.shifted.m, o.shifted.c, s.shift(o.shifted.m, o.shifted.c)}
	}
	addTo(s.shifted.g, o.shift(s.shifted.m, s.shifted.c))
}

// inner returns weights as they are in shifted sums: Tw.
func (p *pass) inner(weights [][]float64) [][]float64 {
	if p.offset == 0 {
		return weights
	}
	c := p.layout.taps()
	var list [][]float64
	for _, w := range weights {
		w = append([]float64(nil), w...)
		w[c] += p.offset * sum(w[:c])
		list = append(list, w)
	}
	return list
}

// restore makes of shifted sums those that they stand for.
func (p *pass) restore(list []target) {
	if p.offset == 0 {
		return
	}
	c := p.layout.taps()
	for _, t := range list {
		for k := range t.sys.outputs {
			grad := t.sys.outputs[k].grad
			for i := range c {
				grad[i] += p.offset * grad[c]
			}
		}
		if p.sumsG() {
			t.sys.uncentreMatrix(p.offset, c)
		}
	}
}

// less are the sums without those of c, a part of the same windows.
func (s *shifted) less(c *system) *shifted {
	if s == nil {
		return nil
	}
	r := s.times(1)
	for i, v := range c.shift(s.m, s.c) {
		r.g[i] -= v
	}
	return r
}

// times are the sums times f.
func (s *shifted) times(f float64) *shifted {
	if s == nil {
		return nil
	}
	g := append([]float64(nil), s.g...)
	scale(g, f)
	return &shifted{s.m, s.c, g}
}

// down is T⁻ᵀb, a right-hand side for G'.
func (s *shifted) down(b []float64) []float64 {
	b = append([]float64(nil), b...)
	for t := range s.c {
		b[t] -= s.m * b[s.c]
	}
	return b
}

// about is gradient and loss of an output at its origin + d.
func (s *shifted) about(o *output, d []float64) ([]float64, float64) {
	d[s.c] += s.m * sum(d[:s.c])
	inner := system{n: len(d), g: s.g}
	grad, loss := (&output{grad: s.down(o.grad), loss: o.loss}).about(d, inner.times(d))
	for t := range s.c {
		grad[t] += s.m * grad[s.c]
	}
	return grad, loss
}

// up is T⁻¹w', the unknowns that those of shifted sums stand for.
func (s *shifted) up(w []float64) { w[s.c] -= s.m * sum(w[:s.c]) }

// upBoth is T⁻¹ M T⁻ᵀ, of an n x n matrix.
func (s *shifted) upBoth(m []float64, n int) {
	for t := range s.c {
		for j := range n {
			m[s.c*n+j] -= s.m * m[t*n+j]
		}
	}
	for i := range n {
		s.up(m[i*n : (i+1)*n])
	}
}

// inShift is the system of shifted sums, whose unknowns up turns into those of s;
// s itself where it has none.
func (s *system) inShift() *system {
	h := s.shifted
	if h == nil {
		return s
	}
	r := &system{n: s.n, g: h.g, shifted: h}
	for _, o := range s.outputs {
		origin := append([]float64(nil), o.origin...)
		origin[h.c] += h.m * sum(origin[:h.c])
		r.outputs = append(r.outputs, output{origin: origin, grad: h.down(o.grad), loss: o.loss, y: o.y})
	}
	return r
}

// uncentreMatrix makes G of G', which the system holds, and keeps G' for solutions.
func (s *system) uncentreMatrix(mean float64, constant int) {
	s.shifted = &shifted{mean, constant, append([]float64(nil), s.g...)}
	unshift(s.g, s.n, constant, mean)
}

// centring returns what was taken from x and the constant's place among the
// unknowns; ok is false where the sums are of x as it is.
func (s *system) centring() (mean float64, constant int, ok bool) {
	if s.shifted == nil {
		return 0, 0, false
	}
	return s.shifted.m, s.shifted.c, true
}

// uncentreUnknowns makes unknowns of x of those of x less its mean.
func (s *system) uncentreUnknowns(w []float64) {
	if s.shifted != nil {
		s.shifted.up(w)
	}
}
