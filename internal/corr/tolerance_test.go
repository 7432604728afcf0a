package corr

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// The bounds that tests hold a method to, in one place. An output is a sum of
// n products; with unit roundoff u its error is at most n*u*Σ|x||k| to first
// order (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1),
// and the reference, in float64, errs by as much again. The factor 2 pays for
// that, for the rounding of image and kernel to float32, and for the bias.
const (
	unit32 = 1.0 / (1 << 24)
	unit64 = 1.0 / (1 << 53)
	slack  = 2
)

func unit[T tensor.Float]() float64 {
	var t T
	if _, ok := any(t).(float32); ok {
		return unit32
	}
	return unit64
}

// checkDirect compares a result with the reference under the bound of the
// direct method, element by element, and demands the same NaN and Inf.
func checkDirect[T tensor.Float](t rapid.TB, got, want, magnitude *tensor.Dense[float64], k tensor.Kernel) {
	t.Helper()
	if got.Shape() != want.Shape() {
		t.Fatalf("shape %v, want %v", got.Shape(), want.Shape())
	}
	n := float64(k.In*k.H*k.W + 2)
	for i, w := range want.Data {
		g := got.Data[i]
		if math.IsNaN(w) || math.IsInf(w, 0) {
			if !(math.IsNaN(w) && math.IsNaN(g)) && w != g {
				t.Fatalf("element %d is %v, want %v", i, g, w)
			}
			continue
		}
		if bound := slack * n * unit[T]() * magnitude.Data[i]; !(math.Abs(g-w) <= bound) {
			t.Fatalf("element %d is %v, want %v: off by %.3g, bound %.3g", i, g, w, g-w, bound)
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
