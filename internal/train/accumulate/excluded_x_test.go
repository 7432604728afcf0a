package accumulate

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
)

// clippedPair is a pair whose X was clipped after Y was made from it.
func clippedPair(t *testing.T, limit float64) (train.Pair, train.Spec) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}}}
	x := traintest.Texture(40, 50)
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
	for i, v := range x.Data {
		x.Data[i] = math.Min(v, limit)
	}
	return train.Pair{X: x, Y: y, XLimit: &limit}, s
}

// TestSaturatedX: outputs that see clipped pixels of X are excluded, and the kernel is
// exact; a mask of those pixels does the same. If too few others remain, all are used.
func TestSaturatedX(t *testing.T) {
	p, s := clippedPair(t, 0.88)
	mask := traintest.Dense(40, 50, make([]float64, 2000)...)
	for i := range mask.Data {
		mask.Data[i] = 1
	}
	x, err := p.X.Row(0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 40 {
		if x, err = p.X.Row(0, y, x); err != nil {
			t.Fatal(err)
		}
		for i, v := range x {
			if v >= *p.XLimit {
				mask.Data[y*50+i] = 0
			}
		}
	}
	masked := p
	masked.XLimit, masked.XMask = nil, mask
	for name, pair := range map[string]train.Pair{"limit": p, "mask": masked} {
		set, err := Pairs(t.Context(), []train.Input{train.One(pair)}, s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if c := set.Counts(); c.SeeExcluded == 0 || c.NotFinite != 0 || set.SeeSaturated != 0 {
			t.Errorf("%s: %+v, %d see saturated pixels", name, c, set.SeeSaturated)
		}
		for i, v := range set.Best()[0] {
			traintest.Near(t, name, v, traintest.Truth(s).Taps[i], traintest.LogTolerance, traintest.LogTolerance)
		}
	}
	p, s = clippedPair(t, 0.5)
	set, err := Pairs(t.Context(), []train.Input{train.One(p)}, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := set.Counts(); c.Used != 2000 || set.SeeSaturated < 1000 {
		t.Errorf("with most pixels clipped: %+v, %d see saturated pixels", c, set.SeeSaturated)
	}
}
