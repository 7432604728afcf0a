package xnoise

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/traintest"
)

// Over many draws: few taps are outside three errors, and the mean square of
// (tap − truth)/error is near one.
const (
	outsideShare = 0.015
	leastSquare  = 0.6
	mostSquare   = 1.3
)

func spec(border corr.BorderMode, k int, bias bool) train.Spec {
	return train.Spec{Kernel: corr.Size{H: k, W: k}, Bias: bias, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: border}}}
}

// scene is grain smoothed a little: all combinations of taps can be told.
func scene(r *rand.Rand, h, w int) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
	for i := range d.Data {
		d.Data[i] = r.NormFloat64()
	}
	k := tensor.Matrix(3, 3, .05, .1, .05, .1, .4, .1, .05, .1, .05)
	s, err := corr.Reference(d, k, corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Circular}})
	if err != nil {
		panic(err)
	}
	return s
}

// noisy adds noise of given variances.
func noisy(r *rand.Rand, d *tensor.Dense[float64], variance func(i int) float64) *tensor.Dense[float64] {
	n := tensor.NewDense[float64](d.Shape())
	for i, v := range d.Data {
		n.Data[i] = v + math.Sqrt(variance(i))*r.NormFloat64()
	}
	return n
}

func gather(t *testing.T, s train.Spec, pairs ...train.Pair) *accumulate.Set {
	t.Helper()
	var inputs []train.Input
	for _, p := range pairs {
		inputs = append(inputs, train.One(p))
	}
	set, err := accumulate.Pairs(t.Context(), inputs, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestGramIsItsDefinition compares D with a loop over all windows and pixels.
func TestGramIsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range traintest.Geometries {
		for _, uniform := range []bool{true, false} {
			x := scene(r, 11, 13)
			y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
			variances := tensor.NewDense[float64](x.Shape())
			for i := range variances.Data {
				variances.Data[i] = 0.3
				if !uniform {
					variances.Data[i] = r.Float64()
				}
			}
			weights, mask := tensor.NewDense[float64](y.Shape()), tensor.NewDense[float64](y.Shape())
			for i := range weights.Data {
				weights.Data[i], mask.Data[i] = r.Float64()+0.1, float64(r.IntN(4))
			}
			pair := train.Pair{X: x, Y: y, Weights: weights, Mask: mask, XVariances: variances, Weight: 2}
			if uniform {
				pair.XVariances = train.Constant(x.Shape(), 0.3)
			}
			set := gather(t, s, pair)
			d, err := Gram(t.Context(), set, set.Best())
			if err != nil {
				t.Fatal(err)
			}
			index := tensor.NewDense[float64](x.Shape()) // of each pixel, from 1 on
			for i := range index.Data {
				index.Data[i] = float64(i + 1)
			}
			o := s
			o.Bias, o.Options.Border.Value = false, 0
			a, _ := traintest.Unroll(t, index, y, o)
			n := s.Kernel.H * s.Kernel.W
			want := make([]float64, n*n)
			for i, row := range a {
				if mask.Data[i] == 0 {
					continue
				}
				for u, p := range row {
					for v, q := range row {
						if p == q && p != 0 {
							want[u*n+v] += 2 * weights.Data[i] * variances.Data[int(p)-1]
						}
					}
				}
			}
			for i := range want {
				traintest.Near(t, "entry of D", d[0][i], want[i], traintest.SumTolerance, traintest.SumTolerance)
			}
		}
	}
}

func TestTapsAndErrorsHold(t *testing.T) {
	const seeds = 40
	for name, c := range map[string]struct {
		spec   train.Spec
		varies bool
		offset float64
	}{
		"uniform":  {spec(corr.Reflect, 3, false), false, 0},
		"map":      {spec(corr.Circular, 3, false), true, 0},
		"bias":     {spec(corr.Replicate, 3, true), false, 3},
		"pedestal": {spec(corr.Reflect, 3, true), false, 1000},
		"hidden":   {spec(corr.Reflect, 3, false), false, 30},
	} {
		variance := func(i int) float64 {
			if c.varies {
				return 0.02 + 0.04*float64(i%90)/90
			}
			return 0.04
		}
		square, outside, off, n := 0.0, 0, 0, 0
		for seed := range uint64(seeds) {
			r := rand.New(rand.NewPCG(seed, 3))
			x := scene(r, 90, 90)
			for i := range x.Data {
				x.Data[i] += c.offset
			}
			truth := traintest.Truth(c.spec)
			y := noisy(r, traintest.Apply(t, x, truth, c.spec.Options), func(int) float64 { return 0.01 })
			variances := tensor.NewDense[float64](x.Shape())
			for i := range variances.Data {
				variances.Data[i] = variance(i)
			}
			set := gather(t, c.spec, train.Pair{X: noisy(r, x, variance), Y: y, XVariances: variances})
			f, err := Solve(t.Context(), set)
			if err != nil {
				t.Fatal(err)
			}
			if f.Held[0] != nil {
				t.Fatalf("%s: held %v", name, f.Held)
			}
			plain := set.Best()
			for i, k := range truth.Taps {
				e := (f.Unknowns[0][i] - k) / f.Errors[0][i]
				square += e * e
				n++
				if math.Abs(e) > 3 {
					outside++
				}
				if math.Abs(plain[0][i]-k) > 3*f.Errors[0][i] {
					off++
				}
			}
		}
		t.Logf("%s: mean square %.2f, %d of %d outside three errors, %d without the correction", name, square/float64(n), outside, n, off)
		if mean := square / float64(n); mean < leastSquare || mean > mostSquare || float64(outside) > outsideShare*float64(n) {
			t.Errorf("%s: mean square %.2f, %d of %d outside three errors", name, mean, outside, n)
		}
		if off < n/5 {
			t.Errorf("%s: without the correction only %d of %d taps are off", name, off, n)
		}
	}
}

// TestHiddenCombinations: of a smooth picture, noise hides fine detail. The combinations
// that it hides are held, and the others are right.
func TestHiddenCombinations(t *testing.T) {
	const seeds = 30
	s := spec(corr.Reflect, 3, false)
	truth := tensor.Matrix(3, 3, 0, -1, 0, -1, 5, -1, 0, -1, 0)
	outside, n := 0, 0
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 5))
		x := scene(r, 120, 120)
		for range 4 {
			x = traintest.Apply(t, x, tensor.Matrix(3, 3, 1./16, 2./16, 1./16, 2./16, 4./16, 2./16, 1./16, 2./16, 1./16), s.Options)
		}
		variance := func(int) float64 { return 1e-4 }
		y := noisy(r, traintest.Apply(t, x, truth, s.Options), variance)
		f, err := Solve(t.Context(), gather(t, s, train.Pair{X: noisy(r, x, variance), Y: y, XVariances: train.Constant(x.Shape(), 1e-4)}))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Held[0]) == 0 {
			t.Fatalf("seed %d: nothing is held", seed)
		}
		// What is left of the truth without the held combinations.
		want := append([]float64(nil), truth.Taps...)
		for _, h := range f.Held[0] {
			part := 0.0
			for i, v := range h {
				part += v * truth.Taps[i]
			}
			for i, v := range h {
				want[i] -= part * v
			}
		}
		for i := range want {
			if math.IsInf(f.Errors[0][i], 0) {
				continue
			}
			n++
			if math.Abs(f.Unknowns[0][i]-truth.Taps[i]) > 3*f.Errors[0][i] {
				outside++
			}
		}
		if d := math.Abs(f.Unknowns[0][4] - want[4]); d > 0.1 {
			t.Errorf("seed %d: the part that can be told is %v, not %v", seed, f.Unknowns[0], want)
		}
	}
	if float64(outside) > outsideShare*float64(n)+0.5 {
		t.Errorf("%d of %d taps outside three errors", outside, n)
	}
}
