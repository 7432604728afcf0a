// Package corrtest has what the tests of the rooms of corr share: random correlations,
// comparisons, conversions. It knows geometries and kernels, but no plan, so that the
// tests of corr itself can import it.
package corrtest

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// Draw is a correlation that is well-formed: the kernel fits.
type Draw struct {
	X *tensor.Dense[float64]
	K tensor.Kernel
	O geometry.Options
}

func (d Draw) String() string {
	return fmt.Sprintf("image %v, kernel %v, padding %v, border %v, stride %v, dilation %v, convolve %v", d.X.Shape(), d.K, d.O.Padding, d.O.Border, geometry.OneIfZero(d.O.Stride), geometry.OneIfZero(d.O.Dilation), d.O.Convolve)
}

// Any draws shapes from 1x1 up, all options, plain and mixing kernels.
func Any(t *rapid.T, numbers *rapid.Generator[float64]) Draw {
	size := rapid.IntRange(1, 12)
	in := tensor.Shape{N: rapid.IntRange(1, 2).Draw(t, "n"), C: rapid.IntRange(1, 3).Draw(t, "c"), H: size.Draw(t, "h"), W: rapid.IntRange(1, 40).Draw(t, "w")}
	k := tensor.Kernel{Out: 1, In: 1, H: rapid.IntRange(1, 6).Draw(t, "kh"), W: rapid.IntRange(1, 7).Draw(t, "kw")}
	if k.Mixes = rapid.Bool().Draw(t, "mixes"); k.Mixes {
		k.In, k.Out = in.C, rapid.IntRange(1, 3).Draw(t, "out")
	}
	k.Taps = Numbers(t, numbers, k.Out*k.In*k.H*k.W)
	if rapid.Bool().Draw(t, "biased") {
		k.Bias = Numbers(t, numbers, k.Out)
	}
	small := rapid.IntRange(1, 3)
	side := rapid.IntRange(0, 9)
	d := Draw{X: tensor.FromData(in, Numbers(t, numbers, in.Len())), K: k, O: geometry.Options{
		Padding:  geometry.Padding{Mode: geometry.PaddingMode(rapid.IntRange(0, 3).Draw(t, "padding")), Top: side.Draw(t, "top"), Bottom: side.Draw(t, "bottom"), Left: side.Draw(t, "left"), Right: side.Draw(t, "right")},
		Border:   geometry.Border{Mode: geometry.BorderMode(rapid.IntRange(0, 5).Draw(t, "border"))},
		Stride:   geometry.Size{H: small.Draw(t, "sy"), W: small.Draw(t, "sx")},
		Dilation: geometry.Size{H: small.Draw(t, "dy"), W: small.Draw(t, "dx")},
		Convolve: rapid.Bool().Draw(t, "convolve"),
	}}
	if d.O.Border.Mode == geometry.Constant {
		d.O.Border.Value = numbers.Draw(t, "value")
	}
	if _, err := geometry.New(in.H, in.W, geometry.Size{H: k.H, W: k.W}, d.O); err != nil {
		d.O.Padding = geometry.Padding{Mode: geometry.Full}
	}
	return d
}

func Numbers(t *rapid.T, g *rapid.Generator[float64], n int) []float64 {
	return rapid.SliceOfN(g, n, n).Draw(t, "numbers")
}

var (
	Reals  = rapid.Map(rapid.IntRange(-1<<20, 1<<20), func(i int) float64 { return float64(i) / 977 })
	Wholes = rapid.Map(rapid.IntRange(-50, 50), func(i int) float64 { return float64(i) })
	// Wild has NaN, infinities and zeros among whole numbers.
	Wild = rapid.OneOf(Wholes, Wholes, Wholes, Wholes, rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0}))
)

// EachImplementation runs a test with each kind of loops that the processor has.
func EachImplementation(t *testing.T, test func(t *testing.T)) {
	for _, name := range vec.Implementations() {
		t.Run(name, func(t *testing.T) {
			defer vec.Use(name)()
			test(t)
		})
	}
}

func Dot(a, b *tensor.Dense[float64]) (s float64) {
	for i, v := range a.Data {
		s += v * b.Data[i]
	}
	return s
}

func Equal(t rapid.TB, a, b *tensor.Dense[float64]) {
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

// Within compares a result with the reference under a bound, element by element, and demands the same NaN and Inf.
func Within(t rapid.TB, got, want, bound *tensor.Dense[float64]) {
	t.Helper()
	if got.Shape() != want.Shape() {
		t.Fatalf("shape %v, want %v", got.Shape(), want.Shape())
	}
	for i, w := range want.Data {
		g := got.Data[i]
		if math.IsNaN(w) || math.IsInf(w, 0) {
			if !(math.IsNaN(w) && math.IsNaN(g)) && w != g {
				t.Fatalf("element %d is %v, want %v", i, g, w)
			}
			continue
		}
		if !(math.Abs(g-w) <= bound.Data[i]) {
			t.Fatalf("element %d is %v, want %v: off by %.3g, bound %.3g", i, g, w, g-w, bound.Data[i])
		}
	}
}

func Convert[T, S tensor.Float](x *tensor.Dense[S]) *tensor.Dense[T] {
	y := tensor.NewDense[T](x.Shape())
	for i, v := range x.Data {
		y.Data[i] = T(v)
	}
	return y
}

func FromRows(rows [][]float64) *tensor.Dense[float64] {
	var data []float64
	for _, r := range rows {
		data = append(data, r...)
	}
	return tensor.FromData(tensor.Shape{N: 1, C: 1, H: len(rows), W: len(rows[0])}, data)
}
