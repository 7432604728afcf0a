package corr

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/tensor"
)

// A kernel in parts gives what the definition does, also at dilations and over
// borders, with what is exact and what is not finite.
func TestSplit(t *testing.T) {
	testSplit[float32](t)
	testSplit[float64](t)
}

func testSplit[T tensor.Float](t *testing.T) {
	random := rand.New(rand.NewPCG(21, 22))
	for _, d := range []struct {
		kh, kw int
		o      Options
		whole  bool
		hole   float64 // one element
	}{
		{65, 40, Options{}, false, 0},
		{45, 33, Options{Padding: Padding{Mode: Same}, Border: Border{Mode: Reflect}}, false, 0},
		{1, 90, Options{Convolve: true}, false, 0},
		{30, 20, Options{Dilation: Size{H: 3, W: 2}}, false, 0},
		{65, 40, Options{}, true, 0},
		{40, 45, Options{}, true, math.NaN()},
		{40, 45, Options{}, false, math.Inf(-1)},
	} {
		x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 90, W: 100})
		taps := make([]float64, d.kh*d.kw)
		for _, s := range [][]float64{x.Data, taps} {
			for i := range s {
				s[i] = float64(T(random.NormFloat64()))
				if d.whole {
					s[i] = float64(random.IntN(30) - 15)
				}
			}
		}
		if d.hole != 0 {
			x.Data[70*100+60] = d.hole
		}
		k := tensor.Matrix(d.kh, d.kw, taps...)
		k.Bias = []float64{3}
		want, err := Reference(x, k, d.o)
		if err != nil {
			t.Fatal(err)
		}
		bound := tensor.NewDense[float64](want.Shape())
		if !d.whole {
			finite := *x
			finite.Data = append([]float64(nil), x.Data...)
			finite.Data[70*100+60] = 0
			bound = boundFourier[T](t, corrtest.Draw{X: &finite, K: k, O: d.o})
		}
		corrtest.EachImplementation(t, func(t *testing.T) {
			got := runSplit[T](t, x, k, d.o, 1)
			corrtest.Within(t, got, want, bound)
			for i, v := range runSplit[T](t, x, k, d.o, 3).Data {
				if math.Float64bits(v) != math.Float64bits(got.Data[i]) {
					t.Fatalf("element %d is %v with three threads, else %v", i, v, got.Data[i])
				}
			}
		})
	}
}

// runSplit runs a correlation in parts of up to 32x32 on tiles of 64.
func runSplit[T tensor.Float](t *testing.T, x *tensor.Dense[float64], k tensor.Kernel, o Options, threads int) *tensor.Dense[float64] {
	t.Helper()
	in := tensor.NewDense[T](x.Shape())
	copy(in.Data, corrtest.Convert[T](x).Data)
	p, err := NewPlan[T](x.Shape(), k, o, Config{Method: Direct, Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	p.method = method.NewSplit[T](p.k, p.g, 64, 32)
	p.rows = p.bandRows()
	out := tensor.NewDense[T](p.Out())
	if err := p.Run(context.Background(), in, out); err != nil {
		t.Fatal(err)
	}
	y := tensor.NewDense[float64](p.Out())
	for i, v := range out.Data {
		y.Data[i] = float64(v)
	}
	return y
}
