package solve

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// The best fit of an exact pair is the kernel that made it.
func TestSolveFindsTheKernel(t *testing.T) {
	for i, s := range traintest.Geometries {
		x := traintest.Texture(33, 35)
		k := traintest.Truth(s)
		r := LeastSquares(sums.Of(t, x, traintest.Apply(t, x, k, s.Options), s), train.Sum)
		for j, v := range k.Taps {
			traintest.Near(t, fmt.Sprintf("spec %d: tap %d", i, j), r.Kernel.Taps[j], v, 0, traintest.LogTolerance)
		}
		for j, v := range k.Bias {
			traintest.Near(t, fmt.Sprintf("spec %d: bias", i), r.Kernel.Bias[j], v, 0, traintest.LogTolerance)
		}
	}
}
