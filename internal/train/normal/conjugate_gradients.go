package normal

import (
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/numeric"
)

// The iteration ends when the error, in the norm of G, is gradientsTolerance of its
// first value. Where the held-out windows are like the others that takes a dozen
// steps. After gradientsSteps the equations are solved directly.
const (
	gradientsTolerance = 1e-12
	gradientsSteps     = 60
)

// conjugateGradients returns G⁺grad for sums that are the greater part of a whole,
// preconditioned with the factorisation of the whole (Hestenes and Stiefel, 1952).
// It returns nil if it does not converge.
func (s *System) conjugateGradients(grad []float64) []float64 {
	x, r, p := make([]float64, s.n), append([]float64(nil), grad...), lagvec.NewVector(s.n)
	z := s.whole.Solve(r)
	copy(p, z)
	size := numeric.Dot(r, z)
	if !numeric.IsFinite(size) {
		return nil
	}
	enough := gradientsTolerance * gradientsTolerance * size
	for range gradientsSteps {
		if size <= enough {
			return x
		}
		gp := s.Times(p)
		step := size / numeric.Dot(p, gp)
		for i := range x {
			x[i] += step * p[i]
			r[i] -= step * gp[i]
		}
		z = s.whole.Solve(r)
		next := numeric.Dot(r, z)
		for i := range p {
			p[i] = z[i] + next/size*p[i]
		}
		size = next
	}
	return nil
}
