package imageio

import (
	"fmt"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// pages are the complete pages of a stack that is being written.
type pages struct {
	count      int
	numbers    int64
	losesAlpha bool
}

// notStack returns the error for a format that holds one picture.
func notStack(f Format, n int) error {
	return raster.BadOption(names(func(f Format) bool { return f.Stack })+" hold stacks; FILE[N] chooses one picture", "%s holds one picture, and the input has %d", f.Name, n)
}

// CanStack reports whether a format can hold several pages.
func CanStack(format string) bool {
	f, ok := lookup(format)
	return ok && f.Stack
}

// Range returns the range of the result as RangeSink found it; the smallest number
// is above the largest if there are no numbers.
func (w *Writer) Range() (lo, hi float64) { return w.lo, w.hi }

// NextPage completes a page of a stack and begins the next one, for a result of
// shape s from the input like. The sinks of the page before must not be used any
// more.
func (w *Writer) NextPage(s tensor.Shape, like *raster.Image) error {
	if w.before.count+1 >= max(w.o.Pages, 1)+len(w.o.Parts) {
		return fmt.Errorf("the stack has only %d pages", max(w.o.Pages, 1))
	}
	if err := w.endPage(); err != nil {
		return w.out.Named(err)
	}
	w.before.losesAlpha = w.before.losesAlpha || w.losesAlpha()
	w.before.count++
	w.before.numbers += int64(w.shape.Len())
	w.o.Like = like
	return w.beginPage(s)
}
