package normal_test

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

func TestAdd(t *testing.T) {
	a, b := traintest.Texture(30, 20), traintest.Texture(20, 30)
	s := train.Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: true}
	k := traintest.Truth(s)
	both := sums.Of(t, a, traintest.Apply(t, a, k, s.Options), s)
	other := sums.Of(t, b, traintest.Apply(t, b, k, s.Options), s)
	energy, windows := both.Energy()+other.Energy(), both.Windows()+other.Windows()
	if err := both.Add(other); err != nil {
		t.Fatal(err)
	}
	traintest.Near(t, "Σy²", both.Energy(), energy, traintest.SumTolerance, 0)
	if both.Windows() != windows {
		t.Errorf("%d windows, want %d", both.Windows(), windows)
	}
	for i, v := range solve.LeastSquares(both, train.Sum).Kernel.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, traintest.LogTolerance)
	}
	if err := both.Add(sums.Of(t, a, traintest.Apply(t, a, tensor.Matrix(1, 1, 2), s.Options), train.Spec{Kernel: corr.Size{H: 1, W: 1}})); err == nil {
		t.Error("statistics of another kernel are added")
	}
}
