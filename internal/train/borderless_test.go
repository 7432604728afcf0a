package train

import (
	"errors"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"pgregory.net/rapid"
)

// The outputs left are all those whose windows lie within the image.
func TestBorderless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawPlain(t)
		d.spec.Options.Stride, d.spec.Options.Dilation = drawSize(t, "stride", 3), corr.Size{H: 1, W: 1}
		d.spec.Kernel = drawSize(t, "size", 5)
		g, err := corr.NewGeometry(d.pair.X.Shape().H, d.pair.X.Shape().W, d.spec.Kernel, d.spec.Options)
		if err != nil {
			t.Fatal(err)
		}
		ys := d.pair.X.Shape()
		ys.H, ys.W = g.OutH, g.OutW
		d.pair.Y, d.pair.Mask = grain(ys, 3), nil
		inputs, spec := borderless([]Input{One(d.pair)}, d.spec)
		set, err := GatherSet(t.Context(), inputs, spec, SetOptions{})
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
	small := Pair{X: texture(4, 4), Y: texture(4, 4)}
	inputs, spec := borderless([]Input{One(small)}, Spec{Kernel: corr.Size{H: 9, W: 9}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}}})
	var none *NoWindowsError
	if _, err := GatherSet(t.Context(), inputs, spec, SetOptions{}); !errors.As(err, &none) {
		t.Errorf("error %v, want that there is no window", err)
	}
}
