package train

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/mat"
)

func noisy(t testing.TB, x *tensor.Dense[float64], k tensor.Kernel, s Spec, sigma float64, seed uint64) *tensor.Dense[float64] {
	t.Helper()
	y := apply(t, x, k, s.Options)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range y.Data {
		y.Data[i] += sigma * r.NormFloat64()
	}
	return y
}

// normal solves a list of windows by its normal equations, in memory.
func normal(a [][]float64, y []float64) (w []float64, inverse *mat.Dense, sum float64) {
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
		r := y[i] - dot(row, x.RawVector().Data)
		sum += r * r
	}
	return x.RawVector().Data, inverse, sum
}

func TestReportFigures(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: true}
	x := texture(30, 32)
	y := noisy(t, x, truth(s), s, 0.02, 1)
	st := gather(t, x, y, s)
	rep, err := NewReport(t.Context(), st, Solve(st, Sum), ReportOptions{Quantum: 1})
	if err != nil {
		t.Fatal(err)
	}
	a, b := unroll(t, x, y, s)
	_, inverse, sum := normal(a, b)
	n := float64(len(b))
	near(t, "loss", float64(rep.Loss), sum, logTolerance, 0)
	near(t, "rms", float64(rep.RMS), math.Sqrt(sum/n), logTolerance, 0)
	near(t, "floor", float64(rep.RoundingFloor), 1/math.Sqrt(12), sumTolerance, 0)
	mean, total := 0.0, 0.0
	for _, v := range b {
		mean += v / n
	}
	for _, v := range b {
		total += (v - mean) * (v - mean)
	}
	near(t, "r2", float64(rep.R2), 1-sum/total, logTolerance, 0)
	for i := range 6 {
		near(t, fmt.Sprintf("error %d", i), rep.Errors[i], math.Sqrt(sum/(n-7)*inverse.At(i, i)), logTolerance, 0)
	}
	near(t, "error of the bias", float64(rep.BiasStandardError.(Number)), math.Sqrt(sum/(n-7)*inverse.At(6, 6)), logTolerance, 0)
	var restA, heldA [][]float64
	var restY, heldY []float64
	for row, out := range HeldOutRows(29, 2) {
		for i := row * 30; i < (row+1)*30; i++ {
			if out {
				heldA, heldY = append(heldA, a[i]), append(heldY, b[i])
			} else {
				restA, restY = append(restA, a[i]), append(restY, b[i])
			}
		}
	}
	w, _, _ := normal(restA, restY)
	held := 0.0
	for i, row := range heldA {
		r := heldY[i] - dot(row, w)
		held += r * r
	}
	near(t, "held-out rms", float64(rep.HeldOutRMS), math.Sqrt(held/float64(len(heldY))), logTolerance, 0)
	if rep.HeldOut != len(heldY) || rep.Windows != len(b) || rep.Rank != 7 || rep.Unknowns != 7 {
		t.Errorf("%+v", rep)
	}
	var e mat.EigenSym
	e.Factorize(mat.NewSymDense(7, st.systems[0].g), false)
	v := e.Values(nil)
	near(t, "condition", float64(rep.Condition), v[6]/v[0], logTolerance, 0)
	near(t, "stable rate", float64(rep.StableLR), 1/v[6], logTolerance, 0)
}

