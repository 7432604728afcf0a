package corr

import (
	"math"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/floats"
	"pgregory.net/rapid"
)

// The bounds that tests hold a method to, in one place. An output is a sum of
// n products; with unit roundoff u its error is at most n*u*Σ|x||k| to first
// order (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1),
// and the reference, in float64, errs by as much again. The factor 2 pays for
// that, for the rounding of image and kernel to float32, and for the bias.
const slack = 2

// boundDirect is the bound of the direct method for each output.
func boundDirect[T tensor.Float](t rapid.TB, d corrtest.Draw) *tensor.Dense[float64] {
	t.Helper()
	b := magnitudeOf(t, d.X, d.K, d.O)
	n := float64(d.K.In*d.K.H*d.K.W + 2)
	floats.Scale(slack*n*tensor.Roundoff[T](), b.Data)
	return b
}

// boundSeparable is the bound of the separable method: that of two sums, of
// kh and kw products, for each pair, and the part of the kernel left out.
func boundSeparable[T tensor.Float](t rapid.TB, d corrtest.Draw) *tensor.Dense[float64] {
	t.Helper()
	f, ok := method.Factor(d.K.Taps, d.K.H, d.K.W, method.Dropped[T](), math.MaxInt)
	if !ok {
		t.Fatal("no factors")
	}
	outer := d
	outer.K.Taps = make([]float64, len(d.K.Taps))
	for i := range f.Cols {
		for u, c := range f.Cols[i] {
			for v, r := range f.Rows[i] {
				outer.K.Taps[u*d.K.W+v] += math.Abs(c * r)
			}
		}
	}
	b := magnitudeOf(t, outer.X, outer.K, outer.O)
	// Singular vectors err by a small multiple of the roundoff, too.
	n := float64(d.K.H + d.K.W + 2*f.Rank() + 8)
	floats.Scale(slack*n*tensor.Roundoff[T](), b.Data)
	largest := math.Abs(d.O.Border.Value)
	for _, v := range d.X.Data {
		largest = max(largest, math.Abs(v))
	}
	for i := range b.Data {
		b.Data[i] += (method.Dropped[T]() + decomposition) * floats.Norm(d.K.Taps, 2) * math.Sqrt(float64(d.K.H*d.K.W)) * largest
	}
	return b
}

// decomposition is how far the pairs of a decomposition, all of them kept, may
// be from the kernel relative to its norm: twice what random matrices show.
const decomposition = 32 * 0x1p-53

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
func boundFourier[T tensor.Float](t rapid.TB, d corrtest.Draw) *tensor.Dense[float64] {
	t.Helper()
	b := magnitudeOf(t, d.X, d.K, d.O)
	largest := math.Abs(d.O.Border.Value)
	for _, v := range d.X.Data {
		largest = max(largest, math.Abs(v))
	}
	limit := fft.Bound * 8 * tensor.Roundoff[T]() * largest * 256 * math.Sqrt2 * floats.Norm(d.K.Taps, 2)
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
