package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// System is one set of normal equations: G, n x n, and what belongs to each of the
// outputs that share it.
type System struct {
	n       int
	g       []float64
	outputs []Output
	centred *centred // nil: sums of x as it is

	// Derived from g when first asked for: see cholesky.go, eigen.go.
	eigen          *Eigen
	factored       *Cholesky
	illConditioned bool
	least, most    float64

	// noiseScale is the size of the numbers whose rounding is in g, where g is what
	// remains of larger ones; 0: that of g.
	noiseScale float64

	// whole, which may be nil, is the system of which these sums are the greater
	// part: see held_out.go.
	whole *System
}

// Output is the right-hand side of one output channel.
type Output struct {
	Origin   []float64
	Gradient []float64 // Σ a r
	Loss     float64   // Σ r²
	Moments  Moments
}

// NewSystem returns a system with all sums zero.
func NewSystem(l train.Layout) System {
	n := l.Unknowns()
	s := System{n: n, g: make([]float64, n*n), outputs: make([]Output, l.Outputs())}
	for k := range s.outputs {
		s.outputs[k] = Output{Origin: make([]float64, n), Gradient: make([]float64, n)}
	}
	return s
}

// Trace returns the sum of the diagonal of G.
func (s *System) Trace() float64 {
	t := 0.0
	for i := range s.n {
		t += s.g[i*s.n+i]
	}
	return t
}

// Add adds the sums of o, about the origin of s.
func (s *System) Add(o *System) {
	for k := range s.outputs {
		a, b := &s.outputs[k], &o.outputs[k]
		grad, loss := o.About(k, a.Origin)
		for j, v := range grad {
			a.Gradient[j] += v
		}
		a.Loss += loss
		a.Moments.Add(b.Moments)
	}
	s.addCentred(o)
	floats.Add(s.g, o.g)
	s.forget()
}

// About returns gradient and loss of output k about another origin.
func (s *System) About(k int, origin []float64) ([]float64, float64) {
	o := &s.outputs[k]
	d, moved := lagvec.NewVector(s.n), false
	for j := range d {
		d[j] = origin[j] - o.Origin[j]
		moved = moved || d[j] != 0
	}
	if !moved {
		return o.Gradient, o.Loss
	}
	if h := s.centred; h != nil {
		return h.about(o, d)
	}
	return o.about(d, s.Times(d))
}

// about returns gradient and loss at origin + d, with gd = G d.
func (o *Output) about(d, gd []float64) ([]float64, float64) {
	grad := make([]float64, len(d))
	for j := range grad {
		grad[j] = o.Gradient[j] - gd[j]
	}
	return grad, o.lossAt(d, gd)
}

// Times returns G d.
func (s *System) Times(d []float64) []float64 {
	p := make([]float64, s.n)
	s.TimesInto(p, d)
	return p
}

// TimesInto sets p to G d. A d from lagvec.NewVector reaches the assembly.
func (s *System) TimesInto(p, d []float64) { lagvec.DotLags(p, s.n, 1, s.g, s.n, s.n, d) }

// lossAt returns the loss at origin + d, with gd = G d, never below zero.
func (o *Output) lossAt(d, gd []float64) float64 {
	return math.Max(0, o.Loss-2*numeric.Dot(o.Gradient, d)+numeric.Dot(d, gd))
}

// N returns the number of unknowns.
func (s *System) N() int { return s.n }

// Matrix returns G, n x n in row-major order, not a copy. Nothing that was derived from
// it holds after a change.
func (s *System) Matrix() []float64 { return s.g }

// Outputs returns what belongs to each output that shares G. The slice is not a copy.
func (s *System) Outputs() []Output { return s.outputs }

// HasCholesky reports whether solutions come from a Cholesky factorisation: of G, or of
// the sums of which G is the greater part.
func (s *System) HasCholesky() bool { return s.whole != nil || s.cholesky() != nil }
