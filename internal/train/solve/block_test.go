package solve

import (
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// A part has the sums that its own gathering would have.
func TestSubStatistics(t *testing.T) {
	x := traintest.Texture(30, 34)
	s := train.Spec{Kernel: corr.Size{H: 5, W: 7}, Bias: true, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Symmetric}}}
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
	whole := sums.Of(t, x, y, s)
	s.Kernel, s.Bias = corr.Size{H: 2, W: 4}, false
	own, part := LeastSquares(sums.Of(t, x, y, s), train.Sum), LeastSquares(whole.Part(normal.CentredBlock(corr.Size{H: 5, W: 7}, s.Kernel, false)), train.Sum)
	traintest.Near(t, "loss", part.Loss, own.Loss, traintest.LogTolerance, 0)
	for i, v := range own.Kernel.Taps {
		traintest.Near(t, "tap", part.Kernel.Taps[i], v, traintest.LogTolerance, 0)
	}
}
