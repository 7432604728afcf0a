package solve

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Shape is what is known of a kernel beforehand. With k the taps of one output,
// the exact fit minimises
//
//	Σ r² + Ridge Σ k² + Smooth Σ (Δk)²
//
// under the conditions given. Δ is the Laplacian within the kernel, the sum of
// the differences from the neighbours there are. A bias or background is not
// drawn to zero and may have any sign.
type Constraints struct {
	Ridge, Smooth float64
	Sum           *float64 // the taps of an output add up to this
	NonNegative   bool     // no tap is below zero
	Symmetry      Symmetry
}

// None tells whether nothing is known.
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
		return fmt.Errorf("taps that are not negative cannot add up to %v", *s.Sum)
	case s.Symmetry == Rotation && k.H != k.W:
		return fmt.Errorf("a %v kernel cannot be turned onto itself: symmetry rotation needs as many rows as columns", k)
	}
	return nil
}

// SolveShaped is Solve for a kernel of known shape. The Loss of its result is
// the squares alone.
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

// shaped is the best fit of the shape, by output channel.
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

// in is what is known of a kernel, for one in other units.
func (s Constraints) InUnits(u train.Units) Constraints {
	s.Ridge, s.Smooth = math.Ldexp(s.Ridge, -2*u.X), math.Ldexp(s.Smooth, -2*u.X)
	if s.Sum != nil && u.X != u.Y {
		sum := math.Ldexp(*s.Sum, u.X-u.Y)
		s.Sum = &sum
	}
	return s
}
