package edges

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

var same = corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Symmetric}}

// A hard step, whose gradient is equally long on both sides of it, becomes a line of
// one pixel, whichever way it goes; every other pixel 0; kept lengths are unchanged.
func TestThin(t *testing.T) {
	for _, turn := range []func(y, x int) bool{
		func(_, x int) bool { return x >= 10 },
		func(_, x int) bool { return x < 10 },
		func(y, _ int) bool { return y >= 10 },
		func(y, _ int) bool { return y < 10 },
	} {
		x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 20, W: 20})
		for i := range x.Data {
			if turn(i/20, i%20) {
				x.Data[i] = 1
			}
		}
		for _, operator := range []string{"prewitt", "sobel", "scharr", "farid", "diff"} {
			full := detect(t, x, Options{Operator: operator}, same, 1)
			thin := detect(t, x, Options{Operator: operator, Thin: true}, same, 2)
			kept := 0
			for i, v := range thin.Data {
				if v > rounding { // farid leaves roundings where an image is flat
					kept++
					if v != full.Data[i] {
						t.Fatalf("%s: element %d was %v and is %v", operator, i, full.Data[i], v)
					}
				}
			}
			if kept != 20 {
				t.Errorf("%s: a line of %d pixels across 20", operator, kept)
			}
		}
	}
}

// Thinned lines keep the maxima of a gradient, threads or not, and Otsu's threshold
// is that of the whole magnitude.
func TestThinThreshold(t *testing.T) {
	x := noise(tensor.Shape{N: 1, C: 2, H: 90, W: 33})
	for i := range x.Data {
		x.Data[i] = x.Data[i]/10 + math.Sin(float64(i%33)/5)*math.Cos(float64(i/33)/9)
	}
	o := Options{Operator: "scharr", Thin: true}
	thin := detect(t, x, o, same, 1)
	if !slices.Equal(thin.Data, detect(t, x, o, same, 5).Data) {
		t.Error("threads give other lines")
	}
	o.Thin, o.Threshold = false, &Threshold{Otsu: true}
	above := detect(t, x, o, same, 1)
	o.Thin = true
	for i, v := range detect(t, x, o, same, 2).Data {
		if want := above.Data[i] == 1 && thin.Data[i] > 0; (v == 1) != want {
			t.Fatalf("element %d is %v", i, v)
		}
	}
}

// hypot is within 0.6 units in the last place (half of one is the best there is), and symmetric.
func TestHypot(t *testing.T) {
	x := noise(tensor.Shape{N: 1, C: 1, H: 2, W: 5000})
	for i := range 5000 {
		a, b := x.Data[i]-0.5, x.Data[5000+i]-0.5
		exact := new(big.Float).SetPrec(200).SetFloat64(a)
		exact.Mul(exact, exact)
		q := new(big.Float).SetPrec(200).SetFloat64(b)
		exact.Sqrt(exact.Add(exact, q.Mul(q, q)))
		got := hypot(a, b)
		off, _ := exact.Sub(exact, new(big.Float).SetFloat64(got)).Float64()
		if ulp := math.Nextafter(got, 2) - got; math.Abs(off) > 0.6*ulp || hypot(b, -a) != got {
			t.Fatalf("hypot(%v, %v) is off by %v units in the last place", a, b, off/ulp)
		}
	}
}
