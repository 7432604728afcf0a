package descent_test

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// One kernel a plane, or a mixture of all, is found from channels.
func TestChannels(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 2, C: 3, H: 20, W: 24})
	state := uint64(5)
	for i := range x.Data {
		state = state*6364136223846793005 + 1442695040888963407
		x.Data[i] = float64(state>>40) / (1 << 24)
	}
	k := tensor.Kernel{Mixes: true, Out: 3, In: 3, H: 2, W: 3, Taps: make([]float64, 54), Bias: []float64{0.1, -0.2, 0.3}}
	for _, c := range []train.Channels{train.Mix, train.Separate} {
		for i := range k.Taps {
			k.Taps[i] = 0
			if c == train.Mix || i/6%4 == 0 {
				k.Taps[i] = float64(i%7) - 2.5
			}
		}
		s := train.Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: true, Channels: c}
		st := sums.Of(t, x, traintest.Apply(t, x, k, s.Options), s)
		got := solve.LeastSquares(st, train.Sum).Kernel
		for i, v := range append(got.Taps, got.Bias...) {
			traintest.Near(t, fmt.Sprintf("%v: value %d", c, i), v, append(k.Taps, k.Bias...)[i], traintest.LogTolerance, traintest.LogTolerance)
		}
		d := descent.Descent{Epochs: 3000, Optimizer: descent.Momentum, Momentum: 0.95}
		r, err := descent.Descend(t.Context(), st, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range r.Kernel.Taps {
			traintest.Near(t, fmt.Sprintf("%v: descended tap %d", c, i), v, k.Taps[i], traintest.LogTolerance, traintest.LogTolerance)
		}
	}
}
