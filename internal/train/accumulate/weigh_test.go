package accumulate

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
)

// What single precision may change: taps are refined, errors are not.
const (
	singleTaps   = 1e-10 // of the largest
	singleErrors = 1e-3
)

// halfMasked is a pair of 15x15 large enough for single precision, with half of its
// outputs masked.
func halfMasked(t *testing.T, smooth float64) (train.Pair, train.Spec) {
	s := train.Spec{Kernel: corr.Size{H: 15, W: 15}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}}, Bias: true}
	g := traintest.Gaussian(5)
	const h, w = 900, 800
	x := traintest.Dense(h, w, make([]float64, h*w)...)
	y, mask := traintest.Dense(h, w, make([]float64, h*w)...), traintest.Dense(h, w, make([]float64, h*w)...)
	for i := range x.Data {
		x.Data[i] = 3 + g.Next()
		if i%w > 0 {
			x.Data[i] = smooth*x.Data[i-1] + (1-smooth)*x.Data[i]
		}
		mask.Data[i] = math.Floor(2 * g.Uniform())
	}
	k := traintest.Truth(s)
	plan, err := corr.NewPlan[float64](x.Shape(), k, s.Options, corr.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Run(t.Context(), x, y); err != nil {
		t.Fatal(err)
	}
	for i := range y.Data {
		y.Data[i] += 0.1 * g.Next()
	}
	return train.Pair{X: x, Y: y, Mask: mask}, s
}

// Sums in single precision change no tap and hardly an error; where the condition
// does not allow them, they are not taken.
func TestSinglePrecision(t *testing.T) {
	for _, c := range []struct {
		smooth float64
		single bool
	}{{0, true}, {0.97, false}} {
		pair, s := halfMasked(t, c.smooth)
		var taps, errs [2][]float64
		for i := range 2 {
			set, err := Pairs(t.Context(), []train.Input{train.One(pair)}, s, Options{Single: i == 1})
			if err != nil {
				t.Fatal(err)
			}
			if got := set.SummedSingle(); got != (i == 1 && c.single) {
				t.Errorf("smoothness %v, allowed %v: single precision %v; condition %.3g", c.smooth, i == 1, got, set.Condition())
			}
			r := solve.LeastSquares(set.Equations, train.Sum)
			se, err := solve.StandardErrors(set.Equations, r, solve.Constraints{}, false)
			if err != nil {
				t.Fatal(err)
			}
			taps[i], errs[i] = r.Unknowns[0], se[0]
		}
		most := 0.0
		for _, v := range taps[0] {
			most = math.Max(most, math.Abs(v))
		}
		for i, v := range taps[0] {
			traintest.Near(t, "unknown", taps[1][i], v, 0, singleTaps*most)
			traintest.Near(t, "standard error", errs[1][i], errs[0][i], singleErrors, 0)
		}
	}
}

// Taps alone, by conjugate gradients, are those of the weighted equations.
func TestTapsOnly(t *testing.T) {
	pair, s := halfMasked(t, 0.5)
	s.Kernel = corr.Size{H: 31, W: 27}
	mask := pair.Mask.(*tensor.Dense[float64])
	weights := traintest.Dense(mask.Shape().H, mask.Shape().W, append([]float64(nil), mask.Data...)...)
	for i := range weights.Data {
		weights.Data[i] = 1 - 0.2*float64(i%7)/6
	}
	for name, p := range map[string]train.Pair{"mask": {X: pair.X, Y: pair.Y, Mask: mask}, "weights": {X: pair.X, Y: pair.Y, Weights: weights}} {
		var unknowns [2][]float64
		var loss [2]float64
		for i := range 2 {
			set, err := Pairs(t.Context(), []train.Input{train.One(p)}, s, Options{Single: true, TapsOnly: i == 1})
			if err != nil {
				t.Fatal(err)
			}
			if set.unweighted != (i == 1) {
				t.Errorf("%s: conjugate gradients %v, allowed %v", name, set.unweighted, i == 1)
			}
			r := solve.LeastSquares(set.Equations, train.Sum)
			unknowns[i], loss[i] = r.Unknowns[0], r.Loss
		}
		for i, v := range unknowns[0] {
			traintest.Near(t, name, unknowns[1][i], v, 0, singleTaps)
		}
		traintest.Near(t, name+": loss", loss[1], loss[0], 1e-12, 0)
	}
}

// Variances of Poisson noise give errors that hold: of many taps at most one in two
// hundred lies beyond three of them.
func TestPoissonCoverage(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	k := tensor.Matrix(3, 3, 0.05, 0.1, 0.04, 0.12, 0.3, 0.1, 0.03, 0.1, 0.06)
	k.Bias = []float64{20}
	g := traintest.Gaussian(11)
	beyond, total := 0, 0
	const size, draws = 32, 400
	for range draws {
		x := traintest.Dense(size, size, make([]float64, size*size)...)
		for i := range x.Data { // a sky with stars
			x.Data[i] = 100 * g.Uniform()
			if g.Uniform() < 0.02 {
				x.Data[i] += 5000 * g.Uniform()
			}
		}
		y := traintest.Apply(t, x, k, s.Options)
		variance := traintest.Dense(size-2, size-2, append([]float64(nil), y.Data...)...)
		for i, v := range y.Data {
			y.Data[i] += math.Sqrt(v) * g.Next() // of many electrons
		}
		st, err := OnePair(t.Context(), train.Pair{X: x, Y: y, Weights: train.InverseVariances(variance)}, s)
		if err != nil {
			t.Fatal(err)
		}
		r := solve.LeastSquares(st, train.Sum)
		se, err := solve.StandardErrors(st, r, solve.Constraints{}, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range append(k.Taps[:9:9], k.Bias...) {
			total++
			if math.Abs(r.Unknowns[0][i]-v) > 3*se[0][i] {
				beyond++
			}
		}
	}
	t.Logf("%d of %d beyond three errors", beyond, total)
	if beyond*200 > total {
		t.Errorf("%d of %d taps lie beyond three standard errors", beyond, total)
	}
}
