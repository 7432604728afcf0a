package edges

import (
	"math"

	"github.com/convkit/convkit/internal/edges/rowvec"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
)

// sobel is Sobel's pair of kernels of one size, applied row by row.
type sobel[T tensor.Float] struct {
	size       int // 3, 5 or 7
	likeOpenCV bool
}

// reach is the number of rows and columns that the kernels see on each side.
func (s sobel[T]) reach() int { return s.size / 2 }

// divisor is what OpenCV's Canny divides gradients by, and thresholds with them, so that
// 16 bits hold those of 7x7 (OpenCV 4.6). It rounds gradients half to even then.
func (s sobel[T]) divisor() float64 {
	if s.likeOpenCV && s.size == 7 {
		return 16
	}
	return 1
}

// row sets x and y to the derivatives of the row in the middle of near, which has size
// rows with reach more elements at both ends. Products and sums of whole numbers of
// 16 bits are exact.
func (s sobel[T]) row(x, y []T, near [][]T) {
	if s.size == 3 {
		rowvec.Sobel(x, y, near[0], near[1], near[2])
		return
	}
	smooth, slope := kernel.SobelFactors(s.size)
	for i := range x {
		var dx, dy T
		for u, row := range near {
			var along, across T
			for v, value := range row[i : i+s.size] {
				along += T(T(slope[v]) * value)
				across += T(T(smooth[v]) * value)
			}
			dx += T(T(smooth[u]) * along)
			dy += T(T(slope[u]) * across)
		}
		x[i], y[i] = dx, dy
	}
	if d := T(s.divisor()); d != 1 {
		for i := range x {
			x[i] = T(math.RoundToEven(float64(x[i] / d)))
			y[i] = T(math.RoundToEven(float64(y[i] / d)))
		}
	}
}
