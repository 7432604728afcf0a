package method

import (
	"math"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// look returns the root mean square of a block and reports whether its elements are
// finite and even: whether a method that adds and subtracts what the definition
// does not (spectra, pairs of passes that cancel) would leave each of them its
// digits. Such a method errs by u times the size of the block or so, wherever
// its elements stand, and an infinity or a NaN it spreads over all of them. So
// a block is uneven if that error would reach the first ten bits of as many
// elements as a window of the kernel holds, and of all in a stretch of a row as
// long as the window is wide: then some output may see nothing else, as beside a
// fill value of 1e20 or one pixel of 1e300. Zeros count in a stretch only.
//
// A method leaves such blocks to the direct one. Numbers so large that their
// squares overflow are uneven, too. Every fourth row is asked, unless windows
// are lower.
func look[T tensor.Float](v tensor.View[T], rows, cols int, window geometry.Size) (size float64, even bool) {
	mean := float64(vec.Squares(v.Data, v.Stride, rows, cols)) / float64(rows*cols)
	if !(mean <= math.MaxFloat64) {
		return mean, false
	}
	size = math.Sqrt(mean)
	return size, !roundoffDominates(v, rows, cols, window, size)
}

// roundoffDominates reports whether there are too many elements, as look has it, that an
// error of u times size reaches.
func roundoffDominates[T tensor.Float](v tensor.View[T], rows, cols int, window geometry.Size, size float64) bool {
	every := 4
	if window.H < every {
		every = 1
	}
	v.Stride *= every
	rows = (rows + every - 1) / every
	limit := T(size * size * dominance[T]() * dominance[T]())
	few := vec.Small(v.Data, v.Stride, rows, cols, limit)
	// The rows of a window that are asked are more than half of a fourth.
	return few >= max(window.H*window.W/(2*every), 1) && hides(v, rows, cols, window.W, limit)
}

// hides reports whether a row has a stretch of elements, not all of them 0, whose
// squares are less than limit.
func hides[T tensor.Float](v tensor.View[T], rows, cols, stretch int, limit T) bool {
	for r := range rows {
		n, some := 0, false
		for _, x := range v.Row(r, cols) {
			if n++; x*x >= limit {
				n, some = 0, false
				continue
			}
			if some = some || x != 0; some && n >= stretch {
				return true
			}
		}
	}
	return false
}

// dominance is the part of a block's size of which the error reaches the first ten
// bits. Fewer would do for one huge pixel, but beside a region of fill roundings
// add up: outputs were seen to err by 43 u times the size times ‖k‖.
func dominance[T tensor.Float]() float64 { return 0x1p10 * tensor.Roundoff[T]() }

// allWholeIn reports whether all elements of a block are whole numbers.
func allWholeIn[T tensor.Float](v tensor.View[T], rows, cols int) bool {
	for r := range rows {
		for _, x := range v.Row(r, cols) {
			if x != T(math.Trunc(float64(x))) {
				return false
			}
		}
	}
	return true
}

// allZero reports whether all elements of a block are 0.
func allZero[T tensor.Float](v tensor.View[T], rows, cols int) bool {
	for r := range rows {
		for _, x := range v.Row(r, cols) {
			if x != 0 {
				return false
			}
		}
	}
	return true
}
