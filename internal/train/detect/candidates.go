package detect

import (
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/train"
)

// strides returns the strides consistent with the two sizes: the one given, else 1. If Y
// is half as large as X or less, it adds the ratio of the sizes.
func (d *detector) strides() []corr.Size {
	one := corr.Size{H: 1, W: 1}
	given := d.spec.Options.Stride
	if given != one && given != (corr.Size{}) {
		return []corr.Size{given}
	}
	s := corr.Size{H: train.StrideRatio(d.x.H, d.y.H), W: train.StrideRatio(d.x.W, d.y.W)}
	if s == one || max(s.H, s.W) > maxStride {
		return []corr.Size{one}
	}
	return []corr.Size{one, s}
}

// maxStride is the largest stride that is tried.
const maxStride = 8

// maxTaps is the number of taps above which a kernel that fits the sizes is not tried:
// a 60x60 kernel would take minutes.
const maxTaps = 2048

// tooLarge reports whether a kernel that was not asked for has more than maxTaps taps,
// or more than there are outputs.
func (d *detector) tooLarge(s train.Spec) bool {
	l := train.Layout{Spec: s, InputChannels: d.x.C, OutputChannels: d.y.C}
	if d.spec.Kernel != (corr.Size{}) || l.Taps() <= maxTaps && l.Taps() < d.y.Len()/l.OutputChannels {
		return false
	}
	d.notTried = fmt.Sprintf("a %v kernel with padding %v fits the sizes, but its %d taps cannot be determined from %d outputs", s.Kernel, s.Options.Padding, l.Taps(), d.y.Len()/l.OutputChannels)
	return true
}

// noCandidate returns the error if no hypothesis fits the sizes of X and Y.
func (d *detector) noCandidate() error {
	why := d.notTried
	o := corr.Options{Padding: corr.Padding{Mode: corr.Explicit}, Stride: d.spec.Options.Stride, Dilation: d.spec.Options.Dilation}
	if why == "" {
		why = "no padding fits these sizes" + train.OtherPaddings(d.x.H, d.x.W, d.y.H, d.y.W, o)
	}
	return train.NewSizeError(d.x.H, d.x.W, d.y.H, d.y.W, o, "X is %dx%d and Y is %dx%d: %s", d.x.H, d.x.W, d.y.H, d.y.W, why)
}

// fits reports whether the geometry makes an image of Y's size from X.
func (d *detector) fits(s train.Spec) bool {
	g, err := geometry.New(d.x.H, d.x.W, s.Kernel, s.Options)
	return err == nil && g.OutH == d.y.H && g.OutW == d.y.W
}
