package report

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
	"gonum.org/v1/gonum/mat"
)

// leastSquares solves a list of windows by its normal equations, in memory.
func leastSquares(a [][]float64, y []float64) (w []float64, inverse *mat.Dense, sum float64) {
	n := len(a[0])
	m := mat.NewDense(len(a), n, nil)
	for i, row := range a {
		m.SetRow(i, row)
	}
	var g mat.Dense
	g.Mul(m.T(), m)
	inverse = new(mat.Dense)
	if err := inverse.Inverse(&g); err != nil {
		return nil, nil, 0
	}
	var x mat.VecDense
	if err := x.SolveVec(m, mat.NewVecDense(len(y), y)); err != nil {
		return nil, nil, 0
	}
	for i, row := range a {
		r := y[i] - numeric.Dot(row, x.RawVector().Data)
		sum += r * r
	}
	return x.RawVector().Data, inverse, sum
}

func TestReportFigures(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: true}
	x := traintest.Texture(30, 32)
	y := traintest.Noisy(t, x, traintest.Truth(s), s, 0.02, 1)
	st := sums.Of(t, x, y, s)
	rep, err := New(t.Context(), st, solve.LeastSquares(st, train.Sum), Options{Quantum: 1})
	if err != nil {
		t.Fatal(err)
	}
	a, b := traintest.Unroll(t, x, y, s)
	_, inverse, sum := leastSquares(a, b)
	n := float64(len(b))
	traintest.Near(t, "loss", float64(rep.Loss), sum, traintest.LogTolerance, 0)
	traintest.Near(t, "rms", float64(rep.RMS), math.Sqrt(sum/n), traintest.LogTolerance, 0)
	traintest.Near(t, "floor", float64(rep.RoundingFloor), 1/math.Sqrt(12), traintest.SumTolerance, 0)
	mean, total := 0.0, 0.0
	for _, v := range b {
		mean += v / n
	}
	for _, v := range b {
		total += (v - mean) * (v - mean)
	}
	traintest.Near(t, "r2", float64(rep.R2), 1-sum/total, traintest.LogTolerance, 0)
	for i := range 6 {
		traintest.Near(t, fmt.Sprintf("error %d", i), rep.Errors[i], math.Sqrt(sum/(n-7)*inverse.At(i, i)), traintest.LogTolerance, 0)
	}
	traintest.Near(t, "error of the bias", float64(rep.BiasStandardError.(Number)), math.Sqrt(sum/(n-7)*inverse.At(6, 6)), traintest.LogTolerance, 0)
	var restA, heldA [][]float64
	var restY, heldY []float64
	for row, out := range accumulate.HeldOutRows(29, 2) {
		for i := row * 30; i < (row+1)*30; i++ {
			if out {
				heldA, heldY = append(heldA, a[i]), append(heldY, b[i])
			} else {
				restA, restY = append(restA, a[i]), append(restY, b[i])
			}
		}
	}
	w, _, _ := leastSquares(restA, restY)
	held := 0.0
	for i, row := range heldA {
		r := heldY[i] - numeric.Dot(row, w)
		held += r * r
	}
	traintest.Near(t, "held-out rms", float64(rep.HeldOutRMS), math.Sqrt(held/float64(len(heldY))), traintest.LogTolerance, 0)
	if rep.HeldOut != len(heldY) || rep.Windows != len(b) || rep.Rank != 7 || rep.Unknowns != 7 {
		t.Errorf("%+v", rep)
	}
	var e mat.EigenSym
	e.Factorize(mat.NewSymDense(7, st.Systems()[0].Matrix()), false)
	v := e.Values(nil)
	traintest.Near(t, "condition", float64(rep.Condition), v[6]/v[0], traintest.LogTolerance, 0)
	traintest.Near(t, "stable rate", float64(rep.StableLR), 1/v[6], traintest.LogTolerance, 0)
}

