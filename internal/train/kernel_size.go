package train

import (
	"fmt"
	"strings"

	"github.com/convkit/convkit/internal/corr"
)

// KernelSize returns the kernel that leads from an xh x xw image to a yh x yw
// one, where the two sizes say it: from
//
//	out = floor((in + before + after − d*(k−1) − 1) / stride) + 1
//
// with padding valid, full or explicit. With padding same every kernel fits,
// and with a stride several may; then the error names the choice, and where no
// kernel fits, the paddings that would do.
func KernelSize(xh, xw, yh, yw int, o corr.Options) (corr.Size, error) {
	hs, ws := KernelRange(xh, xw, yh, yw, o)
	from := fmt.Sprintf("x is %dx%d, y is %dx%d", xh, xw, yh, yw)
	switch {
	case hs.None() || ws.None():
		return corr.Size{}, NewSizeError(xh, xw, yh, yw, o, "%s: no kernel leads from the one to the other with padding %v%s%s", from, o.Padding, StrideWords(o), OtherPaddings(xh, xw, yh, yw, o))
	case hs.One() && ws.One():
		return corr.Size{H: hs.Low, W: ws.Low}, nil
	case o.Padding.Mode == corr.Same:
		return corr.Size{}, NewSizeError(xh, xw, yh, yw, o, "%s: with padding same kernels of every size fit; say which (for example 3x3)", from)
	}
	return corr.Size{}, NewSizeError(xh, xw, yh, yw, o, "%s: kernels of %s rows and %s columns fit%s; say which", from, hs, ws, StrideWords(o))
}

// KernelRange returns the heights and the widths of the kernels that lead from an xh x
// xw image to a yh x yw one; None where there are none.
func KernelRange(xh, xw, yh, yw int, o corr.Options) (heights, widths Span) {
	return sizes(xh, yh, vertical(o)), sizes(xw, yw, horizontal(o))
}

// SizeError says that the sizes of x and y do not say, or do not admit, a kernel.
type SizeError struct {
	text string
	// Same tells that padding same, which was not asked for, leads from x to y with
	// every kernel.
	Same bool
	// Stride is the one with which padding same would; zero where none does.
	Stride corr.Size
	// Larger tells that y is larger than any correlation of a usual size makes it.
	Larger bool
}

func (e *SizeError) Error() string { return e.text }

func NewSizeError(xh, xw, yh, yw int, o corr.Options, format string, args ...any) *SizeError {
	e := &SizeError{text: fmt.Sprintf(format, args...), Larger: 2*yh > 3*xh && 2*yw > 3*xw}
	s := o
	s.Padding = corr.Padding{Mode: corr.Same}
	same := func() bool {
		hs, ws := KernelRange(xh, xw, yh, yw, s)
		return !hs.None() && !ws.None()
	}
	e.Same = o.Padding.Mode != corr.Same && same()
	if s.Stride = (corr.Size{H: StrideRatio(xh, yh), W: StrideRatio(xw, yw)}); s.Stride != (corr.Size{H: max(1, o.Stride.H), W: max(1, o.Stride.W)}) && same() {
		e.Stride = s.Stride
	}
	return e
}

// axis is one axis of the geometry: pads with their mode, stride, dilation.
type axis struct {
	mode             corr.PaddingMode
	before, after    int
	stride, dilation int
}

func vertical(o corr.Options) axis {
	return axis{o.Padding.Mode, o.Padding.Top, o.Padding.Bottom, max(1, o.Stride.H), max(1, o.Dilation.H)}
}

func horizontal(o corr.Options) axis {
	return axis{o.Padding.Mode, o.Padding.Left, o.Padding.Right, max(1, o.Stride.W), max(1, o.Dilation.W)}
}

// span is the sizes low to high of one axis, none where low > high.
type Span struct{ Low, High int }

func (s Span) None() bool { return s.Low > s.High }

func (s Span) One() bool { return s.Low == s.High }

func (s Span) String() string {
	if s.One() {
		return fmt.Sprint(s.Low)
	}
	return fmt.Sprintf("%d to %d", s.Low, s.High)
}

// sizes are the k with which one axis goes from in to out elements. With r =
// d*(k−1) the padded length less r must lie in [stride*(out−1)+1, stride*out].
func sizes(in, out int, a axis) Span {
	least, most := a.stride*(out-1)+1, a.stride*out
	switch a.mode {
	case corr.Same:
		if in < least || in > most {
			return Span{1, 0}
		}
		return Span{1, in}
	case corr.Full: // in + 2r − r
		return steps(least-in, most-in, a.dilation)
	case corr.Explicit:
		in += a.before + a.after
	}
	return steps(in-most, in-least, a.dilation)
}

// steps are the k >= 1 with d*(k−1) in [low, high].
func steps(low, high, d int) Span {
	if high < 0 {
		return Span{1, 0}
	}
	return Span{(max(low, 0)+d-1)/d + 1, high/d + 1}
}

// ratio is in/out rounded, at least 1.
func StrideRatio(in, out int) int { return max(1, (2*in+out)/(2*max(1, out))) }

func StrideWords(o corr.Options) string {
	s, d := corr.Size{H: max(1, o.Stride.H), W: max(1, o.Stride.W)}, corr.Size{H: max(1, o.Dilation.H), W: max(1, o.Dilation.W)}
	words := ""
	if s != (corr.Size{H: 1, W: 1}) {
		words += fmt.Sprintf(", stride %v", s)
	}
	if d != (corr.Size{H: 1, W: 1}) {
		words += fmt.Sprintf(", dilation %v", d)
	}
	return words
}

// otherPaddings names the paddings that would explain the two sizes.
func OtherPaddings(xh, xw, yh, yw int, o corr.Options) string {
	var fits []string
	for _, mode := range []corr.PaddingMode{corr.Valid, corr.Same, corr.Full} {
		if mode == o.Padding.Mode {
			continue
		}
		o.Padding = corr.Padding{Mode: mode}
		hs, ws := KernelRange(xh, xw, yh, yw, o)
		switch {
		case hs.None() || ws.None():
		case mode == corr.Same:
			fits = append(fits, "same with any kernel")
		default:
			fits = append(fits, fmt.Sprintf("%v with a kernel of %s by %s", o.Padding, hs, ws))
		}
	}
	if fits == nil {
		return "; no other padding mode does either, unless a stride or explicit padding is given"
	}
	return "; padding " + strings.Join(fits, ", or ") + " would"
}

// checkSizes compares what the geometry makes of x with y.
func CheckSizes(g corr.Geometry, yh, yw int, o corr.Options) error {
	if g.OutH == yh && g.OutW == yw {
		return nil
	}
	hs, ws := KernelRange(g.InH, g.InW, yh, yw, o)
	hint := OtherPaddings(g.InH, g.InW, yh, yw, o)
	if !hs.None() && !ws.None() {
		hint = fmt.Sprintf("; a kernel of %s by %s would", hs, ws)
	}
	return NewSizeError(g.InH, g.InW, yh, yw, o, "a %dx%d kernel with padding %v%s makes %dx%d of x (%dx%d), but y is %dx%d%s", g.KH, g.KW, o.Padding, StrideWords(o), g.OutH, g.OutW, g.InH, g.InW, yh, yw, hint)
}
