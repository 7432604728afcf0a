package corr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/tensor"
)

// fillCase is an image with a mask of what is filled, and what is to come of it:
// the results without any filling, and which of them see any.
type fillCase struct {
	name       string
	o          Options
	mask       *tensor.Dense[float64]
	want, seen *tensor.Dense[float64]
	values     []float64
}

// What no window of an output holds does not change it, however large it is:
// neither one fill value nor a region of them spoils what stands beside it.
func TestFillValues(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 100, W: 300})
	for i := range x.Data {
		x.Data[i] = 1 + random.Float64()
	}
	k := tensor.Kernel{Out: 1, In: 1, H: 9, W: 11, Taps: make([]float64, 9*11)}
	for i := range k.Taps { // two pairs of passes
		u, v := i/k.W, i%k.W
		k.Taps[i] = 1 + math.Cos(float64(u))*math.Cos(float64(v))
	}
	values := []float64{-9999, 65535, 1e7, -1e10, 1e15, -1e20, 3.4e38, 1e100, -1e300}
	mirrored := Options{Padding: Padding{Mode: Same}, Border: Border{Mode: Reflect}}
	var cases []fillCase
	for name, filled := range map[string]func(y, x int) bool{
		"one pixel": func(y, x int) bool { return y == 60 && x == 130 },
		"a corner":  func(y, x int) bool { return y < 20 && x < 30 },
		"the right": func(y, x int) bool { return x > 150 },
		"the next":  func(y, x int) bool { return x >= 54 && x < 150 }, // all of a tile's and its neighbour's
		"but one":   func(y, x int) bool { return y >= 12 || x >= 15 },
		"scattered": func(y, x int) bool { return y%40 == 7 && x%50 == 9 },
	} {
		mask := tensor.NewDense[float64](x.Shape())
		for i := range mask.Data {
			if filled(i/x.Shape().W, i%x.Shape().W) {
				mask.Data[i] = 1
			}
		}
		cases = append(cases, newFillCase(t, name, x, mask, k, Options{}, values), newFillCase(t, name+", mirrored", x, mask, k, mirrored, values[4:7]))
	}
	corrtest.EachImplementation(t, func(t *testing.T) {
		for _, c := range cases {
			checkFill[float32](t, c, x, k)
			checkFill[float64](t, c, x, k)
		}
	})
}

func newFillCase(t *testing.T, name string, x, mask *tensor.Dense[float64], k tensor.Kernel, o Options, values []float64) fillCase {
	t.Helper()
	want, err := Reference(x, k, o)
	if err != nil {
		t.Fatal(err)
	}
	k.Taps = slices.Repeat([]float64{1}, len(k.Taps))
	seen, err := Reference(mask, k, o)
	if err != nil {
		t.Fatal(err)
	}
	return fillCase{name, o, mask, want, seen, values}
}

// checkFill fills x with each value, and compares the results that see none of it
// with what they are without, and those of several threads with those of one.
func checkFill[T tensor.Float](t *testing.T, c fillCase, x *tensor.Dense[float64], k tensor.Kernel) {
	t.Helper()
	for _, value := range c.values {
		if math.Abs(float64(T(value))) > math.MaxFloat64 {
			continue
		}
		holed := tensor.NewDense[float64](x.Shape())
		for i, v := range x.Data {
			if holed.Data[i] = v; c.mask.Data[i] != 0 {
				holed.Data[i] = value
			}
		}
		for _, m := range []Method{Separable, Fourier} {
			what := fmt.Sprintf("%T, %v, %s is %g", T(0), m, c.name, value)
			got, err := run[T](t, holed, k, c.o, Config{Method: m, Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			checkUnseen(t, what, got, c.want, c.seen)
			if value != 1e15 {
				continue
			}
			more, err := run[T](t, holed, k, c.o, Config{Method: m, Threads: 3})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Data, more.Data) {
				t.Errorf("%s: three threads give other results", what)
			}
		}
	}
}

// checkUnseen compares the results that see no fill value; taps and elements are
// positive, so that a result is its own scale.
func checkUnseen(t *testing.T, what string, got, want, seen *tensor.Dense[float64]) {
	t.Helper()
	for i, v := range want.Data {
		if seen.Data[i] == 0 && !(math.Abs(got.Data[i]-v) <= besides*v) {
			t.Errorf("%s: element %d is %v, want %v", what, i, got.Data[i], v)
			return
		}
	}
}
