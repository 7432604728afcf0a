package corr

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// larger draws an image that takes many bands and tiles.
func larger(h, w int, seed uint64) *tensor.Dense[float64] {
	r := rand.New(rand.NewPCG(seed, 1))
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
	for i := range x.Data {
		x.Data[i] = r.Float64() - 0.3
	}
	return x
}

// Images of several tiles and bands: every method, and a NaN and an infinity
// that must reach the outputs whose windows hold them and no other.
func TestTilesAndBands(t *testing.T) {
	corrtest.EachImplementation(t, func(t *testing.T) {
		for i, c := range []struct{ h, w, kh, kw int }{{300, 280, 9, 11}, {130, 400, 31, 5}, {270, 270, 2, 40}, {64, 64, 64, 64}, {500, 70, 12, 1}} {
			d := corrtest.Draw{X: larger(c.h, c.w, uint64(i)), K: randomKernel(1), O: Options{Padding: Padding{Mode: geometry.PaddingMode(i % 3)}, Border: Border{Mode: BorderMode(i)}}}
			d.K = tensor.Matrix(c.kh, c.kw, larger(c.kh, c.kw, 99).Data...)
			d.X.Data[c.h/2*c.w+c.w/3] = math.NaN()
			d.X.Data[c.h/5*c.w+c.w-1] = math.Inf(-1)
			want, err := Reference(d.X, d.K, d.O)
			if err != nil {
				t.Fatal(err)
			}
			// The bounds come from the finite elements.
			finite := d
			finite.X = larger(c.h, c.w, uint64(i))
			for _, m := range []struct {
				method Method
				bound  *tensor.Dense[float64]
			}{{Direct, boundDirect[float32](t, finite)}, {Separable, boundSeparable[float32](t, finite)}, {Fourier, boundFourier[float32](t, finite)}} {
				got, err := run[float32](t, d.X, d.K, d.O, Config{Method: m.method})
				if err != nil {
					t.Fatal(err)
				}
				t.Run(fmt.Sprintf("%v %dx%d", m.method, c.kh, c.kw), func(t *testing.T) { corrtest.Within(t, got, want, m.bound) })
			}
		}
	})
}

// Whole images under whole kernels are exact by every method, in float32 too.
func TestWholeTiles(t *testing.T) {
	x, k := larger(200, 300, 3), tensor.Matrix(17, 15, larger(17, 15, 4).Data...)
	for i := range x.Data {
		x.Data[i] = math.Round(x.Data[i] * 255)
	}
	for i := range k.Taps {
		k.Taps[i] = math.Round(k.Taps[i] * 20)
	}
	want, err := Reference(x, k, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Method{Auto, Direct, Separable, Fourier} {
		got, err := run[float32](t, x, k, Options{}, Config{Method: m})
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want.Data {
			if got.Data[i] != w {
				t.Fatalf("%v: element %d is %v, want %v", m, i, got.Data[i], w)
			}
		}
	}
}

// Whole numbers up to the limit of the arithmetic, 2^24 and 2^53: sums that stay
// below it are exact by every method, also where a spectrum could not tell two
// neighbours apart, and sums beyond it are rounded as the definition's.
func TestWholeLimits(t *testing.T) {
	corrtest.EachImplementation(t, func(t *testing.T) {
		testWholeLimits[float32](t, 1<<24)
		testWholeLimits[float64](t, 1<<53)
	})
}

func testWholeLimits[T tensor.Float](t *testing.T, limit float64) {
	k := tensor.Matrix(15, 15, make([]float64, 225)...)
	for i := range k.Taps {
		k.Taps[i] = float64(i%3 - 1) // 150 of them are 1 or -1
	}
	for _, largest := range []float64{255, limit / 256, limit / 2} {
		x := larger(90, 100, 7)
		for i := range x.Data {
			x.Data[i] = math.Round(x.Data[i] * largest)
		}
		want, err := Reference(x, k, Options{})
		if err != nil {
			t.Fatal(err)
		}
		bound := tensor.NewDense[float64](want.Shape())
		if 150*largest > limit {
			bound = boundDirect[T](t, corrtest.Draw{X: x, K: k})
		}
		for _, m := range []Method{Direct, Separable, Fourier} {
			got, err := run[T](t, x, k, Options{}, Config{Method: m})
			if err != nil {
				t.Fatal(err)
			}
			corrtest.Within(t, got, want, bound)
		}
	}
}

// Any number of threads gives the same bits, whatever the method.
func TestThreadsOfMethods(t *testing.T) {
	x, k := larger(400, 300, 5), tensor.Matrix(13, 13, larger(13, 13, 6).Data...)
	for _, m := range []Method{Direct, Separable, Fourier} {
		var first *tensor.Dense[float64]
		for _, threads := range []int{1, 2, 5} {
			y, err := run[float32](t, x, k, Options{}, Config{Method: m, Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = y
			}
			for i := range y.Data {
				if y.Data[i] != first.Data[i] {
					t.Fatalf("%v: element %d differs with %d threads", m, i, threads)
				}
			}
		}
	}
}

// The plan takes the method that its kernel calls for.
func TestChoice(t *testing.T) {
	shape := tensor.Shape{N: 1, C: 1, H: 2000, W: 2000}
	gauss := tensor.Matrix(31, 31, make([]float64, 31*31)...)
	for i := range gauss.Taps {
		u, v := float64(i/31-15), float64(i%31-15)
		gauss.Taps[i] = math.Exp(-(u*u + v*v) / 50)
	}
	for _, c := range []struct {
		name string
		k    tensor.Kernel
		want string
	}{
		{"small", randomKernel(3), "direct"},
		{"large", randomKernel(41), "fourier"},
		{"gaussian", gauss, "separable"},
	} {
		p, err := NewPlan[float32](shape, c.k, Options{}, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Method(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A cancelled context ends a run with its cause.
func TestCancel(t *testing.T) {
	x := larger(300, 300, 1)
	p, err := NewPlan[float64](x.Shape(), randomKernel(3), Options{}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Run(ctx, x, tensor.NewDense[float64](p.Out())); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}
