package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// MinimalLoss returns the smallest possible sum of squares, loss0 − gᵀ G⁺ g.
func (s *Equations) MinimalLoss() float64 {
	total := 0.0
	for i := range s.systems {
		sys := &s.systems[i]
		for _, o := range sys.outputs {
			total += math.Max(0, o.Loss-numeric.Dot(o.Gradient, sys.Solve(o.Gradient)))
		}
	}
	return total
}

// forget drops what was derived from G.
func (s *System) forget() {
	s.eigen, s.factored, s.illConditioned, s.least, s.most = nil, nil, false, 0, 0
}

// Solve returns G⁺ grad, the shortest step from the origin to a best fit.
func (s *System) Solve(grad []float64) []float64 {
	if s.whole != nil {
		if x := s.conjugateGradients(grad); x != nil {
			return x
		}
		s.whole = nil
	}
	c := s.cholesky()
	if c == nil {
		return s.Eigen().Solve(grad)
	}
	return c.Solve(grad)
}

// Inverse returns G⁻¹, n x n in row-major order, not a copy; nil if G is singular.
func (s *System) Inverse() []float64 {
	if c := s.cholesky(); c != nil {
		return c.Inverse()
	}
	e := s.Eigen()
	if e.rank < s.n {
		return nil
	}
	scaled := mat.DenseCopyOf(mat.NewDense(s.n, s.n, e.v))
	scaled.Apply(func(_, i int, v float64) float64 { return v / e.lambda[i] }, scaled)
	inverse := mat.NewDense(s.n, s.n, nil)
	inverse.Mul(scaled, mat.NewDense(s.n, s.n, e.v).T())
	return inverse.RawMatrix().Data
}

// Rank returns the number of combinations of unknowns that the data determines.
func (s *System) Rank() int {
	if s.whole != nil {
		return s.whole.Rank()
	}
	if s.cholesky() != nil {
		return s.n
	}
	return s.Eigen().rank
}

// LargestEigenvalue returns the largest eigenvalue of G.
func (s *System) LargestEigenvalue() float64 {
	if s.whole == nil && s.cholesky() == nil {
		return s.Eigen().max()
	}
	if s.most == 0 {
		s.most = lanczos(s.n, s.TimesInto)
	}
	return s.most
}

// SmallestEigenvalue returns the smallest eigenvalue of G that is not zero.
func (s *System) SmallestEigenvalue() float64 {
	if s.whole != nil {
		return s.whole.SmallestEigenvalue()
	}
	c := s.cholesky()
	if c == nil {
		return s.Eigen().min()
	}
	if s.least == 0 {
		// An inverse and its products cost less than as many solutions.
		inverse := System{n: s.n, g: c.Inverse()}
		s.least = 1 / lanczos(s.n, inverse.TimesInto)
	}
	return s.least
}

// Best returns the shortest of the best fits, by output channel.
func (s *Equations) Best() [][]float64 {
	var best [][]float64
	for i := range s.systems {
		sys := &s.systems[i]
		for _, o := range sys.outputs {
			w := sys.Solve(o.Gradient)
			floats.Add(w, o.Origin)
			if sys.Rank() < sys.n {
				w = sys.dropUndetermined(w)
			}
			best = append(best, w)
		}
	}
	return best
}

// dropUndetermined returns w without its part in undetermined directions.
func (s *System) dropUndetermined(w []float64) []float64 {
	if s.whole != nil {
		return s.whole.dropUndetermined(w)
	}
	return s.Eigen().dropUndetermined(w)
}

// LossAt returns the sum of squared residuals at w, by output channel.
func (s *Equations) LossAt(w [][]float64) float64 {
	total := 0.0
	for c, v := range w {
		i, k := s.layout.SystemOf(c)
		_, loss := s.systems[i].About(k, v)
		total += loss
	}
	return total
}

// Rank returns the number of combinations of unknowns that the data determines, over
// all outputs.
func (s *Equations) Rank() int {
	r := 0
	for i := range s.systems {
		r += s.systems[i].Rank() * len(s.systems[i].outputs)
	}
	return r
}

// LossAtOrigin returns Σr² about the origin.
func (s *Equations) LossAtOrigin() float64 {
	total := 0.0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			total += o.Loss
		}
	}
	return total
}
