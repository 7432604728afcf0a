package corr

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

func runDraw(t *rapid.T, d corrtest.Draw, threads int) *tensor.Dense[float64] {
	y, err := run[float64](t, d.X, d.K, d.O, Config{Threads: threads})
	if err != nil {
		t.Fatalf("%v: %v", d, err)
	}
	return y
}

func referenceOf(t *rapid.T, d corrtest.Draw) *tensor.Dense[float64] {
	y, err := Reference(d.X, d.K, d.O)
	if err != nil {
		t.Fatalf("%v: %v", d, err)
	}
	return y
}

func TestPlanEqualsReference(t *testing.T) {
	corrtest.EachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			d := corrtest.Any(t, corrtest.Reals)
			t.Log(d)
			checkMethods[float64](t, d)
			checkMethods[float32](t, d)
		})
	})
}

// checkMethods runs every method that can serve a correlation.
func checkMethods[T tensor.Float](t *rapid.T, d corrtest.Draw) {
	want := referenceOf(t, d)
	for _, m := range []struct {
		method Method
		bound  func(rapid.TB, corrtest.Draw) *tensor.Dense[float64]
		plain  bool
	}{
		{Direct, boundDirect[T], false},
		{Separable, boundSeparable[T], true},
		{Fourier, boundFourier[T], true},
	} {
		if m.plain && d.K.Mixes || m.method == Fourier && geometry.OneIfZero(d.O.Stride) != (Size{H: 1, W: 1}) {
			continue
		}
		got, err := run[T](t, d.X, d.K, d.O, Config{Method: m.method})
		if err != nil {
			t.Fatalf("%v: %v", m.method, err)
		}
		corrtest.Within(t, got, want, m.bound(t, d))
	}
	got, err := run[T](t, d.X, d.K, d.O, Config{})
	if err != nil {
		t.Fatal(err)
	}
	corrtest.Within(t, got, want, boundDirect[T](t, d))
}

// Whole numbers stay exact, and NaN and Inf stand exactly where the definition
// puts them, in both precisions.
func TestWholeNumbersAndNonFinite(t *testing.T) {
	corrtest.EachImplementation(t, func(t *testing.T) { rapid.Check(t, checkWhole) })
}

func checkWhole(t *rapid.T) {
	d := corrtest.Any(t, corrtest.Wild)
	d.K.Taps, d.K.Bias = corrtest.Numbers(t, corrtest.Wholes, len(d.K.Taps)), nil
	t.Log(d)
	want := referenceOf(t, d)
	single, _ := run[float32](t, d.X, d.K, d.O, Config{})
	results := []*tensor.Dense[float64]{runDraw(t, d, 2), single}
	if !d.K.Mixes {
		for _, m := range []Method{Separable, Fourier} {
			if m == Fourier && geometry.OneIfZero(d.O.Stride) != (Size{H: 1, W: 1}) {
				continue
			}
			for _, f := range []func(rapid.TB, *tensor.Dense[float64], tensor.Kernel, Options, Config) (*tensor.Dense[float64], error){run[float32], run[float64]} {
				y, err := f(t, d.X, d.K, d.O, Config{Method: m})
				if err != nil {
					t.Fatal(err)
				}
				results = append(results, y)
			}
		}
	}
	for _, got := range results {
		for i, w := range want.Data {
			if g := got.Data[i]; g != w && !(math.IsNaN(g) && math.IsNaN(w)) {
				t.Fatalf("element %d is %v, want %v", i, g, w)
			}
		}
	}
}

// Any number of threads gives the same bits.
func TestThreads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Reals)
		t.Log(d)
		a, b := runDraw(t, d, 1), runDraw(t, d, 4)
		for i := range a.Data {
			if math.Float64bits(a.Data[i]) != math.Float64bits(b.Data[i]) {
				t.Fatalf("element %d is %v with one thread, %v with four", i, a.Data[i], b.Data[i])
			}
		}
	})
}

// The laws below are checked with whole numbers, for which every sum is exact.

