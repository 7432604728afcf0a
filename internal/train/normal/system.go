package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/numeric"
)

// system is one set of normal equations: G, n x n, and what belongs to each of
// the outputs that share it.
type System struct {
	n       int
	g       []float64
	outputs []Output
	centred *centred // nil: sums of x as it is

	// Derived from g, once asked for: see factor.go.
	eigen          *Eigen
	factored       *Cholesky
	illConditioned bool
	least, most    float64

	// large is the size of the numbers of which a smaller g is the remainder.
	noiseScale float64

	// whole, which may be nil, is what these sums are the greater part of: see
	// rest.go.
	whole *System
}

// output is the right-hand side of one output channel.
type Output struct {
	Origin   []float64
	Gradient []float64 // Σ a r
	Loss     float64   // Σ r²
	Moments  Moments
}

func NewSystem(l train.Layout) System {
	n := l.Unknowns()
	s := System{n: n, g: make([]float64, n*n), outputs: make([]Output, l.Outputs())}
	for k := range s.outputs {
		s.outputs[k] = Output{Origin: make([]float64, n), Gradient: make([]float64, n)}
	}
	return s
}

// trace is the sum of the diagonal of G.
func (s *System) Trace() float64 {
	t := 0.0
	for i := range s.n {
		t += s.g[i*s.n+i]
	}
	return t
}

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
	numeric.Add(s.g, o.g)
	s.forget()
}

// about is gradient and loss of output k about another origin.
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

// about is gradient and loss at origin + d, with gd = G d.
func (o *Output) about(d, gd []float64) ([]float64, float64) {
	grad := make([]float64, len(d))
	for j := range grad {
		grad[j] = o.Gradient[j] - gd[j]
	}
	return grad, o.lossAt(d, gd)
}

// times is G d.
func (s *System) Times(d []float64) []float64 {
	p := make([]float64, s.n)
	s.TimesInto(p, d)
	return p
}

// timesInto sets p to G d. A d of vector length reaches the assembly.
func (s *System) TimesInto(p, d []float64) { lagvec.DotLags(p, s.n, 1, s.g, s.n, s.n, d) }

// lossAt is the loss at origin + d, with gd = G d, never below zero.
func (o *Output) lossAt(d, gd []float64) float64 {
	return math.Max(0, o.Loss-2*numeric.Dot(o.Gradient, d)+numeric.Dot(d, gd))
}

// N returns the number of unknowns.
func (s *System) N() int { return s.n }

// Matrix returns G, n x n in row-major order. After it is changed, nothing derived
// from it may be used.
func (s *System) Matrix() []float64 { return s.g }

// Outputs returns what belongs to each output that shares G.
func (s *System) Outputs() []Output { return s.outputs }

// hasCholesky reports whether solutions come from a Cholesky factorisation, of G or
// of the sums of which it is the greater part.
func (s *System) HasCholesky() bool { return s.whole != nil || s.cholesky() != nil }
