package normal

import (
	"github.com/convkit/convkit/internal/train/numeric"
)

// shifted is what a system holds where its sums were shifted.
type centred struct {
	mean     float64
	constant int       // the constant among the unknowns, behind all taps
	g        []float64 // G'
}

// unshift moves G' to G, and the reverse with -m: it sets g to TᵀgT, T adding m
// times all taps to the constant c.
func uncentre(g []float64, n, c int, m float64) {
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
func (s *System) shift(m float64, c int) []float64 {
	g, by := s.g, -m
	if s.centred != nil {
		g, by = s.centred.g, s.centred.mean-m
	}
	g = append([]float64(nil), g...)
	if by != 0 {
		uncentre(g, s.n, c, by)
	}
	return g
}

// addShifted adds the shifted sums of o, before s.g is added to.
func (s *System) addCentred(o *System) {
	switch {
	case o.centred == nil && s.centred == nil:
		return
	case s.centred == nil:
		s.centred = &centred{o.centred.mean, o.centred.constant, s.shift(o.centred.mean, o.centred.constant)}
	}
	numeric.Add(s.centred.g, o.shift(s.centred.mean, s.centred.constant))
}

// less are the sums without those of c, a part of the same windows.
func (s *centred) less(c *System) *centred {
	if s == nil {
		return nil
	}
	r := s.times(1)
	for i, v := range c.shift(s.mean, s.constant) {
		r.g[i] -= v
	}
	return r
}

// times are the sums times f.
func (s *centred) times(f float64) *centred {
	if s == nil {
		return nil
	}
	g := append([]float64(nil), s.g...)
	numeric.Scale(g, f)
	return &centred{s.mean, s.constant, g}
}

// down is T⁻ᵀb, a right-hand side for G'.
func (s *centred) toCentredGradient(b []float64) []float64 {
	b = append([]float64(nil), b...)
	for t := range s.constant {
		b[t] -= s.mean * b[s.constant]
	}
	return b
}

// about is gradient and loss of an output at its origin + d.
func (s *centred) about(o *Output, d []float64) ([]float64, float64) {
	d[s.constant] += s.mean * numeric.Sum(d[:s.constant])
	inner := System{n: len(d), g: s.g}
	grad, loss := (&Output{Gradient: s.toCentredGradient(o.Gradient), Loss: o.Loss}).about(d, inner.Times(d))
	for t := range s.constant {
		grad[t] += s.mean * grad[s.constant]
	}
	return grad, loss
}

// up is T⁻¹w', the unknowns that those of shifted sums stand for.
func (s *centred) fromCentred(w []float64) { w[s.constant] -= s.mean * numeric.Sum(w[:s.constant]) }

// upBoth is T⁻¹ M T⁻ᵀ, of an n x n matrix.
func (s *centred) fromCentredInverse(m []float64, n int) {
	for t := range s.constant {
		for j := range n {
			m[s.constant*n+j] -= s.mean * m[t*n+j]
		}
	}
	for i := range n {
		s.fromCentred(m[i*n : (i+1)*n])
	}
}

// inShift is the system of shifted sums, whose unknowns up turns into those of s;
// s itself where it has none.
func (s *System) Centred() *System {
	h := s.centred
	if h == nil {
		return s
	}
	r := &System{n: s.n, g: h.g, centred: h}
	for _, o := range s.outputs {
		origin := append([]float64(nil), o.Origin...)
		origin[h.constant] += h.mean * numeric.Sum(origin[:h.constant])
		r.outputs = append(r.outputs, Output{Origin: origin, Gradient: h.toCentredGradient(o.Gradient), Loss: o.Loss, Moments: o.Moments})
	}
	return r
}

// uncentreMatrix makes G of G', which the system holds, and keeps G' for solutions.
func (s *System) UncentreMatrix(mean float64, constant int) {
	s.centred = &centred{mean, constant, append([]float64(nil), s.g...)}
	uncentre(s.g, s.n, constant, mean)
}

// centring returns what was taken from x and the constant's place among the
// unknowns; ok is false where the sums are of x as it is.
func (s *System) Centring() (mean float64, constant int, ok bool) {
	if s.centred == nil {
		return 0, 0, false
	}
	return s.centred.mean, s.centred.constant, true
}

// uncentreUnknowns makes unknowns of x of those of x less its mean.
func (s *System) UncentreUnknowns(w []float64) {
	if s.centred != nil {
		s.centred.fromCentred(w)
	}
}