func TestLinearity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		d.K.Bias, d.O.Border.Value = nil, 0
		t.Log(d)
		other := d
		other.X = tensor.FromData(d.X.Shape(), corrtest.Numbers(t, corrtest.Wholes, len(d.X.Data)))
		sum := d
		sum.X = tensor.NewDense[float64](d.X.Shape())
		for i := range sum.X.Data {
			sum.X.Data[i] = 3*d.X.Data[i] - 2*other.X.Data[i]
		}
		a, b, c := runDraw(t, d, 1), runDraw(t, other, 1), runDraw(t, sum, 1)
		for i := range c.Data {
			if c.Data[i] != 3*a.Data[i]-2*b.Data[i] {
				t.Fatalf("element %d: %v is not 3*%v - 2*%v", i, c.Data[i], a.Data[i], b.Data[i])
			}
		}
	})
}

// <corr(x, k), y> = <x, full convolution of y with k> for a valid correlation.
func TestAdjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		d.K.Mixes, d.K.In, d.K.Out, d.K.Bias = false, 1, 1, nil
		d.K.Taps = corrtest.Numbers(t, corrtest.Wholes, d.K.H*d.K.W)
		s := d.X.Shape()
		s.H, s.W = s.H+d.K.H, s.W+d.K.W
		d.X = tensor.FromData(s, corrtest.Numbers(t, corrtest.Wholes, s.Len()))
		d.O = Options{}
		y := runDraw(t, d, 1)
		z := corrtest.Draw{X: tensor.FromData(y.Shape(), corrtest.Numbers(t, corrtest.Wholes, len(y.Data))), K: d.K, O: Options{Padding: Padding{Mode: Full}, Convolve: true}}
		if a, b := corrtest.Dot(y, z.X), corrtest.Dot(d.X, runDraw(t, z, 1)); a != b {
			t.Fatalf("<Ax, z> = %v, <x, A'z> = %v", a, b)
		}
	})
}

// Convolving is correlating with the flipped kernel.
func TestFlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		flipped := d
		flipped.K, flipped.O.Convolve = d.K.Flip(), !d.O.Convolve
		corrtest.Equal(t, runDraw(t, d, 1), runDraw(t, flipped, 1))
	})
}

// Padding is a valid correlation of the padded image.
func TestPaddingIsValidOnPadded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		t.Log(d)
		g, err := geometry.New(d.X.Shape().H, d.X.Shape().W, Size{H: d.K.H, W: d.K.W}, d.O)
		if err != nil {
			t.Fatal(err)
		}
		s := d.X.Shape()
		s.H, s.W = g.PadH(), g.PadW()
		padded := d
		padded.X, padded.O.Padding = tensor.NewDense[float64](s), Padding{}
		r := NewReader(d.X, g)
		for p := range s.Planes() {
			for y := range s.H {
				if err := r.Row(p, y, padded.X.Plane(p)[y*s.W:]); err != nil {
					t.Fatal(err)
				}
			}
		}
		corrtest.Equal(t, runDraw(t, d, 1), runDraw(t, padded, 1))
	})
}

// A kernel that is an outer product is two one-dimensional correlations.
func TestSeparability(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		d.K.Mixes, d.K.In, d.K.Out, d.K.Bias = false, 1, 1, nil
		column, row := d, d
		column.K.W, row.K.H = 1, 1
		column.K.Taps, row.K.Taps = corrtest.Numbers(t, corrtest.Wholes, d.K.H), corrtest.Numbers(t, corrtest.Wholes, d.K.W)
		d.K.Taps = make([]float64, d.K.H*d.K.W)
		for u, a := range column.K.Taps {
			for v, b := range row.K.Taps {
				d.K.Taps[u*d.K.W+v] = a * b
			}
		}
		d.O.Padding, column.O.Padding, row.O.Padding = Padding{Mode: Full}, Padding{Mode: Full}, Padding{Mode: Full}
		d.O.Border = Border{}
		column.O.Border, column.O.Stride.W, column.O.Dilation.W = Border{}, 1, 1
		row.O.Border, row.O.Stride.H, row.O.Dilation.H = Border{}, 1, 1
		row.X = runDraw(t, column, 1)
		corrtest.Equal(t, runDraw(t, d, 1), runDraw(t, row, 1))
	})
}
