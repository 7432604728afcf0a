package detect

import (
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
)

// strides are those that the sizes speak for: the one given, else 1 and, where y
// is half as large as x or less, as many times as x is larger.
func (d *detector) strides() []corr.Size {
	one := corr.Size{H: 1, W: 1}
	given := d.spec.Options.Stride
	if given != one && given != (corr.Size{}) {
		return []corr.Size{given}
	}
	s := corr.Size{H: train.StrideRatio(d.x.H, d.y.H), W: train.StrideRatio(d.x.W, d.y.W)}
	if s == one || max(s.H, s.W) > mostStride {
		return []corr.Size{one}
	}
	return []corr.Size{one, s}
}

// mostStride is the largest that is tried.
const mostStride = 8

// mostTaps is the number of taps above which a kernel that the sizes speak for is
// not tried: it would take a kernel of 60x60, in minutes.
const mostTaps = 2048

// tooLarge tells whether a kernel that was not asked for has more taps than are
// tried, or than there are outputs to tell them by.
func (d *detector) tooLarge(s train.Spec) bool {
	l := train.Layout{Spec: s, InputChannels: d.x.C, OutputChannels: d.y.C}
	if d.spec.Kernel != (corr.Size{}) || l.Taps() <= mostTaps && l.Taps() < d.y.Len()/l.OutputChannels {
		return false
	}
	d.notTried = fmt.Sprintf("a %v kernel with padding %v fits the sizes, but its %d taps cannot be determined from %d outputs", s.Kernel, s.Options.Padding, l.Taps(), d.y.Len()/l.OutputChannels)
	return true
}

// noWay is the error where no hypothesis leads from x to y.
func (d *detector) noWay() error {
	why := d.notTried
	o := corr.Options{Padding: corr.Padding{Mode: corr.Explicit}, Stride: d.spec.Options.Stride, Dilation: d.spec.Options.Dilation}
	if why == "" {
		why = "no padding fits these sizes" + train.OtherPaddings(d.x.H, d.x.W, d.y.H, d.y.W, o)
	}
	return train.NewSizeError(d.x.H, d.x.W, d.y.H, d.y.W, o, "X is %dx%d and Y is %dx%d: %s", d.x.H, d.x.W, d.y.H, d.y.W, why)
}

// fits tells whether the geometry leads from x to y.
func (d *detector) fits(s train.Spec) bool {
	g, err := corr.NewGeometry(d.x.H, d.x.W, s.Kernel, s.Options)
	return err == nil && g.OutH == d.y.H && g.OutW == d.y.W
}
