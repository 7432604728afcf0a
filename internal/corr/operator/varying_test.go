package operator

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/varying"
)

// Each output is that of the reference with the kernel at its place, on any number of
// threads.
func TestVarying(t *testing.T) {
	const h, w = 70, 23
	r := rand.New(rand.NewPCG(1, 2))
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 2, H: h, W: w})
	for i := range x.Data {
		x.Data[i] = r.NormFloat64()
	}
	bias := 0.25
	k := &varying.Kernel{Field: legendre.Field{Degree: 2, H: h, W: w}, H: 3, W: 4, Bias: &bias}
	for range k.Field.Terms() {
		taps := make([]float64, 12)
		for i := range taps {
			taps[i] = r.NormFloat64()
		}
		k.Taps = append(k.Taps, taps)
	}
	for _, convolve := range []bool{false, true} {
		o := corr.Options{Padding: geometry.Padding{Mode: geometry.Same}, Border: geometry.Border{Mode: geometry.Symmetric}, Convolve: convolve}
		for _, threads := range []int{1, 3} {
			p, err := NewVarying[float64](x.Shape(), k, o, corr.Config{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			got := tensor.NewDense[float64](p.Out())
			if err := p.Run(context.Background(), x, got); err != nil {
				t.Fatal(err)
			}
			for y := 0; y < h; y += 9 {
				for c := range w {
					want, err := corr.Reference(x, k.At(y, c), o)
					if err != nil {
						t.Fatal(err)
					}
					for plane := range 2 {
						i := (plane*h+y)*w + c
						if !(math.Abs(got.Data[i]-want.Data[i]) <= 1e-13) {
							t.Fatalf("convolve %t, output %d,%d of plane %d is %v, want %v", convolve, y, c, plane, got.Data[i], want.Data[i])
						}
					}
				}
			}
		}
	}
	for _, bad := range []corr.Options{{}, {Stride: corr.Size{H: 2, W: 1}}} {
		if _, err := NewVarying[float64](x.Shape(), k, bad, corr.Config{}); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}
