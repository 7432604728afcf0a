package solve

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Constraints are what is known of a kernel beforehand. With k the taps of one output,
// the fit minimises
//
//	Σ r² + Ridge Σ k² + Smooth Σ (Δk)²
//
// under the conditions given. Δ is the Laplacian within the kernel, the sum of the
// differences from the neighbours that exist. The bias and the background are free.
type Constraints struct {
	Ridge, Smooth float64
	Sum           *float64 // of the taps of each output; nil: free
	NonNegative   bool     // no tap is below zero
	Symmetry      Symmetry
}

// None reports whether nothing is known.
func (s Constraints) None() bool { return s == Constraints{} }

func (s Constraints) check(l train.Layout) error {
	k := l.Spec.Kernel
	switch {
	case !(s.Ridge >= 0) || math.IsInf(s.Ridge, 0):
		return fmt.Errorf("ridge %v: must be at least 0", s.Ridge)
	case !(s.Smooth >= 0) || math.IsInf(s.Smooth, 0):
		return fmt.Errorf("smooth %v: must be at least 0", s.Smooth)
	case s.Sum != nil && !numeric.IsFinite(*s.Sum):
		return fmt.Errorf("sum %v: must be a number", *s.Sum)
	case s.Sum != nil && s.NonNegative && *s.Sum < 0:
		return fmt.Errorf("nonnegative taps cannot add up to %v", *s.Sum)
	case s.Symmetry == Rotation && k.H != k.W:
		return fmt.Errorf("symmetry rotation needs a square kernel, not %v", k)
	}
	return nil
}

// Constrained returns the best fit under constraints. Its Loss is the squares alone,
// without the penalties. Errors: constraints that contradict each other, and a
// quadratic program that does not converge.
func Constrained(s *normal.Equations, shape Constraints, l train.Loss) (Result, error) {
	if err := shape.check(s.Layout()); err != nil {
		return Result{}, err
	}
	w, err := ConstrainedUnknowns(s, shape.InUnits(s.Layout().Spec.Units))
	if err != nil {
		return Result{}, err
	}
	return NewResult(s, w, l), nil
}

// ConstrainedUnknowns returns the best unknowns under constraints, by output channel.
func ConstrainedUnknowns(s *normal.Equations, shape Constraints) ([][]float64, error) {
	if shape.None() {
		return s.Best(), nil
	}
	var list [][]float64
	for i := range s.Systems() {
		sys := s.Systems()[i].Centred()
		q := newReduced(s.Layout(), sys, shape)
		for _, o := range sys.Outputs() {
			w, err := q.solve(o, shape)
			if err != nil {
				return nil, err
			}
			sys.UncentreUnknowns(w)
			list = append(list, w)
		}
	}
	return list, nil
}

// InUnits returns the constraints for a kernel in other units.
func (s Constraints) InUnits(u train.Units) Constraints {
	s.Ridge, s.Smooth = math.Ldexp(s.Ridge, -2*u.X), math.Ldexp(s.Smooth, -2*u.X)
	if s.Sum != nil && u.X != u.Y {
		sum := math.Ldexp(*s.Sum, u.X-u.Y)
		s.Sum = &sum
	}
	return s
}
