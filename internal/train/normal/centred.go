package normal

import (
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// centred has the sums of x less a mean. Where there is a bias, an offset of the
// image changes only the bias: with m taken from all values (also beyond the border),
//
//	aᵀk + b = (a − m)ᵀk + b',   b' = b + m Σk
//
// A mean that is large beside the contrast makes G nearly singular: the products of
// mean and mean keep only the rounding of the contrast. Sums are then made of x − m,
// and solved with. G itself is G = TᵀG'T, with T adding m Σk to the constant.
//
// Without a bias the constant b' = m Σk is no unknown of its own: see pedestal.go. G'
// has a row and a column for it nevertheless.
type centred struct {
	mean     float64
	constant int       // index of the constant in G', after all taps
	g        []float64 // G'
	hidden   bool      // the constant is not among the unknowns
}

// unknowns returns the number of rows of G'.
func (s *centred) unknowns(n int) int {
	if s.hidden {
		return n + 1
	}
	return n
}

// uncentre sets g to TᵀgT, with T adding m times all taps to the constant c: it makes
// G of G', and G' of G with −m.
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

// shift returns the system's matrix for x less m.
func (s *System) shift(m float64, c int) []float64 {
	g, n, by := s.g, s.n, -m
	if s.centred != nil {
		g, n, by = s.centred.g, s.centred.unknowns(s.n), s.centred.mean-m
	}
	g = append([]float64(nil), g...)
	if by != 0 {
		uncentre(g, n, c, by)
	}
	return g
}

// addCentred adds the centred sums of o. It runs before o.g is added to s.g.
func (s *System) addCentred(o *System) {
	switch {
	case o.centred == nil && s.centred == nil:
		return
	case s.addHidden(o):
		return
	case s.centred == nil:
		s.centred = &centred{mean: o.centred.mean, constant: o.centred.constant, g: s.shift(o.centred.mean, o.centred.constant)}
	}
	floats.Add(s.centred.g, o.shift(s.centred.mean, s.centred.constant))
}

// less returns the sums without those of c, which are over some of the same windows.
func (s *centred) less(c *System) *centred {
	if s == nil {
		return nil
	}
	r := s.times(1)
	if s.hidden {
		floats.Sub(r.g, c.withConstant(s.mean))
		return r
	}
	for i, v := range c.shift(s.mean, s.constant) {
		r.g[i] -= v
	}
	return r
}

// times returns the sums times f.
func (s *centred) times(f float64) *centred {
	if s == nil {
		return nil
	}
	g := append([]float64(nil), s.g...)
	floats.Scale(f, g)
	return &centred{s.mean, s.constant, g, s.hidden}
}

// toCentredGradient returns T⁻ᵀb, a right-hand side for G'.
func (s *centred) toCentredGradient(b []float64) []float64 {
	b = append([]float64(nil), b...)
	for t := range s.constant {
		b[t] -= s.mean * b[s.constant]
	}
	return b
}

// about returns gradient and loss of an output at its origin + d.
func (s *centred) about(o *Output, d []float64) ([]float64, float64) {
	if s.hidden {
		return o.about(d, s.timesHidden(d))
	}
	d[s.constant] += s.mean * numeric.Sum(d[:s.constant])
	inner := System{n: len(d), g: s.g}
	grad, loss := (&Output{Gradient: s.toCentredGradient(o.Gradient), Loss: o.Loss}).about(d, inner.Times(d))
	for t := range s.constant {
		grad[t] += s.mean * grad[s.constant]
	}
	return grad, loss
}

// fromCentred turns unknowns w' of centred sums into T⁻¹w', those of x.
func (s *centred) fromCentred(w []float64) { w[s.constant] -= s.mean * numeric.Sum(w[:s.constant]) }

// fromCentredInverse turns an n x n matrix M into T⁻¹ M T⁻ᵀ.
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

// Centred returns the system of centred sums, or s itself if there are none.
// UncentreUnknowns turns its unknowns into those of s.
func (s *System) Centred() *System {
	h := s.centred
	if h == nil || h.hidden {
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

// UncentreMatrix turns G' of x less its mean, which the system holds, into G. It
// keeps G' for solutions. constant is the index of the constant.
func (s *System) UncentreMatrix(mean float64, constant int) {
	s.centred = &centred{mean: mean, constant: constant, g: append([]float64(nil), s.g...)}
	uncentre(s.g, s.n, constant, mean)
}

// Centring returns the mean that was taken from x, and the index of the constant
// among the unknowns. ok is false if the sums are of x as it is, or have no such unknown.
func (s *System) Centring() (mean float64, constant int, ok bool) {
	if s.centred == nil || s.centred.hidden {
		return 0, 0, false
	}
	return s.centred.mean, s.centred.constant, true
}

// UncentreUnknowns turns the unknowns of centred sums into those of x.
func (s *System) UncentreUnknowns(w []float64) {
	if s.centred != nil && !s.centred.hidden {
		s.centred.fromCentred(w)
	}
}