func TestReportJSON(t *testing.T) {
	x := traintest.Dense(6, 8, make([]float64, 48)...)
	for i := range x.Data {
		x.Data[i] = 1
	}
	s := train.Spec{Kernel: corr.Size{H: 1, W: 2}}
	st := sums.Of(t, x, traintest.Apply(t, x, tensor.Matrix(1, 2, 1, 2), s.Options), s)
	rep, err := New(t.Context(), st, solve.LeastSquares(st, train.Sum), Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"windows":42`, `"rank":1`, `"condition":null`, `"standard_error":[[null,null]]`, `"bias_standard_error":null`, `"rounding_floor":null`, `"r2":null`, `"looks_like":null`, `"heldout_windows":7`, "only their sum is determined"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s lacks %s", text, part)
		}
	}
}

// Of the taps recovered from noisy outputs, 997 of 1000 lie within three of
// their standard errors, also where a shape is known.
func TestStandardErrorsAreHonest(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	k := tensor.Matrix(3, 3, 1, 2, 1, 2, 4, 2, 1, 2, 1)
	k.Bias = []float64{0.5}
	x := traintest.Texture(40, 40)
	one := 16.0
	for _, shape := range []solve.Constraints{{}, {Symmetry: solve.EvenBoth}, {Sum: &one}} {
		within, all, square := 0, 0, 0.0
		for seed := range uint64(300) {
			st := sums.Of(t, x, traintest.Noisy(t, x, k, s, 0.05, seed), s)
			r, err := solve.Constrained(st, shape, train.Sum)
			if err != nil {
				t.Fatal(err)
			}
			rep, err := New(t.Context(), st, r, Options{Shape: shape})
			if err != nil {
				t.Fatal(err)
			}
			for i, se := range rep.Errors {
				z := (r.Kernel.Taps[i] - k.Taps[i]) / se
				all++
				square += z * z
				if math.Abs(z) <= 3 {
					within++
				}
			}
		}
		// 2700 draws, correlated within a fit: three in a thousand may miss, and
		// the mean square is 1 to within four of its own errors.
		if share := float64(within) / float64(all); share < 0.994 {
			t.Errorf("%+v: %.4f of the taps lie within three errors", shape, share)
		}
		if mean := square / float64(all); math.Abs(mean-1) > 0.12 {
			t.Errorf("%+v: the mean square is %.3f errors, want 1", shape, mean)
		}
	}
}

// From outputs rounded to 8 bit, 98 taps of 100 lie within three errors, and the
// residual is the rounding's.
func TestErrorsOfRoundedOutputs(t *testing.T) {
	within, all := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
		k := tensor.Matrix(3, 3, make([]float64, 9)...)
		for i := range k.Taps {
			k.Taps[i] = r.Float64() / 9
		}
		x := traintest.Texture(60, 64)
		for i, v := range x.Data {
			x.Data[i] = math.Round(255*v) / 255
		}
		y := traintest.Apply(t, x, k, s.Options)
		for i, v := range y.Data {
			y.Data[i] = math.Round(255*v) / 255
		}
		st := sums.Of(t, x, y, s)
		fit := solve.LeastSquares(st, train.Sum)
		rep, err := New(t.Context(), st, fit, Options{Quantum: 1.0 / 255})
		if err != nil {
			t.Fatal(err)
		}
		traintest.Near(t, "rms", float64(rep.RMS), float64(rep.RoundingFloor), 0.05, 0)
		for i, se := range rep.Errors {
			all++
			if math.Abs(fit.Kernel.Taps[i]-k.Taps[i]) <= 3*se {
				within++
			}
		}
	}
	if share := float64(within) / float64(all); share < 0.98 {
		t.Errorf("%.3f of the taps lie within three errors", share)
	}
}

// A small contrast far from zero leaves the taps fewer digits than they have: the
// outputs were rounded when somebody computed them.
func TestErrorsOfExactOutputsFarFromZero(t *testing.T) {
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 4))
		s := train.Spec{Kernel: corr.Size{H: 5, W: 3}}
		k := tensor.Matrix(5, 3, make([]float64, 15)...)
		for i := range k.Taps {
			k.Taps[i] = r.NormFloat64()
		}
		x := traintest.Texture(60, 64)
		for i, v := range x.Data {
			x.Data[i] = 3e6 + 1e5*math.Round(255*v)/255
		}
		st := sums.Of(t, x, traintest.Apply(t, x, k, s.Options), s)
		fit := solve.LeastSquares(st, train.Sum)
		rep, err := New(t.Context(), st, fit, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, se := range rep.Errors {
			if d := math.Abs(fit.Kernel.Taps[i] - k.Taps[i]); d > 3*se || se > 1e-10 {
				t.Errorf("seed %d, tap %d is off by %.2g, its error is %.2g", seed, i, d, se)
			}
		}
	}
}

func TestExactFitHasArithmeticErrors(t *testing.T) {
	s := sums.Textbook(t)
	rep, err := New(t.Context(), s, solve.LeastSquares(s, train.Sum), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range rep.Errors {
		if !(e > 0 && e < 1e-14) {
			t.Errorf("error %v, want that of the arithmetic", e)
		}
	}
}
