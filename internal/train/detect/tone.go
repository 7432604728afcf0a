package detect

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
)

const (
	// curveRows bounds the rows of the first image that are looked at.
	curveRows = 256
	// curveShare is the share of the pixels that may miss a curve, as retouched ones do.
	curveShare = 1e-3
	// curveSlack is the distance from the curve that counts as rounding, in steps. Tables
	// of other programs may be rounded themselves.
	curveSlack = 1.01
	// leastStep is the step where Y has none, as a share of its range.
	leastStep = 1e-6
)

// toneCurve describes Y as a rising function of each pixel of X, like a gamma curve; ""
// if it is none. It looks at the first image.
func toneCurve(in train.Input, step float64) (string, error) {
	list, err := pixelPairs(in)
	if err != nil || len(list) < 2 {
		return "", err
	}
	slices.SortFunc(list, func(a, b [2]float64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range list {
		low, high = math.Min(low, v[1]), math.Max(high, v[1])
	}
	if step == 0 {
		step = leastStep * (high - low)
	}
	// A rising function of x rises along x; it falls by no more than its rounding.
	missed, most := 0, math.Inf(-1)
	for _, v := range list {
		if v[1] < most-curveSlack*step {
			missed++
		} else {
			most = math.Max(most, v[1])
		}
	}
	if float64(missed) > curveShare*float64(len(list)) || list[0][0] == list[len(list)-1][0] {
		return "", nil
	}
	const is = "each value of X has one value of Y: Y is a tone curve of X, and no kernel"
	if g, ok := power(list, step); ok {
		return fmt.Sprintf("%s. It is Y = X^%.3g, a gamma of %.3g", is, g, 1/g), nil
	}
	return is, nil
}

// pixelPairs returns the values of X and Y at the same places; none if the sizes differ.
func pixelPairs(in train.Input) (list [][2]float64, err error) {
	pair, done, err := in.Open()
	if err != nil {
		return nil, in.Wrap(err)
	}
	defer done()
	s := pair.X.Shape()
	if s != pair.Y.Shape() {
		return nil, nil
	}
	bx, by := make([]float64, s.W), make([]float64, s.W)
	for p := range s.Planes() {
		for i := range min(curveRows, s.H) {
			row := i * s.H / min(curveRows, s.H)
			x, err := pair.X.Row(p, row, bx)
			if err != nil {
				return nil, in.Wrap(err)
			}
			y, err := pair.Y.Row(p, row, by)
			if err != nil {
				return nil, in.Wrap(err)
			}
			for j, v := range x {
				if numeric.IsFinite(v) && numeric.IsFinite(y[j]) {
					list = append(list, [2]float64{v, y[j]})
				}
			}
		}
	}
	return list, nil
}

// power returns g if Y is X^g, of values from 0 to 1.
func power(list [][2]float64, step float64) (g float64, ok bool) {
	logs, squares := 0.0, 0.0
	for _, v := range list {
		if v[0] < 0 || v[0] > 1 || v[1] < 0 || v[1] > 1 {
			return 0, false
		}
		if v[0] > 0 && v[0] < 1 && v[1] > 0 && v[1] < 1 {
			// The slope of y by g is y ln x: an error of rounding counts by its inverse.
			w := v[1] * math.Log(v[0])
			logs += w * v[1] * math.Log(v[1])
			squares += w * w
		}
	}
	if squares == 0 {
		return 0, false
	}
	g = logs / squares
	missed := 0
	for _, v := range list {
		if math.Abs(v[1]-math.Pow(v[0], g)) > curveSlack*step {
			missed++
		}
	}
	return g, float64(missed) <= curveShare*float64(len(list))
}
