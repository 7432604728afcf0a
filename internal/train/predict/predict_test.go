package predict_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/predict"
	"github.com/convkit/convkit/internal/varying"
)

// tolerance bounds sums of a few dozen products of numbers near one.
const tolerance = 1e-12

func random(s tensor.Shape, seed uint64) *tensor.Dense[float64] {
	r, d := rand.New(rand.NewPCG(seed, 1)), tensor.NewDense[float64](s)
	for i := range d.Data {
		d.Data[i] = r.Float64()
	}
	return d
}

var options = corr.Options{Padding: geometry.Padding{Mode: geometry.Same}, Border: geometry.Border{Mode: geometry.Constant, Value: 0.5}}

// models are one kernel for the field, and one that varies, each with a background.
func models(h, w int) map[string]*predict.Model {
	k := tensor.Matrix(2, 3, 0.5, -1, 2, 0.25, 0, 3)
	k.Bias = []float64{0.75}
	background := [][]float64{{0.75, 0.1, -0.2}}
	v := &varying.Kernel{Field: legendre.Field{Degree: 1, H: h, W: w}, H: 2, W: 3, Bias: &background[0][0], Taps: [][]float64{k.Taps, {0, 1, 0, 2, 0, -1}, {1, 0, 0, 0, 0.5, 0}}}
	return map[string]*predict.Model{
		"constant": {Kernel: k, Background: background, Degree: 1, Options: options},
		"varying":  {Varying: v, Background: background, Degree: 1, Options: options},
	}
}

// kernelAt returns the kernel of a model at a place.
func kernelAt(m *predict.Model, y, x int) tensor.Kernel {
	if m.Varying != nil {
		return m.Varying.At(y, x)
	}
	return m.Kernel
}

// The residual is y less the reference with the kernel at each place and the background.
// The variance is the reference with the squares of the taps on the variances of X.
func TestModel(t *testing.T) {
	s := tensor.Shape{N: 1, C: 2, H: 6, W: 7}
	x, y, variances := random(s, 1), random(s, 2), random(s, 3)
	for name, m := range models(s.H, s.W) {
		got, sigma2 := tensor.NewDense[float64](s), tensor.NewDense[float64](s)
		if err := m.Fits(s, s); err != nil {
			t.Fatal(err)
		}
		if err := m.Run(context.Background(), x, predict.Rows(got, predict.From(y))); err != nil {
			t.Fatal(err)
		}
		if err := m.Squared().Run(context.Background(), variances, sigma2); err != nil {
			t.Fatal(err)
		}
		for i := range got.Data {
			row, column := i/s.W%s.H, i%s.W
			k := kernelAt(m, row, column)
			want, err := corr.Reference(x, k, options)
			if err != nil {
				t.Fatal(err)
			}
			b := m.Background[0]
			r := y.Data[i] - want.Data[i] - b[1]*legendre.At(1, column, s.W) - b[2]*legendre.At(1, row, s.H)
			near(t, fmt.Sprintf("%s: residual %d", name, i), got.Data[i], r)

			k.Taps, k.Bias = slices.Clone(k.Taps), nil
			for u, v := range k.Taps {
				k.Taps[u] = v * v
			}
			o := options
			o.Border.Value = 0
			if want, err = corr.Reference(variances, k, o); err != nil {
				t.Fatal(err)
			}
			near(t, fmt.Sprintf("%s: variance %d", name, i), sigma2.Data[i], want.Data[i])
		}
	}
	if err := models(3, 3)["varying"].Fits(s, s); err == nil {
		t.Error("a field of another size fits")
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}

// Outputs that a pair excludes are NaN, for each reason, and all others stay.
func TestWithoutExcluded(t *testing.T) {
	s := tensor.Shape{N: 1, C: 1, H: 1, W: 7}
	row := func(v ...float64) *tensor.Dense[float64] { return tensor.FromData(s, v) }
	p := train.Pair{
		Y:       row(1, math.NaN(), 1, 9, 1, 1, 0),
		Mask:    row(1, 1, 0, 1, 1, 1, 1),
		Weights: row(1, 1, 1, 1, 0, 4, 1),
		Range:   &train.Range{Low: 0, High: 9},
	}
	got := []float64{1, 1, 1, 1, 1, 1, 1}
	if err := predict.WithoutExcluded(p)(0, 0, got); err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if excluded := i != 0 && i != 5; math.IsNaN(v) != excluded {
			t.Errorf("output %d is %v, and excluded is %t", i, v, excluded)
		}
	}
	p.Weight = 2
	variance := make([]float64, 7)
	if err := predict.PlusVariance(p)(0, 0, variance); err != nil {
		t.Fatal(err)
	}
	if variance[5] != 0.125 || variance[0] != 0.5 || !math.IsInf(variance[4], 1) {
		t.Errorf("variances %v", variance)
	}
}

// Blocks of a matrix are turned, and what follows them is not.
func TestFlipped(t *testing.T) {
	m := []float64{11, 12, 13, 21, 22, 23, 31, 32, 33}
	got := predict.Flipped(m, 3, []int{2})
	for i, want := range []float64{22, 21, 23, 12, 11, 13, 32, 31, 33} {
		if got[i] != want {
			t.Fatalf("%v", got)
		}
	}
}

// The covariance of a sum of terms is that of its definition.
func TestCombined(t *testing.T) {
	c := []float64{4, 1, 2, 0, 1, 9, 3, 0, 2, 3, 25, 0, 0, 0, 0, 1}
	got := predict.Combined(c, 4, 1, []float64{1, 2, -1})
	// Var(a + 2b − c) = 4 + 4·9 + 25 + 4·1 − 2·2 − 4·3.
	if len(got) != 1 || got[0] != 53 {
		t.Errorf("%v, want 53", got)
	}
	if b := predict.Block(c, 4, 2); !slices.Equal(b, []float64{4, 1, 1, 9}) {
		t.Errorf("block %v", b)
	}
}
