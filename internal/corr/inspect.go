package corr

import (
	"math"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// allFinite tells whether no element of a block is NaN or infinite. Methods
// that add and subtract what the definition does not (spectra, pairs of passes
// that cancel) would spread such an element over everything they touch, so
// they leave the blocks that have one to the direct method.
func allFinite[T tensor.Float](v view[T], rows, cols int) bool {
	return vec.Finite(v.data, v.stride, rows, cols)
}

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
