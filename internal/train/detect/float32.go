package detect

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
)

// float32Step returns the distance of float32 values of the size of Y, 2⁻²³ of its RMS,
// if float32 holds all values of Y; else 0. Rounding to float32 leaves a residual of
// about that over √12.
func float32Step(inputs []train.Input) (float64, error) {
	sum, n := 0.0, 0
	for _, in := range inputs {
		pair, done, err := in.Open()
		if err != nil {
			return 0, in.Wrap(err)
		}
		s, m, single, err := singles(pair.Y)
		done()
		if err != nil {
			return 0, in.Wrap(err)
		}
		if !single {
			return 0, nil
		}
		sum, n = sum+s, n+m
	}
	return 0x1p-23 * math.Sqrt(sum/float64(max(n, 1))), nil
}

// singles returns Σ y² and the number of the finite values of y, and whether float32
// holds them all. The first that it does not hold ends the search.
func singles(y tensor.Source[float64]) (sum float64, n int, single bool, err error) {
	shape := y.Shape()
	buf := make([]float64, shape.W)
	for p := range shape.Planes() {
		for i := range shape.H {
			row, err := y.Row(p, i, buf)
			if err != nil {
				return 0, 0, false, err
			}
			for _, v := range row {
				if !numeric.IsFinite(v) {
					continue
				}
				if float64(float32(v)) != v {
					return 0, 0, false, nil
				}
				sum, n = sum+v*v, n+1
			}
		}
	}
	return sum, n, true, nil
}

// Step returns the distance between the values of Y: the given one. If that is 0 and Y
// is float32, it is the distance of float32 values of Y's size.
func (d *Detection) Step(given float64) float64 {
	if given > 0 {
		return given
	}
	return d.float32Step
}
