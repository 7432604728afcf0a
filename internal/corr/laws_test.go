package corr

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// draw makes a correlation that is well-formed: the kernel fits.
type draw struct {
	x *tensor.Dense[float64]
	k tensor.Kernel
	o Options
}

func (d draw) String() string {
	return fmt.Sprintf("image %v, kernel %v, padding %v, border %v, stride %v, dilation %v, convolve %v", d.x.Shape(), d.k, d.o.Padding, d.o.Border, geometry.OneIfZero(d.o.Stride), geometry.OneIfZero(d.o.Dilation), d.o.Convolve)
}

// drawAny draws shapes from 1x1 up, all options, plain and mixing kernels.
func drawAny(t *rapid.T, numbers *rapid.Generator[float64]) draw {
	size := rapid.IntRange(1, 12)
	in := tensor.Shape{N: rapid.IntRange(1, 2).Draw(t, "n"), C: rapid.IntRange(1, 3).Draw(t, "c"), H: size.Draw(t, "h"), W: rapid.IntRange(1, 40).Draw(t, "w")}
	k := tensor.Kernel{Out: 1, In: 1, H: rapid.IntRange(1, 6).Draw(t, "kh"), W: rapid.IntRange(1, 7).Draw(t, "kw")}
	if k.Mixes = rapid.Bool().Draw(t, "mixes"); k.Mixes {
		k.In, k.Out = in.C, rapid.IntRange(1, 3).Draw(t, "out")
	}
	k.Taps = drawNumbers(t, numbers, k.Out*k.In*k.H*k.W)
	if rapid.Bool().Draw(t, "biased") {
		k.Bias = drawNumbers(t, numbers, k.Out)
	}
	small := rapid.IntRange(1, 3)
	side := rapid.IntRange(0, 9)
	d := draw{x: tensor.FromData(in, drawNumbers(t, numbers, in.Len())), k: k, o: Options{
		Padding:  Padding{Mode: geometry.PaddingMode(rapid.IntRange(0, 3).Draw(t, "padding")), Top: side.Draw(t, "top"), Bottom: side.Draw(t, "bottom"), Left: side.Draw(t, "left"), Right: side.Draw(t, "right")},
		Border:   Border{Mode: BorderMode(rapid.IntRange(0, 5).Draw(t, "border"))},
		Stride:   Size{H: small.Draw(t, "sy"), W: small.Draw(t, "sx")},
		Dilation: Size{H: small.Draw(t, "dy"), W: small.Draw(t, "dx")},
		Convolve: rapid.Bool().Draw(t, "convolve"),
	}}
	if d.o.Border.Mode == Constant {
		d.o.Border.Value = numbers.Draw(t, "value")
	}
	if _, err := geometry.New(in.H, in.W, Size{H: k.H, W: k.W}, d.o); err != nil {
		d.o.Padding = Padding{Mode: Full}
	}
	return d
}

func drawNumbers(t *rapid.T, g *rapid.Generator[float64], n int) []float64 {
	return rapid.SliceOfN(g, n, n).Draw(t, "numbers")
}

var (
	reals  = rapid.Map(rapid.IntRange(-1<<20, 1<<20), func(i int) float64 { return float64(i) / 977 })
	wholes = rapid.Map(rapid.IntRange(-50, 50), func(i int) float64 { return float64(i) })
	// wild has NaN, infinities and zeros among whole numbers.
	wild = rapid.OneOf(wholes, wholes, wholes, wholes, rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0}))
)

func (d draw) run(t *rapid.T, threads int) *tensor.Dense[float64] {
	y, err := run[float64](t, d.x, d.k, d.o, Config{Threads: threads})
	if err != nil {
		t.Fatalf("%v: %v", d, err)
	}
	return y
}

func (d draw) reference(t *rapid.T) *tensor.Dense[float64] {
	y, err := Reference(d.x, d.k, d.o)
	if err != nil {
		t.Fatalf("%v: %v", d, err)
	}
	return y
}

// eachImplementation runs a test with each kind of loops that the processor has.
func eachImplementation(t *testing.T, test func(t *testing.T)) {
	for _, name := range vec.Implementations() {
		t.Run(name, func(t *testing.T) {
			defer vec.Use(name)()
			test(t)
		})
	}
}

func TestPlanEqualsReference(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			d := drawAny(t, reals)
			t.Log(d)
			checkMethods[float64](t, d)
			checkMethods[float32](t, d)
		})
	})
}

// checkMethods runs every method that can serve a correlation.
func checkMethods[T tensor.Float](t *rapid.T, d draw) {
	want := d.reference(t)
	for _, m := range []struct {
		method Method
		bound  func(rapid.TB, draw) *tensor.Dense[float64]
		plain  bool
	}{
		{Direct, boundDirect[T], false},
		{Separable, boundSeparable[T], true},
		{Fourier, boundFourier[T], true},
	} {
		if m.plain && d.k.Mixes || m.method == Fourier && geometry.OneIfZero(d.o.Stride) != (Size{H: 1, W: 1}) {
			continue
		}
		got, err := run[T](t, d.x, d.k, d.o, Config{Method: m.method})
		if err != nil {
			t.Fatalf("%v: %v", m.method, err)
		}
		within(t, got, want, m.bound(t, d))
	}
	got, err := run[T](t, d.x, d.k, d.o, Config{})
	if err != nil {
		t.Fatal(err)
	}
	within(t, got, want, boundDirect[T](t, d))
}

