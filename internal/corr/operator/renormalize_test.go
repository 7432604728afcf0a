package operator

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// renormalizedTolerance is above the rounding of sums of 35 numbers near 1, divided
// by shares of a thousandth at least.
const renormalizedTolerance = 1e-9

// TestRenormalized compares results with the definition, window by window.
func TestRenormalized(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for name, kernel := range map[string]func(i int) float64{
		"positive": func(int) float64 { return 0.1 + r.Float64() },
		"sum 0":    func(i int) float64 { return []float64{1, -1, 2, -2, 0}[i%5] },
	} {
		for _, border := range []geometry.Border{{}, {Mode: geometry.Constant, Value: 3}, {Mode: geometry.Replicate}, {Mode: geometry.Reflect}} {
			k := tensor.Kernel{Out: 1, In: 1, H: 3, W: 5, Taps: make([]float64, 15), Bias: []float64{0.5}}
			for i := range k.Taps {
				k.Taps[i] = kernel(i)
			}
			x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 12, W: 14})
			for i := range x.Data {
				x.Data[i] = r.Float64()
				if r.IntN(5) == 0 || i < 14*6 && i%14 < 7 {
					x.Data[i] = math.NaN()
				}
			}
			o := corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: border, Stride: corr.Size{H: 1, W: 1}, Dilation: corr.Size{H: 1, W: 1}}
			p, err := NewRenormalized[float64](x.Shape(), k, o, corr.Config{Threads: 2})
			if err != nil {
				t.Fatal(err)
			}
			y := tensor.NewDense[float64](p.Out())
			if err := p.Run(context.Background(), x, y); err != nil {
				t.Fatal(err)
			}
			unknown := 0
			for i, got := range y.Data {
				want := renormalized(x, k, border, i/14, i%14)
				if math.IsNaN(want) {
					unknown++
				}
				if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > renormalizedTolerance {
					t.Fatalf("%s, %+v: element %d is %v, want %v", name, border, i, got, want)
				}
			}
			if unknown == 0 {
				t.Errorf("%s, %+v: no window without a known value", name, border)
			}
		}
	}
}

// renormalized is the definition, for one output.
func renormalized(x *tensor.Dense[float64], k tensor.Kernel, border geometry.Border, y, c int) float64 {
	h, w := x.Shape().H, x.Shape().W
	sum, all, seen, size, seenSize := 0.0, 0.0, 0.0, 0.0, 0.0
	for u := range k.H {
		for v := range k.W {
			tap := k.Taps[u*k.W+v]
			all, size = all+tap, size+math.Abs(tap)
			value := border.Value
			if i, j := border.Fold(y+u-k.H/2, h), border.Fold(c+v-k.W/2, w); i >= 0 && j >= 0 {
				value = x.Data[i*w+j]
			}
			if value == value {
				sum, seen, seenSize = sum+tap*value, seen+tap, seenSize+math.Abs(tap)
			}
		}
	}
	share := seen / all
	if all == 0 {
		share = seenSize / size
	}
	if share == 0 {
		return math.NaN()
	}
	return k.Bias[0] + sum/share
}

// TestRenormalizedWithoutNaN: without NaN the result has the bits of the plain plan.
func TestRenormalizedWithoutNaN(t *testing.T) {
	x := tensor.NewDense[float32](tensor.Shape{N: 1, C: 1, H: 9, W: 9})
	for i := range x.Data {
		x.Data[i] = float32(i%7) / 3
	}
	k := tensor.Kernel{Out: 1, In: 1, H: 3, W: 3, Taps: []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}}
	o := corr.Options{Stride: corr.Size{H: 1, W: 1}, Dilation: corr.Size{H: 1, W: 1}}
	p, err := NewRenormalized[float32](x.Shape(), k, o, corr.Config{})
	if err != nil {
		t.Fatal(err)
	}
	got, want := tensor.NewDense[float32](p.Out()), tensor.NewDense[float32](p.Out())
	if err := p.Run(context.Background(), x, got); err != nil {
		t.Fatal(err)
	}
	if err := p.Plan.Run(context.Background(), x, want); err != nil {
		t.Fatal(err)
	}
	for i := range got.Data {
		if got.Data[i] != want.Data[i] {
			t.Fatalf("element %d: %v, want %v", i, got.Data[i], want.Data[i])
		}
	}
}
