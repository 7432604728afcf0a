package normal

import (
	"math"
	"slices"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// A pedestal is a mean of x that is large beside its contrast, in a fit without a bias.
// The products of mean and mean then fill every entry of G, and the contrast is lost in
// their rounding: at 10⁷ beside a contrast of one, G has no correct digit but those of
// the pedestal. Sums of x − m keep them, with a constant c that is bound to the taps,
//
//	aᵀk = (a − m)ᵀk + c,   c = m Σk
//
// The fit is solved in unknowns in which the bond is no cancellation: c itself, and the
// coordinates z of k in a basis of the kernels that sum to zero,
//
//	k = Q z + c/(m n) 1,   Qᵀ1 = 0,   QᵀQ = 1
//
// with Q Helmert's basis: column j is one up to row j, then −j, over √(j(j+1)). The
// matrix of (z, c) is about as well conditioned as that of a fit with a bias.
type pedestal struct {
	n     int     // taps
	share float64 // 1/(m n), what c adds to each tap
}

// helmert returns (Qᵀx, Σx).
func helmert(x []float64) ([]float64, float64) {
	z, sum := make([]float64, len(x)-1), x[0]
	for j := 1; j < len(x); j++ {
		f := float64(j)
		// The differences from x[j] one by one: what all have in common cancels exactly.
		d := 0.0
		for _, v := range x[:j] {
			d += v - x[j]
		}
		z[j-1] = d / math.Sqrt(f*(f+1))
		sum += x[j]
	}
	return z, sum
}

// project returns (Qᵀb, Σb/(mn)), the gradient in (z, c).
func (p *pedestal) project(b []float64) []float64 {
	z, sum := helmert(b)
	return append(z, sum*p.share)
}

// expand returns k of (z, c).
func (p *pedestal) expand(z []float64) []float64 {
	k, run := make([]float64, p.n), 0.0
	for j := p.n - 1; j >= 1; j-- {
		f := float64(j)
		a := z[j-1] / math.Sqrt(f*(f+1))
		k[j] = run - f*a
		run += a
	}
	k[0] = run
	floats.AddConst(p.share*z[p.n-1], k)
	return k
}

// expandInverse returns P M Pᵀ for the n x n matrix M, with P what expand does.
func (p *pedestal) expandInverse(m []float64) []float64 {
	for range 2 { // P (P M)ᵀ, and M is symmetric
		t := make([]float64, len(m))
		for i := range p.n {
			for j, v := range p.expand(m[i*p.n : (i+1)*p.n]) {
				t[j*p.n+i] = v
			}
		}
		m = t
	}
	return m
}

// matrix returns G' in (z, c): Pᵀ G' P with P = (Q, 1/(mn); 0, 1).
func (p *pedestal) matrix(g []float64) []float64 {
	n, all := p.n, p.n+1
	// Rows first: each row of G' becomes its products with the n columns of P.
	half := make([]float64, all*n)
	for i := range all {
		row := g[i*all : (i+1)*all]
		z, sum := helmert(row[:n])
		copy(half[i*n:], z)
		half[i*n+n-1] = sum*p.share + row[n]
	}
	h, column := make([]float64, n*n), make([]float64, n)
	for j := range n {
		for i := range n {
			column[i] = half[i*n+j]
		}
		z, sum := helmert(column)
		for i, v := range z {
			h[i*n+j] = v
		}
		h[(n-1)*n+j] = sum*p.share + half[n*n+j]
	}
	return h
}

// cholesky returns the factorisation of G' for n unknowns; nil as for NewCholesky.
func (s *centred) cholesky(n int) *Cholesky {
	if !s.hidden {
		f := NewCholesky(n, s.g)
		if f != nil {
			f.shifted = s
		}
		return f
	}
	p := &pedestal{n, 1 / (s.mean * float64(n))}
	f := NewCholesky(n, p.matrix(s.g))
	if f != nil {
		f.pedestal = p
	}
	return f
}

// timesHidden returns G d, through G': with d' = (d, m Σd), the taps of G'd' and m
// times its constant.
func (s *centred) timesHidden(d []float64) []float64 {
	n := len(d)
	inner := System{n: n + 1, g: s.g}
	gd := inner.Times(append(slices.Clone(d), s.mean*numeric.Sum(d)))
	floats.AddConst(s.mean*gd[n], gd[:n])
	return gd[:n]
}

// withConstant returns G' of sums whose constant is m Σk. That of their own mean is
// mean/m times it, and sums of x as it is have none.
func (s *System) withConstant(m float64) []float64 {
	n, all := s.n, s.n+1
	g := make([]float64, all*all)
	if h := s.centred; h != nil {
		copy(g, h.g)
		f := h.mean / m
		floats.Scale(f, g[n*all:])
		for i := range all {
			g[i*all+n] *= f
		}
		return g
	}
	for i := range n {
		copy(g[i*all:], s.g[i*n:(i+1)*n])
	}
	return g
}

// addHidden adds the sums of o where the constant of either is hidden, and reports
// whether it is.
func (s *System) addHidden(o *System) bool {
	a, b := s.centred, o.centred
	switch {
	case a != nil && a.hidden:
		floats.Add(a.g, o.withConstant(a.mean))
	case b != nil && b.hidden:
		s.centred = &centred{b.mean, b.constant, s.withConstant(b.mean), true}
		floats.Add(s.centred.g, b.g)
	default:
		return false
	}
	return true
}

// HideConstant returns the equations of the layout l, which has no bias, from those of
// the same fit with one whose sums are of x less a mean.
func (s *Equations) HideConstant(l train.Layout) *Equations {
	r := &Equations{layout: l, counts: s.counts, summedDirectly: s.summedDirectly, summedSingle: s.summedSingle}
	for i := range s.systems {
		r.systems = append(r.systems, s.systems[i].hideConstant())
		r.heldOut = append(r.heldOut, s.heldOut[i].hideConstant())
	}
	return r
}

func (s *System) hideConstant() System {
	n := s.n - 1
	r := System{n: n, g: make([]float64, n*n)}
	for i := range n {
		copy(r.g[i*n:(i+1)*n], s.g[i*s.n:])
	}
	if h := s.centred; h != nil {
		r.centred = &centred{h.mean, n, h.g, true}
	}
	for _, o := range s.outputs {
		o.Origin, o.Gradient = o.Origin[:n], o.Gradient[:n]
		r.outputs = append(r.outputs, o)
	}
	return r
}
