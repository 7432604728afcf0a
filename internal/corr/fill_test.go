package corr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// What no window of an output holds does not change it, however large it is:
// neither one fill value nor a region of them spoils what stands beside it.
func TestFillValues(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		testFillValues[float32](t)
		testFillValues[float64](t)
	})
}

func testFillValues[T tensor.Float](t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 140, W: 400})
	for i := range x.Data {
		x.Data[i] = 1 + random.Float64()
	}
	k := tensor.Kernel{Out: 1, In: 1, H: 9, W: 11, Taps: make([]float64, 9*11)}
	for i := range k.Taps { // two pairs of passes
		u, v := i/k.W, i%k.W
		k.Taps[i] = 1 + math.Cos(float64(u))*math.Cos(float64(v))
	}
	want, err := Reference(x, k, Options{})
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]func(y, x int) bool{
		"one pixel": func(y, x int) bool { return y == 60 && x == 130 },
		"a corner":  func(y, x int) bool { return y < 20 && x < 30 },
		"the right": func(y, x int) bool { return x > 250 },
		"but one":   func(y, x int) bool { return y >= 12 || x >= 15 },
		"scattered": func(y, x int) bool { return y%40 == 7 && x%50 == 9 },
	}
	for name, filled := range places {
		for _, value := range []float64{-9999, 65535, 1e7, -1e10, 1e15, -1e20, 3.4e38, 1e100, -1e300} {
			if float64(T(value)) > math.MaxFloat64 || float64(T(value)) < -math.MaxFloat64 {
				continue
			}
			holed := tensor.NewDense[float64](x.Shape())
			for i, v := range x.Data {
				if holed.Data[i] = v; filled(i/400, i%400) {
					holed.Data[i] = value
				}
			}
			for _, m := range []Method{Separable, Fourier} {
				got, err := run[T](t, holed, k, Options{}, Config{Method: m})
				if err != nil {
					t.Fatal(err)
				}
				what := fmt.Sprintf("%T, %v, %s is %g", T(0), m, name, value)
				checkUnseen(t, what, got, want, func(y, x int) bool {
					for i := range k.H * k.W {
						if filled(y+i/k.W, x+i%k.W) {
							return true
						}
					}
					return false
				})
			}
		}
	}
}

// checkUnseen compares the results that see no fill value; taps and elements are
// positive, so that a result is its own scale.
func checkUnseen(t *testing.T, what string, got, want *tensor.Dense[float64], sees func(y, x int) bool) {
	t.Helper()
	w := want.Shape().W
	for i, v := range want.Data {
		if !(math.Abs(got.Data[i]-v) <= besides*v) && !sees(i/w, i%w) {
			t.Errorf("%s: element %d,%d is %v, want %v", what, i/w, i%w, got.Data[i], v)
			return
		}
	}
}
