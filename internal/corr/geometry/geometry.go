// Package geometry resolves the sizes of a correlation: padding, borders, strides,
// dilations, and what other tools call by these names.
//
// An output (y, x) sees the window of the padded image that begins at (y*sy, x*sx), of
// d*(k-1)+1 rows and columns. A Geometry is checked: below it, nothing can be out
// of range. The words are those of PyTorch's conv2d.
package geometry

import "github.com/convkit/convkit/internal/exit"

import "fmt"

// Options are the geometry of a correlation. The zero value is the textbook's:
// valid, stride 1, dilation 1, no flip.
type Options struct {
	Padding  Padding
	Border   Border
	Stride   Size // the zero Size means 1x1
	Dilation Size // the zero Size means 1x1
	Convolve bool // flip the kernel both ways first
}

// Size is a height and a width: of a kernel, a stride, a dilation.
type Size struct{ H, W int }

// String gives the size as flags take it, 3x5.
func (s Size) String() string { return fmt.Sprintf("%dx%d", s.H, s.W) }

// PaddingMode says how many rows and columns are added around an image.
type PaddingMode int

const (
	// Valid adds none: the kernel stays inside the image.
	Valid PaddingMode = iota
	// Same adds d*(k-1) in all, so that at stride 1 the result has the size
	// of the image; an odd one stands at the bottom and at the right, unless
	// the rule says otherwise.
	Same
	// Full adds d*(k-1) on every side: each place where kernel and image
	// overlap at all gives an output.
	Full
	// Explicit adds the four numbers given.
	Explicit
)

// Padding is a mode and, for Explicit, the rows and columns on each side, for
// Same the rule by which they are shared out.
type Padding struct {
	Mode                     PaddingMode
	Top, Bottom, Left, Right int
	Rule                     SameRule
}

// Geometry is everything about a correlation's sizes, checked: nothing below
// it can be out of range. All numbers count rows or columns.
type Geometry struct {
	InH, InW                 int
	KH, KW                   int
	OutH, OutW               int
	Top, Bottom, Left, Right int
	Stride, Dilation         Size
	Border                   Border
}

// MaxSize bounds sizes, strides, dilations and the padding of each side, so that
// no sum of them overflows.
const MaxSize = 1 << 30

// New resolves the options for an h x w image and a kernel:
//
//	out = floor((in + before + after - d*(k-1) - 1) / stride) + 1
//
// It fails where the kernel with its dilation is larger than the padded image.
func New(h, w int, k Size, o Options) (Geometry, error) {
	g := Geometry{InH: h, InW: w, KH: k.H, KW: k.W, Stride: OneIfZero(o.Stride), Dilation: OneIfZero(o.Dilation), Border: o.Border}
	switch {
	case h < 1 || w < 1:
		return g, fmt.Errorf("the image is empty (%dx%d)", h, w)
	case k.H < 1 || k.W < 1:
		return g, fmt.Errorf("the kernel is empty (%v)", k)
	case g.Stride.H < 1 || g.Stride.W < 1:
		return g, fmt.Errorf("stride %v: must be at least 1", g.Stride)
	case g.Dilation.H < 1 || g.Dilation.W < 1:
		return g, fmt.Errorf("dilation %v: must be at least 1", g.Dilation)
	case g.Dilation.H > MaxSize || g.Dilation.W > MaxSize || k.H > MaxSize/g.Dilation.H || k.W > MaxSize/g.Dilation.W:
		return g, fmt.Errorf("a %v kernel with dilation %v reaches too far (more than %d)", k, g.Dilation, MaxSize)
	}
	reach := g.Reach()
	switch p := o.Padding; p.Mode {
	case Same:
		g.Top, g.Bottom = p.Rule.share(h, reach.H, g.Stride.H)
		g.Left, g.Right = p.Rule.share(w, reach.W, g.Stride.W)
	case Full:
		g.Top, g.Bottom, g.Left, g.Right = reach.H-1, reach.H-1, reach.W-1, reach.W-1
	case Explicit:
		for _, n := range []int{p.Top, p.Bottom, p.Left, p.Right} {
			if n < 0 || n > MaxSize {
				return g, fmt.Errorf("padding %d: must lie between 0 and %d", n, MaxSize)
			}
		}
		g.Top, g.Bottom, g.Left, g.Right = p.Top, p.Bottom, p.Left, p.Right
	}
	if reach.H > g.PadH() || reach.W > g.PadW() {
		return g, &TooLargeError{Kernel: k, Reach: reach, Image: Size{h, w}, Padded: Size{g.PadH(), g.PadW()}}
	}
	g.OutH = (g.PadH()-reach.H)/g.Stride.H + 1
	g.OutW = (g.PadW()-reach.W)/g.Stride.W + 1
	return g, nil
}

// OneIfZero returns s, or 1x1 for the zero Size.
func OneIfZero(s Size) Size {
	if s == (Size{}) {
		return Size{1, 1}
	}
	return s
}

// Reach is the size of the window that one output sees: d*(k-1) + 1.
func (g Geometry) Reach() Size {
	return Size{g.Dilation.H*(g.KH-1) + 1, g.Dilation.W*(g.KW-1) + 1}
}

// PadH is the height of the padded image.
func (g Geometry) PadH() int { return g.InH + g.Top + g.Bottom }

// PadW is the width of the padded image.
func (g Geometry) PadW() int { return g.InW + g.Left + g.Right }

// Padded reports whether any row or column is added.
func (g Geometry) Padded() bool { return g.PadH() != g.InH || g.PadW() != g.InW }

// TooLargeError says that a kernel does not fit into the padded image.
type TooLargeError struct{ Kernel, Reach, Image, Padded Size }

// ExitCode is that of bad data.
func (e *TooLargeError) ExitCode() int { return exit.Data }

// Advice says how the kernel would fit.
func (e *TooLargeError) Advice() string {
	return "use a smaller kernel, or pad the image: --padding same"
}

func (e *TooLargeError) Error() string {
	k := fmt.Sprintf("the kernel (%v)", e.Kernel)
	if e.Reach != e.Kernel {
		k = fmt.Sprintf("the kernel (%v, dilated to %v)", e.Kernel, e.Reach)
	}
	if e.Padded != e.Image {
		return fmt.Sprintf("%s is larger than the image (%v, padded to %v)", k, e.Image, e.Padded)
	}
	return fmt.Sprintf("%s is larger than the image (%v)", k, e.Image)
}
