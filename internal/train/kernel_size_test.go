package train_test

import (
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
	"pgregory.net/rapid"
)

// The size that was used is among those that fit, and where it is the only one
// it is found.
func TestKernelSizeIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := corr.Options{Padding: corr.Padding{Mode: geometry.PaddingMode(rapid.IntRange(0, 3).Draw(t, "mode"))}}
		if o.Padding.Mode == corr.Explicit {
			o.Padding.Top, o.Padding.Left = 2, 1
		}
		o.Stride, o.Dilation = traintest.DrawSize(t, "stride", 2), traintest.DrawSize(t, "dilation", 3)
		k := traintest.DrawSize(t, "kernel", 4)
		h, w := rapid.IntRange(10, 20).Draw(t, "h"), rapid.IntRange(10, 20).Draw(t, "w")
		g, err := geometry.New(h, w, k, o)
		if err != nil {
			t.Skip("too large")
		}
		hs, ws := train.KernelRange(h, w, g.OutH, g.OutW, o)
		if k.H < hs.Low || k.H > hs.High || k.W < ws.Low || k.W > ws.High {
			t.Fatalf("kernel %v is not among %v x %v", k, hs, ws)
		}
		for n := hs.Low; n <= min(hs.High, 9); n++ {
			if g2, err := geometry.New(h, w, corr.Size{H: n, W: k.W}, o); err == nil && g2.OutH != g.OutH {
				t.Fatalf("height %d makes %d rows, not %d", n, g2.OutH, g.OutH)
			}
		}
		got, err := train.KernelSize(h, w, g.OutH, g.OutW, o)
		if only := hs.One() && ws.One(); only != (err == nil && got == k) {
			t.Fatalf("found %v, %v; want %v", got, err, k)
		}
	})
}

func TestKernelSizeWords(t *testing.T) {
	for _, c := range []struct {
		yh, yw int
		mode   geometry.PaddingMode
		words  string
	}{
		{6, 8, corr.Same, "give one"},
		{7, 9, corr.Valid, "padding full with a kernel of 2 by 2 would"},
		{6, 8, corr.Full, ""},
		{5, 9, corr.Valid, "no other padding"},
	} {
		_, err := train.KernelSize(6, 8, c.yh, c.yw, corr.Options{Padding: corr.Padding{Mode: c.mode}})
		if (err == nil) != (c.words == "") || (err != nil && !strings.Contains(err.Error(), c.words)) {
			t.Errorf("%dx%d with %v: %v, want %q", c.yh, c.yw, c.mode, err, c.words)
		}
	}
}
