package corr

import (
	"math"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// look returns the root mean square of a block and tells whether its elements are
// finite and even: whether a method that adds and subtracts what the definition
// does not (spectra, pairs of passes that cancel) would leave each of them its
// digits. Such a method errs by u times the size of the block or so, wherever
// its elements stand, and an infinity or a NaN it spreads over all of them. So
// a block is uneven if in more than a sixteenth of its elements, zeros apart,
// that error would reach the first ten bits: beside a fill value of 1e20, or
// one pixel of 1e300. A method leaves such blocks to the direct one. Numbers
// so large that their squares overflow are uneven, too. Every fourth row is asked.
func look[T tensor.Float](v view[T], rows, cols int) (size float64, even bool) {
	n := rows * cols
	mean := float64(vec.Squares(v.data, v.stride, rows, cols)) / float64(n)
	if !(mean <= math.MaxFloat64) {
		return mean, false
	}
	drowned := drowns[T]()
	rows = (rows + 3) / 4
	return math.Sqrt(mean), 16*vec.Small(v.data, 4*v.stride, rows, cols, T(mean*drowned*drowned)) <= rows*cols
}

// drowns is the part of a block's size of which the error reaches the first
// seven bits.
func drowns[T tensor.Float]() float64 { return 0x1p7 * unitRoundoff[T]() }

// allWholeIn tells whether all elements of a block are whole numbers.
func allWholeIn[T tensor.Float](v view[T], rows, cols int) bool {
	for r := range rows {
		for _, x := range v.row(r, cols) {
			if x != T(math.Trunc(float64(x))) {
				return false
			}
		}
	}
	return true
}

// allZero tells whether all elements of a block are 0.
func allZero[T tensor.Float](v view[T], rows, cols int) bool {
	for r := range rows {
		for _, x := range v.row(r, cols) {
			if x != 0 {
				return false
			}
		}
	}
	return true
}