func TestReportJSON(t *testing.T) {
	x := dense(6, 8, make([]float64, 48)...)
	for i := range x.Data {
		x.Data[i] = 1
	}
	s := Spec{Kernel: corr.Size{H: 1, W: 2}}
	st := gather(t, x, apply(t, x, tensor.Matrix(1, 2, 1, 2), s.Options), s)
	rep, err := NewReport(t.Context(), st, Solve(st, Sum), ReportOptions{})
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
	s := Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	k := tensor.Matrix(3, 3, 1, 2, 1, 2, 4, 2, 1, 2, 1)
	k.Bias = []float64{0.5}
	x := texture(40, 40)
	one := 16.0
	for _, shape := range []Shape{{}, {Symmetry: EvenBoth}, {Sum: &one}} {
		within, all, square := 0, 0, 0.0
		for seed := range uint64(300) {
			st := gather(t, x, noisy(t, x, k, s, 0.05, seed), s)
			r, err := SolveShaped(st, shape, Sum)
			if err != nil {
				t.Fatal(err)
			}
			rep, err := NewReport(t.Context(), st, r, ReportOptions{Shape: shape})
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
		s := Spec{Kernel: corr.Size{H: 3, W: 3}}
		k := tensor.Matrix(3, 3, make([]float64, 9)...)
		for i := range k.Taps {
			k.Taps[i] = r.Float64() / 9
		}
		x := texture(60, 64)
		for i, v := range x.Data {
			x.Data[i] = math.Round(255*v) / 255
		}
		y := apply(t, x, k, s.Options)
		for i, v := range y.Data {
			y.Data[i] = math.Round(255*v) / 255
		}
		st := gather(t, x, y, s)
		fit := Solve(st, Sum)
		rep, err := NewReport(t.Context(), st, fit, ReportOptions{Quantum: 1.0 / 255})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "rms", float64(rep.RMS), float64(rep.RoundingFloor), 0.05, 0)
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
		s := Spec{Kernel: corr.Size{H: 5, W: 3}}
		k := tensor.Matrix(5, 3, make([]float64, 15)...)
		for i := range k.Taps {
			k.Taps[i] = r.NormFloat64()
		}
		x := texture(60, 64)
		for i, v := range x.Data {
			x.Data[i] = 3e6 + 1e5*math.Round(255*v)/255
		}
		st := gather(t, x, apply(t, x, k, s.Options), s)
		fit := Solve(st, Sum)
		rep, err := NewReport(t.Context(), st, fit, ReportOptions{})
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
	s := textbook(t)
	rep, err := NewReport(t.Context(), s, Solve(s, Sum), ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range rep.Errors {
		if !(e > 0 && e < 1e-14) {
			t.Errorf("error %v, want that of the arithmetic", e)
		}
	}
}

func TestUndeterminedWords(t *testing.T) {
	paint := func(f func(y, x int) float64) *tensor.Dense[float64] {
		d := dense(9, 11, make([]float64, 99)...)
		for i := range d.Data {
			d.Data[i] = f(i/11, i%11)
		}
		return d
	}
	for _, c := range []struct {
		x     *tensor.Dense[float64]
		spec  Spec
		words string
	}{
		{paint(func(_, _ int) float64 { return 0 }), Spec{Kernel: corr.Size{H: 2, W: 2}}, "x is zero wherever"},
		{paint(func(_, _ int) float64 { return 0.3 }), Spec{Kernel: corr.Size{H: 2, W: 2}}, "all taps see the same values: only their sum is determined"},
		{paint(func(_, _ int) float64 { return 0.3 }), Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}, "all taps see a constant, which the bias makes as well"},
		{paint(func(_, x int) float64 { return math.Sin(float64(x * x)) }), Spec{Kernel: corr.Size{H: 3, W: 2}}, "the taps of column 0 see the same values"},
		{paint(func(y, _ int) float64 { return math.Sin(float64(y * y)) }), Spec{Kernel: corr.Size{H: 2, W: 3}}, "the taps of row 1 see the same values"},
		{paint(func(_, x int) float64 { return float64(x) }), Spec{Kernel: corr.Size{H: 1, W: 3}}, "1 [0][0] - 2 [0][1] + 1 [0][2]"},
		{paint(func(y, x int) float64 { return max(0, float64(4-x)) + math.Sin(float64(y*x*(4-x))) }), Spec{Kernel: corr.Size{H: 1, W: 5}, Options: corr.Options{Stride: corr.Size{H: 1, W: 9}}}, "only zeros are seen by the tap [0][4]"},
		{texture(9, 11), Spec{Kernel: corr.Size{H: 2, W: 2}}, ""},
	} {
		y := apply(t, c.x, truth(c.spec), c.spec.Options)
		words := strings.Join(Undetermined(gather(t, c.x, y, c.spec)), "\n")
		if (c.words == "") != (words == "") || !strings.Contains(words, c.words) {
			t.Errorf("%q lacks %q", words, c.words)
		}
	}
}
