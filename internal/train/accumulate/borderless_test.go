package accumulate

import (
	"errors"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
	"pgregory.net/rapid"
)

// The outputs left are all those whose windows lie within the image.
func TestBorderless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawPlain(t)
		d.spec.Options.Stride, d.spec.Options.Dilation = traintest.DrawSize(t, "stride", 3), corr.Size{H: 1, W: 1}
		d.spec.Kernel = traintest.DrawSize(t, "size", 5)
		g, err := geometry.New(d.pair.X.Shape().H, d.pair.X.Shape().W, d.spec.Kernel, d.spec.Options)
		if err != nil {
			t.Fatal(err)
		}
		ys := d.pair.X.Shape()
		ys.H, ys.W = g.OutH, g.OutW
		d.pair.Y, d.pair.Mask = traintest.Grain(ys, 3), nil
		inputs, spec := train.Borderless([]train.Input{train.One(d.pair)}, d.spec)
		set, err := Pairs(t.Context(), inputs, spec, Options{})
		if err != nil {
			t.Fatal(err)
		}
		// The plain way: outputs whose windows lie within the image.
		count := 0
		for oy := range g.OutH {
			for ox := range g.OutW {
				y, x := oy*g.Stride.H-g.Top, ox*g.Stride.W-g.Left
				if y >= 0 && x >= 0 && y+g.KH <= g.InH && x+g.KW <= g.InW {
					count++
				}
			}
		}
		if set.Windows() != count*ys.Planes() {
			t.Fatalf("%d windows inside, want %d planes of %d", set.Windows(), ys.Planes(), count)
		}
	})
	small := train.Pair{X: traintest.Texture(4, 4), Y: traintest.Texture(4, 4)}
	inputs, spec := train.Borderless([]train.Input{train.One(small)}, train.Spec{Kernel: corr.Size{H: 9, W: 9}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}}})
	var none *train.NoWindowsError
	if _, err := Pairs(t.Context(), inputs, spec, Options{}); !errors.As(err, &none) {
		t.Errorf("error %v, want that there is no window", err)
	}
}
