package report

import (
	"math"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

func TestUndeterminedWords(t *testing.T) {
	paint := func(f func(y, x int) float64) *tensor.Dense[float64] {
		d := traintest.Dense(9, 11, make([]float64, 99)...)
		for i := range d.Data {
			d.Data[i] = f(i/11, i%11)
		}
		return d
	}
	for _, c := range []struct {
		x     *tensor.Dense[float64]
		spec  train.Spec
		words string
	}{
		{paint(func(_, _ int) float64 { return 0 }), train.Spec{Kernel: corr.Size{H: 2, W: 2}}, "X is zero in every window"},
		{paint(func(_, _ int) float64 { return 0.3 }), train.Spec{Kernel: corr.Size{H: 2, W: 2}}, "all taps see the same values: only their sum is determined"},
		{paint(func(_, _ int) float64 { return 0.3 }), train.Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}, "all taps see a constant, like the bias"},
		{paint(func(_, x int) float64 { return math.Sin(float64(x * x)) }), train.Spec{Kernel: corr.Size{H: 3, W: 2}}, "the taps of column 0 see the same values"},
		{paint(func(y, _ int) float64 { return math.Sin(float64(y * y)) }), train.Spec{Kernel: corr.Size{H: 2, W: 3}}, "the taps of row 1 see the same values"},
		{paint(func(_, x int) float64 { return float64(x) }), train.Spec{Kernel: corr.Size{H: 1, W: 3}}, "1 [0][0] - 2 [0][1] + 1 [0][2]"},
		{paint(func(y, x int) float64 { return max(0, float64(4-x)) + math.Sin(float64(y*x*(4-x))) }), train.Spec{Kernel: corr.Size{H: 1, W: 5}, Options: corr.Options{Stride: corr.Size{H: 1, W: 9}}}, "the tap [0][4] sees only zeros"},
		{traintest.Texture(9, 11), train.Spec{Kernel: corr.Size{H: 2, W: 2}}, ""},
	} {
		y := traintest.Apply(t, c.x, traintest.Truth(c.spec), c.spec.Options)
		words := strings.Join(Undetermined(sums.Of(t, c.x, y, c.spec)), "\n")
		if (c.words == "") != (words == "") || !strings.Contains(words, c.words) {
			t.Errorf("%q lacks %q", words, c.words)
		}
	}
}
