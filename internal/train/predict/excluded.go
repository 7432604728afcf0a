package predict

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
)

// WithoutExcluded returns a RowFunc that sets the outputs to NaN that the pair excludes
// by its mask, its weights, its range, or since Y is not finite. Outputs that see
// excluded pixels of X are NaN by themselves if X is that of Pair.WithoutExcludedX.
func WithoutExcluded(p train.Pair) RowFunc {
	plane := func(m tensor.Source[float64], of int) int { return of % m.Shape().Planes() }
	return func(of, y int, row []float64) error {
		buf := make([]float64, len(row))
		values, err := p.Y.Row(of, y, buf)
		if err != nil {
			return err
		}
		for i, v := range values {
			if !numeric.IsFinite(v) || p.Range != nil && (v <= p.Range.Low || v >= p.Range.High) {
				row[i] = math.NaN()
			}
		}
		if p.Mask != nil {
			if values, err = p.Mask.Row(plane(p.Mask, of), y, buf); err != nil {
				return err
			}
			for i, v := range values {
				if v == 0 || v != v {
					row[i] = math.NaN()
				}
			}
		}
		if p.Weights != nil {
			if values, err = p.Weights.Row(plane(p.Weights, of), y, buf); err != nil {
				return err
			}
			for i, v := range values {
				if v == 0 || !numeric.IsFinite(v) {
					row[i] = math.NaN()
				}
			}
		}
		return nil
	}
}

// PlusVariance returns a RowFunc that adds the variance of each output of a pair whose
// weights are one over variances: infinity where the weight is zero.
func PlusVariance(p train.Pair) RowFunc {
	number := p.Weight
	if number == 0 {
		number = 1
	}
	return func(of, y int, row []float64) error {
		if p.Weights == nil {
			for i := range row {
				row[i] += 1 / number
			}
			return nil
		}
		values, err := p.Weights.Row(of%p.Weights.Shape().Planes(), y, make([]float64, len(row)))
		if err != nil {
			return err
		}
		for i, v := range values {
			row[i] += 1 / (number * v)
		}
		return nil
	}
}
