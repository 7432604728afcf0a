package edges

import (
	"context"

	"github.com/convkit/convkit/internal/tensor"
)

// CountNaN counts the values of an image that are NaN. No comparison with one
// holds, so that canny's thresholds find nothing there.
func CountNaN[T tensor.Float](ctx context.Context, src tensor.Source[T]) (int64, error) {
	s := src.Shape()
	buf := make([]T, s.W)
	n := int64(0)
	for p := range s.Planes() {
		for y := range s.H {
			row, err := src.Row(p, y, buf)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return 0, err
			}
			for _, v := range row {
				if v != v {
					n++
				}
			}
		}
	}
	return n, nil
}
