package report

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
	"gonum.org/v1/gonum/mat"
)

// constrained is the covariance of least squares over the windows with some
// unknowns held at their values and, where sum is true, the sum of the taps: σ²
// times the upper left block of the inverse of
//
//	| AᵀA a |
//	| aᵀ  0 |
//
// of the free columns of A (Lagrange), and NaN for those that are held.
func constrained(a [][]float64, y, w []float64, held []bool, taps int, sum bool) []float64 {
	var free []int
	for i, h := range held {
		if !h {
			free = append(free, i)
		}
	}
	n, rank := len(free), len(free)
	if sum {
		n, rank = n+1, rank-1
	}
	k := mat.NewDense(n, n, nil)
	rss := 0.0
	for i, row := range a {
		r := y[i] - numeric.Dot(row, w)
		rss += r * r
		for p, j := range free {
			for q, l := range free {
				k.Set(p, q, k.At(p, q)+row[j]*row[l])
			}
		}
	}
	if sum {
		for p, j := range free {
			if j < taps {
				k.Set(p, n-1, 1)
				k.Set(n-1, p, 1)
			}
		}
	}
	var inverse mat.Dense
	if err := inverse.Inverse(k); err != nil {
		panic(err)
	}
	se := make([]float64, len(held))
	for i := range se {
		se[i] = math.NaN()
	}
	for p, j := range free {
		se[j] = math.Sqrt(rss / float64(len(y)-rank) * inverse.At(p, p))
	}
	return se
}

// Errors under conditions are those of the algebra; taps that are held have none.
func TestConstrainedErrors(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	x := traintest.Texture(24, 26)
	k := tensor.Matrix(3, 3, 0.2, -0.4, 0.3, 0.1, 0.5, -0.2, 0.3, 0.1, 0.1)
	k.Bias = []float64{0.3}
	y := traintest.Noisy(t, x, k, s, 0.01, 3)
	st := sums.Of(t, x, y, s)
	a, b := traintest.Unroll(t, x, y, s)
	one := 1.0
	for name, shape := range map[string]solve.Constraints{
		"sum":                 {Sum: &one},
		"nonnegative":         {NonNegative: true},
		"sum and nonnegative": {Sum: &one, NonNegative: true},
	} {
		r, err := solve.Constrained(st, shape, train.Sum)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := New(t.Context(), st, r, Options{Shape: shape})
		if err != nil {
			t.Fatal(err)
		}
		held, some := make([]bool, 10), false
		for i, v := range r.Unknowns[0][:9] {
			held[i] = shape.NonNegative && v == 0
			some = some || held[i]
		}
		if some != shape.NonNegative {
			t.Fatalf("%s: taps %v are no test", name, r.Unknowns[0])
		}
		want := constrained(a, b, r.Unknowns[0], held, 9, shape.Sum != nil)
		got := append(append([]float64(nil), rep.Errors...), float64(rep.BiasStandardError.(Number)))
		for i, v := range want {
			if math.IsNaN(v) && math.IsNaN(got[i]) {
				continue
			}
			traintest.Near(t, fmt.Sprintf("%s: error %d", name, i), got[i], v, 1e-9, 0)
		}
	}
}

// A sum holds the only tap that is left.
func TestOneTapUnderASum(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 1, W: 1}, Bias: true}
	x := traintest.Texture(10, 10)
	y := traintest.Noisy(t, x, tensor.Matrix(1, 1, 1), train.Spec{Kernel: s.Kernel}, 0.1, 1)
	one := 1.0
	st, shape := sums.Of(t, x, y, s), solve.Constraints{Sum: &one}
	r, err := solve.Constrained(st, shape, train.Sum)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := New(t.Context(), st, r, Options{Shape: shape})
	if err != nil || !math.IsNaN(rep.Errors[0]) {
		t.Errorf("the tap has the error %v; %v", rep.Errors[0], err)
	}
	a, b := traintest.Unroll(t, x, y, s)
	traintest.Near(t, "the error of the bias", float64(rep.BiasStandardError.(Number)), constrained(a, b, r.Unknowns[0], []bool{true, false}, 1, false)[1], 1e-9, 0)
}

// What neither the images nor a shape determine has no finite error; what they do
// has one.
func TestUndeterminedUnderAShape(t *testing.T) {
	x := traintest.Dense(8, 12, make([]float64, 96)...)
	for i := range x.Data {
		x.Data[i] = float64(i % 12 % 5) // columns: rows of a kernel see the same
	}
	s := train.Spec{Kernel: corr.Size{H: 2, W: 2}}
	y := traintest.Noisy(t, x, tensor.Matrix(2, 2, 1, 2, 3, 4), s, 0.1, 2)
	one := 10.0
	for name, c := range map[string]struct {
		shape solve.Constraints
		known bool
	}{
		"nonnegative": {solve.Constraints{NonNegative: true}, false},
		"sum":         {solve.Constraints{Sum: &one}, false},
		"even in x":   {solve.Constraints{Symmetry: solve.EvenX}, false},
		"even in y":   {solve.Constraints{Symmetry: solve.EvenY}, true},
		"ridge":       {solve.Constraints{Ridge: 1}, true},
	} {
		st := sums.Of(t, x, y, s)
		r, err := solve.Constrained(st, c.shape, train.Sum)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := New(t.Context(), st, r, Options{Shape: c.shape})
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range rep.Errors {
			if c.known != (e > 0 && numeric.IsFinite(e)) || !c.known && !math.IsInf(e, 1) {
				t.Errorf("%s: error %d of %v is %v", name, i, r.Kernel.Taps, e)
			}
		}
	}
}

// Taps that are not negative and add up to nothing are all zero, held there, and
// have no error; the bias has one.
func TestNothingLeftToTheTaps(t *testing.T) {
	x := traintest.Texture(20, 20)
	st := sums.Of(t, x, traintest.Texture(18, 18), train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true})
	zero := 0.0
	shape := solve.Constraints{Sum: &zero, NonNegative: true}
	r, err := solve.Constrained(st, shape, train.Sum)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := New(t.Context(), st, r, Options{Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range rep.Errors {
		if r.Kernel.Taps[i] != 0 || e > 1e-15 {
			t.Errorf("tap %d is %v ± %v, want 0, held or with an error of nothing", i, r.Kernel.Taps[i], e)
		}
	}
	want := math.Sqrt(st.Systems()[0].Outputs()[0].Moments.Variation / 323 / 324)
	traintest.Near(t, "the error of the bias", float64(rep.BiasStandardError.(Number)), want, 1e-12, 0)
}

// Where every tap is held at zero, none has an error.
func TestAllTapsAtZero(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 2}}
	x := traintest.Texture(12, 13)
	k := tensor.Matrix(2, 2, -1, -2, -1, -3)
	st := sums.Of(t, x, traintest.Apply(t, x, k, s.Options), s)
	shape := solve.Constraints{NonNegative: true}
	r, err := solve.Constrained(st, shape, train.Sum)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := New(t.Context(), st, r, Options{Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range r.Kernel.Taps {
		if v != 0 || !math.IsNaN(rep.Errors[i]) {
			t.Errorf("tap %d: %v ± %v, want 0 without an error", i, v, rep.Errors[i])
		}
	}
}