// Whole numbers stay exact, and NaN and Inf stand exactly where the definition
// puts them, in both precisions.
func TestWholeNumbersAndNonFinite(t *testing.T) {
	eachImplementation(t, func(t *testing.T) { rapid.Check(t, checkWhole) })
}

func checkWhole(t *rapid.T) {
	d := drawAny(t, wild)
	d.k.Taps, d.k.Bias = drawNumbers(t, wholes, len(d.k.Taps)), nil
	t.Log(d)
	want := d.reference(t)
	single, _ := run[float32](t, d.x, d.k, d.o, Config{})
	results := []*tensor.Dense[float64]{d.run(t, 2), single}
	if !d.k.Mixes {
		for _, m := range []Method{Separable, Fourier} {
			if m == Fourier && geometry.OneIfZero(d.o.Stride) != (Size{H: 1, W: 1}) {
				continue
			}
			for _, f := range []func(rapid.TB, *tensor.Dense[float64], tensor.Kernel, Options, Config) (*tensor.Dense[float64], error){run[float32], run[float64]} {
				y, err := f(t, d.x, d.k, d.o, Config{Method: m})
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
		d := drawAny(t, reals)
		t.Log(d)
		a, b := d.run(t, 1), d.run(t, 4)
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
		d := drawAny(t, wholes)
		d.k.Bias, d.o.Border.Value = nil, 0
		t.Log(d)
		other := d
		other.x = tensor.FromData(d.x.Shape(), drawNumbers(t, wholes, len(d.x.Data)))
		sum := d
		sum.x = tensor.NewDense[float64](d.x.Shape())
		for i := range sum.x.Data {
			sum.x.Data[i] = 3*d.x.Data[i] - 2*other.x.Data[i]
		}
		a, b, c := d.run(t, 1), other.run(t, 1), sum.run(t, 1)
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
		d := drawAny(t, wholes)
		d.k.Mixes, d.k.In, d.k.Out, d.k.Bias = false, 1, 1, nil
		d.k.Taps = drawNumbers(t, wholes, d.k.H*d.k.W)
		s := d.x.Shape()
		s.H, s.W = s.H+d.k.H, s.W+d.k.W
		d.x = tensor.FromData(s, drawNumbers(t, wholes, s.Len()))
		d.o = Options{}
		y := d.run(t, 1)
		z := draw{x: tensor.FromData(y.Shape(), drawNumbers(t, wholes, len(y.Data))), k: d.k, o: Options{Padding: Padding{Mode: Full}, Convolve: true}}
		if a, b := dot(y, z.x), dot(d.x, z.run(t, 1)); a != b {
			t.Fatalf("<Ax, z> = %v, <x, A'z> = %v", a, b)
		}
	})
}

func dot(a, b *tensor.Dense[float64]) (s float64) {
	for i, v := range a.Data {
		s += v * b.Data[i]
	}
	return s
}

// Convolving is correlating with the flipped kernel.
func TestFlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, wholes)
		flipped := d
		flipped.k, flipped.o.Convolve = d.k.Flip(), !d.o.Convolve
		same(t, d.run(t, 1), flipped.run(t, 1))
	})
}

// Padding is a valid correlation of the padded image.
func TestPaddingIsValidOnPadded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, wholes)
		t.Log(d)
		g, err := geometry.New(d.x.Shape().H, d.x.Shape().W, Size{H: d.k.H, W: d.k.W}, d.o)
		if err != nil {
			t.Fatal(err)
		}
		s := d.x.Shape()
		s.H, s.W = g.PadH(), g.PadW()
		padded := d
		padded.x, padded.o.Padding = tensor.NewDense[float64](s), Padding{}
		r := NewReader(d.x, g)
		for p := range s.Planes() {
			for y := range s.H {
				if err := r.Row(p, y, padded.x.Plane(p)[y*s.W:]); err != nil {
					t.Fatal(err)
				}
			}
		}
		same(t, d.run(t, 1), padded.run(t, 1))
	})
}

// A kernel that is an outer product is two one-dimensional correlations.
func TestSeparability(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, wholes)
		d.k.Mixes, d.k.In, d.k.Out, d.k.Bias = false, 1, 1, nil
		column, row := d, d
		column.k.W, row.k.H = 1, 1
		column.k.Taps, row.k.Taps = drawNumbers(t, wholes, d.k.H), drawNumbers(t, wholes, d.k.W)
		d.k.Taps = make([]float64, d.k.H*d.k.W)
		for u, a := range column.k.Taps {
			for v, b := range row.k.Taps {
				d.k.Taps[u*d.k.W+v] = a * b
			}
		}
		d.o.Padding, column.o.Padding, row.o.Padding = Padding{Mode: Full}, Padding{Mode: Full}, Padding{Mode: Full}
		d.o.Border = Border{}
		column.o.Border, column.o.Stride.W, column.o.Dilation.W = Border{}, 1, 1
		row.o.Border, row.o.Stride.H, row.o.Dilation.H = Border{}, 1, 1
		row.x = column.run(t, 1)
		same(t, d.run(t, 1), row.run(t, 1))
	})
}

func same(t rapid.TB, a, b *tensor.Dense[float64]) {
	t.Helper()
	if a.Shape() != b.Shape() {
		t.Fatalf("shapes %v and %v", a.Shape(), b.Shape())
	}
	for i := range a.Data {
		if a.Data[i] != b.Data[i] {
			t.Fatalf("element %d: %v and %v", i, a.Data[i], b.Data[i])
		}
	}
}
