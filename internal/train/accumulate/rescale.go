package accumulate

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Sums of squares of values beyond 2^±nearLimit (1e±120) come near the limits of
// float64; beyond 2^±outOfRange they leave its range.
const (
	nearLimit  = 400
	outOfRange = 505
)

// rescale makes the sums again in other units if they leave the range of float64. If
// rescale is false, that is an error.
func (s *Set) rescale(ctx context.Context, rescale bool) (*Set, error) {
	if !rescale || s.spec.Units != (train.Units{}) {
		err := s.InRange(outOfRange, false)
		if err == normal.ErrTooSmall { // or zeros
			units, failed := findUnits(ctx, s.Inputs)
			if failed != nil {
				return nil, failed
			}
			if units.X == s.spec.Units.X {
				err = nil
			}
		}
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if s.InRange(nearLimit, true) == nil {
		return s, nil
	}
	units, err := findUnits(ctx, s.Inputs)
	if err != nil {
		return nil, err
	}
	if units == (train.Units{}) {
		return s, nil
	}
	spec := s.spec
	spec.Units = units
	set, err := Pairs(ctx, s.Inputs, spec, Options{Single: s.single, TapsOnly: s.tapsOnly, Bands: s.progress})
	if set != nil {
		set.Failures, set.Kept = s.Failures, s.Kept
	}
	return set, err
}

// findUnits reads all inputs for the units in which their largest values are near
// one. Images that are not extreme keep theirs.
func findUnits(ctx context.Context, inputs []train.Input) (u train.Units, err error) {
	x, y := 0.0, 0.0
	for _, in := range inputs {
		pair, done, err := in.Open()
		if err != nil {
			continue // Pairs reports it
		}
		x, err = largestOf(ctx, x, pair.X)
		if err == nil {
			y, err = largestOf(ctx, y, pair.Y)
		}
		done()
		if err != nil {
			return u, in.Wrap(err)
		}
	}
	return train.Units{X: unit(x), Y: unit(y)}, nil
}

func unit(largest float64) int {
	if largest == 0 {
		return 0
	}
	if e := math.Ilogb(largest); e > nearLimit || e < -nearLimit {
		return e
	}
	return 0
}

// largestOf returns the largest of v and the absolute finite values of an image.
func largestOf(ctx context.Context, v float64, src tensor.Source[float64]) (float64, error) {
	shape := src.Shape()
	buf := make([]float64, shape.W)
	for p := range shape.Planes() {
		for y := range shape.H {
			row, err := src.Row(p, y, buf)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return v, err
			}
			for _, a := range row {
				if a = math.Abs(a); a > v && numeric.IsFinite(a) {
					v = a
				}
			}
		}
	}
	return v, nil
}
