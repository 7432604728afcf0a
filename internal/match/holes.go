package match

import (
	"math"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// holes writes NaN to the scores of all windows of a unit in which a cell that
// counts is not finite.
func holes[T tensor.Float](out []T, stride int, raw [][]T, rawStride int, u unit, t *Template, ones *vec.Taps[float64]) {
	rows, cols := u.rows+t.h-1, u.cols+t.w-1
	hole := make([]float64, rows*cols)
	for _, x := range raw {
		for y := range rows {
			for i, v := range x[y*rawStride+u.x:][:cols] {
				if v-v != 0 {
					hole[y*cols+i] = 1
				}
			}
		}
	}
	count := make([]float64, u.rows*u.cols)
	vec.Correlate(count, u.cols, hole, cols, ones, 1, u.rows, u.cols, 0, 0)
	for i, n := range count {
		if n > 0 {
			out[i/u.cols*stride+i%u.cols] = T(math.NaN())
		}
	}
}
