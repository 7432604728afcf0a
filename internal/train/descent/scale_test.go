package descent_test

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// Raw pixel values of many thousands beside a bias make G look singular; it is
// not, and fit, descent and report are those of the same pair in other units.
func TestUnknownsOfDifferentScale(t *testing.T) {
	const unit = 1 << 22
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	x := traintest.Texture(40, 44)
	k := traintest.Truth(s)
	y := traintest.Noisy(t, x, k, s, 0.01, 5)
	raw := traintest.Texture(40, 44)
	for i := range raw.Data {
		raw.Data[i] *= unit
	}
	small, large := sums.Of(t, x, y, s), sums.Of(t, raw, y, s)
	if !large.Systems()[0].DiagonallyScaled() || large.Rank() != 10 {
		t.Fatalf("rank %d of 10, graded %v: this tests nothing", large.Rank(), large.Systems()[0].DiagonallyScaled())
	}
	a, b := solve.LeastSquares(small, train.Sum), solve.LeastSquares(large, train.Sum)
	traintest.Near(t, "loss", b.Loss, a.Loss, traintest.LogTolerance, 0)
	traintest.Near(t, "bias", b.Kernel.Bias[0], a.Kernel.Bias[0], traintest.LogTolerance, 0)
	for i, v := range a.Kernel.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), b.Kernel.Taps[i]*unit, v, traintest.LogTolerance, 0)
	}
	one, err := report.New(t.Context(), small, a, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := report.New(t.Context(), large, b, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range one.Errors {
		traintest.Near(t, fmt.Sprintf("error %d", i), two.Errors[i]*unit, v, traintest.LogTolerance, 0)
	}
	d := descent.Descent{Epochs: 40, Rate: descent.BestRate(t.Context(), large, descent.Descent{Epochs: 40})}
	var losses []float64
	if _, err := descent.Descend(t.Context(), large, d, func(e descent.Epoch) { losses = append(losses, e.Loss) }); err != nil {
		t.Fatal(err)
	}
	windows, targets := traintest.Unroll(t, raw, y, s)
	for i, want := range loop(windows, targets, make([]float64, 10), d)[:40] {
		traintest.Near(t, fmt.Sprintf("loss %d", i+1), losses[i], want, traintest.LogTolerance, 0)
	}
}
