package train

import (
	"fmt"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/exit"
)

// KernelSize returns the size of the kernel that turns an xh x xw image into a yh x
// yw one, if the two sizes determine it:
//
//	out = floor((in + before + after − d*(k−1) − 1) / stride) + 1
//
// They do so with padding valid, full or explicit. With padding same every size
// fits; with a stride several may. Otherwise the error, a *SizeError, names the sizes
// that fit, or the paddings that would.
func KernelSize(xh, xw, yh, yw int, o corr.Options) (corr.Size, error) {
	hs, ws := KernelRange(xh, xw, yh, yw, o)
	from := fmt.Sprintf("X is %dx%d, Y is %dx%d", xh, xw, yh, yw)
	switch {
	case hs.None() || ws.None():
		return corr.Size{}, NewSizeError(xh, xw, yh, yw, o, "%s: no kernel fits these sizes with padding %v%s%s", from, o.Padding, StrideWords(o), OtherPaddings(xh, xw, yh, yw, o))
	case hs.One() && ws.One():
		return corr.Size{H: hs.Low, W: ws.Low}, nil
	case o.Padding.Mode == corr.Same:
		return corr.Size{}, NewSizeError(xh, xw, yh, yw, o, "%s: with padding same, every kernel size fits; give one (for example 3x3)", from)
	}
	return corr.Size{}, NewSizeError(xh, xw, yh, yw, o, "%s: kernels of %s rows and %s columns fit%s; give one", from, hs, ws, StrideWords(o))
}

// KernelRange returns the heights and the widths of the kernels that turn an xh x xw
// image into a yh x yw one.
func KernelRange(xh, xw, yh, yw int, o corr.Options) (heights, widths Span) {
	return sizes(xh, yh, vertical(o)), sizes(xw, yw, horizontal(o))
}

// SizeError says that the sizes of X and Y do not determine a kernel size, or
// admit none.
type SizeError struct {
	text string
	// Same reports that padding same, which was not asked for, fits with every kernel.
	Same bool
	// Stride is the stride with which padding same would fit; zero if there is none.
	Stride corr.Size
	// Larger reports that Y is larger than any correlation of a usual size makes it.
	Larger bool
}

// Error returns the message.
func (e *SizeError) Error() string { return e.text }

// ExitCode is that of bad data.
func (e *SizeError) ExitCode() int { return exit.Data }

// Advice says with which flags X could lead to Y.
func (e *SizeError) Advice() string {
	const (
		auto   = ", with --kernel-size auto if you do not know the size"
		others = "; --detect finds how Y was made from X"
	)
	switch one := (corr.Size{H: 1, W: 1}); {
	case e.Larger:
		return "Y is much larger than X, and no kernel does that: did you swap them?"
	case e.Same:
		return "try --padding same" + auto + others
	case e.Stride == one:
		return "Y is as large as X: leave --stride out" + others
	case e.Stride != (corr.Size{}):
		return "try --stride " + shortSize(e.Stride) + " --padding same" + auto + others
	}
	return "--kernel-size HxW says the size, or auto to have it found; --padding and --stride say how X became Y" + others
}

// NewSizeError returns an error about the sizes of X (xh x xw) and Y (yh x yw), with the
// remedies that they allow.
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

// shortSize writes a square as one number.
func shortSize(s corr.Size) string {
	if s.H == s.W {
		return fmt.Sprint(s.H)
	}
	return s.String()
}

// axis is one axis of the geometry.
type axis struct {
	mode             geometry.PaddingMode
	before, after    int
	stride, dilation int
}

func vertical(o corr.Options) axis {
	return axis{o.Padding.Mode, o.Padding.Top, o.Padding.Bottom, max(1, o.Stride.H), max(1, o.Dilation.H)}
}

func horizontal(o corr.Options) axis {
	return axis{o.Padding.Mode, o.Padding.Left, o.Padding.Right, max(1, o.Stride.W), max(1, o.Dilation.W)}
}

// Span is the kernel sizes Low to High of one axis; none if Low > High.
type Span struct{ Low, High int }

// None reports whether no size fits.
func (s Span) None() bool { return s.Low > s.High }

// One reports whether exactly one size fits.
func (s Span) One() bool { return s.Low == s.High }

// String returns the sizes as "3" or "2 to 5".
func (s Span) String() string {
	if s.One() {
		return fmt.Sprint(s.Low)
	}
	return fmt.Sprintf("%d to %d", s.Low, s.High)
}

// sizes returns the sizes k with which one axis goes from in to out elements. With
// r = d*(k−1), the padded length less r lies in [stride*(out−1)+1, stride*out].
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

// steps returns the k >= 1 with d*(k−1) in [low, high].
func steps(low, high, d int) Span {
	if high < 0 {
		return Span{1, 0}
	}
	return Span{(max(low, 0)+d-1)/d + 1, high/d + 1}
}

// StrideRatio returns in/out rounded, at least 1.
func StrideRatio(in, out int) int { return max(1, (2*in+out)/(2*max(1, out))) }

// StrideWords returns stride and dilation for a message; "" where they are 1.
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

// OtherPaddings returns, for an error message, the paddings that fit the two sizes.
func OtherPaddings(xh, xw, yh, yw int, o corr.Options) string {
	var fits []string
	for _, mode := range []geometry.PaddingMode{corr.Valid, corr.Same, corr.Full} {
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
		return "; no other padding mode fits either, unless you give a stride or explicit padding"
	}
	return "; padding " + strings.Join(fits, ", or ") + " would fit"
}

// CheckSizes compares the output size of the geometry with that of Y. The error is a
// *SizeError.
func CheckSizes(g corr.Geometry, yh, yw int, o corr.Options) error {
	if g.OutH == yh && g.OutW == yw {
		return nil
	}
	hs, ws := KernelRange(g.InH, g.InW, yh, yw, o)
	hint := OtherPaddings(g.InH, g.InW, yh, yw, o)
	if !hs.None() && !ws.None() {
		hint = fmt.Sprintf("; a kernel of %s by %s would fit", hs, ws)
	}
	return NewSizeError(g.InH, g.InW, yh, yw, o, "a %dx%d kernel with padding %v%s makes Y %dx%d from X (%dx%d), but Y is %dx%d%s", g.KH, g.KW, o.Padding, StrideWords(o), g.OutH, g.OutW, g.InH, g.InW, yh, yw, hint)
}
