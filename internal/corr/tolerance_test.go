package corr

import (
	"math"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// The bounds that tests hold a method to, in one place. An output is a sum of
// n products; with unit roundoff u its error is at most n*u*Σ|x||k| to first
// order (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1),
// and the reference, in float64, errs by as much again. The factor 2 pays for
// that, for the rounding of image and kernel to float32, and for the bias.
const slack = 2

// boundDirect is the bound of the direct method for each output.
func boundDirect[T tensor.Float](t rapid.TB, d draw) *tensor.Dense[float64] {
	t.Helper()
	b := magnitudeOf(t, d.x, d.k, d.o)
	n := float64(d.k.In*d.k.H*d.k.W + 2)
	scale(b.Data, slack*n*tensor.Roundoff[T]())
	return b
}

// boundSeparable is the bound of the separable method: that of two sums, of
// kh and kw products, for each pair, and the part of the kernel left out.
func boundSeparable[T tensor.Float](t rapid.TB, d draw) *tensor.Dense[float64] {
	t.Helper()
	f, ok := factor(d.k.Taps, d.k.H, d.k.W, dropped[T](), math.MaxInt)
	if !ok {
		t.Fatal("no factors")
	}
	outer := d
	outer.k.Taps = make([]float64, len(d.k.Taps))
	for i := range f.cols {
		for u, c := range f.cols[i] {
			for v, r := range f.rows[i] {
				outer.k.Taps[u*d.k.W+v] += math.Abs(c * r)
			}
		}
	}
	b := magnitudeOf(t, outer.x, outer.k, outer.o)
	// Singular vectors err by a small multiple of the roundoff, too.
	n := float64(d.k.H + d.k.W + 2*f.rank() + 8)
	scale(b.Data, slack*n*tensor.Roundoff[T]())
	largest := math.Abs(d.o.Border.Value)
	for _, v := range d.x.Data {
		largest = max(largest, math.Abs(v))
	}
	for i := range b.Data {
		b.Data[i] += (dropped[T]() + decomposition) * norm(d.k.Taps) * math.Sqrt(float64(d.k.H*d.k.W)) * largest
	}
	return b
}

// decomposition is how far the pairs of a decomposition, all of them kept, may
// be from the kernel relative to its norm: twice what random matrices show.
const decomposition = 32 * 0x1p-53

// within compares a result with the reference under a bound, element by element, and demands the same NaN and Inf.
func within(t rapid.TB, got, want, bound *tensor.Dense[float64]) {
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

// magnitudeOf is |bias| + Σ|x||k|, the scale of each output's rounding errors.
func magnitudeOf(t rapid.TB, x *tensor.Dense[float64], k tensor.Kernel, o Options) *tensor.Dense[float64] {
	t.Helper()
	ax := tensor.NewDense[float64](x.Shape())
	for i, v := range x.Data {
		ax.Data[i] = math.Abs(v)
	}
	ak := k
	ak.Taps, ak.Bias = absAll(k.Taps), absAll(k.Bias)
	o.Border.Value = math.Abs(o.Border.Value)
	y, err := Reference(ax, ak, o)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

func absAll(s []float64) []float64 {
	a := make([]float64, len(s))
	for i, v := range s {
		a[i] = math.Abs(v)
	}
	return a
}

// boundFourier is the bound of the fourier method, with the norm of the whole
// padded image for that of a pair of tiles.
func boundFourier[T tensor.Float](t rapid.TB, d draw) *tensor.Dense[float64] {
	t.Helper()
	b := magnitudeOf(t, d.x, d.k, d.o)
	largest := math.Abs(d.o.Border.Value)
	for _, v := range d.x.Data {
		largest = max(largest, math.Abs(v))
	}
	limit := fft.Bound * 8 * tensor.Roundoff[T]() * largest * 256 * math.Sqrt2 * norm(d.k.Taps)
	for i := range b.Data {
		// The bias and the rounding of image and kernel to T err like a sum.
		b.Data[i] = limit + slack*2*tensor.Roundoff[T]()*b.Data[i]
	}
	return b
}

// besides is what large elements elsewhere in a block may add to the error of an
// output, relative to Σ|x||k|. look lets blocks pass in which roundings stay out
// of the first ten bits of what an output sees; three bits pay for roundings that
// add up where fill values stand in rows or columns.
const besides = 0x1p-7
