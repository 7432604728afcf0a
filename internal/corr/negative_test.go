package corr

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/tensor"
)

// Where neither image nor kernel is negative, no result is, and each keeps its digits
// beside any source: dark sky, black bars and corners, stars of 1e9.
func TestNothingNegative(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const h, w = 120, 140
	k := tensor.Kernel{Out: 1, In: 1, H: 17, W: 15, Taps: make([]float64, 17*15)}
	for i := range k.Taps {
		k.Taps[i] = math.Exp(-(math.Pow(float64(i/15-8), 2) + math.Pow(float64(i%15-7), 2)) / 20)
	}
	star := func(y, x int) float64 {
		return 1e9 * math.Exp(-(math.Pow(float64(y-30), 2)+math.Pow(float64(x-70), 2))/2)
	}
	for name, f := range map[string]func(y, x int) float64{
		"a star over nothing": func(y, x int) float64 { return math.Trunc(star(y, x)) / 7 },
		"a star over sky":     func(y, x int) float64 { return star(y, x) + 1e-3*(1+r.Float64()) },
		"black bars": func(y, _ int) float64 {
			if y < 40 || y > 90 {
				return 0
			}
			return r.Float64()
		},
		"a disk": func(y, x int) float64 {
			if math.Hypot(float64(y-60), float64(x-70)) > 50 {
				return 0
			}
			return r.Float64()
		},
	} {
		x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
		for i := range x.Data {
			x.Data[i] = f(i/w, i%w)
		}
		corrtest.EachImplementation(t, func(t *testing.T) {
			checkPositive[float32](t, name, x, k)
			checkPositive[float64](t, name, x, k)
		})
	}
}

func checkPositive[T tensor.Float](t *testing.T, name string, x *tensor.Dense[float64], k tensor.Kernel) {
	t.Helper()
	rounded := tensor.NewDense[float64](x.Shape())
	for i, v := range x.Data {
		rounded.Data[i] = float64(T(v))
	}
	for _, o := range []Options{{}, {Padding: Padding{Mode: Same}, Border: Border{Mode: Reflect}}} {
		got, err := run[T](t, rounded, k, o, Config{Method: Fourier})
		if err != nil {
			t.Fatal(err)
		}
		want, err := Reference(rounded, k, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got.Data {
			if v < 0 || math.Abs(v-want.Data[i]) > besides*want.Data[i]+math.SmallestNonzeroFloat32 {
				t.Fatalf("%s, %T: element %d is %v, not %v", name, T(0), i, v, want.Data[i])
			}
		}
	}
}
