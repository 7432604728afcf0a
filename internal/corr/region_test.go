package corr

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/tensor"
)

// rowsOnly is an image whose memory nobody sees.
type rowsOnly struct{ tensor.Source[float32] }

// TestRegions: what is computed from the image's own memory and what is computed
// from padded copies are the same bits, whatever the geometry.
func TestRegions(t *testing.T) {
	geometries := []Options{
		{Padding: Padding{Mode: Same}}, {Padding: Padding{Mode: Full}}, {},
		{Padding: Padding{Mode: Explicit, Top: 3, Left: 40}},
		{Padding: Padding{Mode: Explicit, Bottom: 1, Right: 1}},
		{Padding: Padding{Mode: Explicit, Top: 30, Bottom: 2}},
		{Padding: Padding{Mode: Same}, Stride: Size{H: 2, W: 1}, Dilation: Size{H: 1, W: 3}},
		{Padding: Padding{Mode: Full}, Stride: Size{H: 1, W: 2}, Dilation: Size{H: 2, W: 1}},
	}
	images := []tensor.Shape{{N: 1, C: 2, H: 21, W: 700}, {N: 2, C: 2, H: 3, W: 289}}
	kernels := []struct{ out, h, w int }{{0, 3, 3}, {0, 1, 6}, {0, 7, 2}, {0, 9, 9}, {3, 2, 7}}
	corrtest.EachImplementation(t, func(t *testing.T) {
		for i, o := range geometries {
			for mode := Zeros; mode <= Circular; mode++ {
				o.Border = Border{Mode: mode}
				if mode == Constant {
					o.Border.Value = 2.5
				}
				for j, s := range images {
					x := corrtest.Convert[float32](larger(s.Planes()*s.H, s.W, 7))
					x = tensor.FromData(s, x.Data)
					for _, c := range kernels {
						k := tensor.Matrix(c.h, c.w, larger(c.h, c.w, 8).Data...)
						if c.out > 0 {
							k = tensor.Kernel{Mixes: true, Out: c.out, In: s.C, H: c.h, W: c.w, Taps: larger(c.out*s.C*c.h, c.w, 8).Data}
						}
						t.Run(fmt.Sprintf("%d %d %d %v", i, mode, j, k), func(t *testing.T) { checkAreas(t, x, k, o) })
					}
				}
			}
		}
	})
}

func checkAreas(t *testing.T, x *tensor.Dense[float32], k tensor.Kernel, o Options) {
	for _, m := range []Method{Direct, Separable} {
		if k.Mixes && m == Separable {
			continue
		}
		p, err := NewPlan[float32](x.Shape(), k, o, Config{Method: m})
		if err != nil {
			return // larger than the padded image
		}
		own, copied := tensor.NewDense[float32](p.Out()), tensor.NewDense[float32](p.Out())
		for y, src := range map[*tensor.Dense[float32]]tensor.Source[float32]{own: x, copied: rowsOnly{x}} {
			if err := p.Run(context.Background(), src, y); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(own.Data, copied.Data) {
			t.Errorf("%s: results differ", p.Describe())
		}
	}
}
