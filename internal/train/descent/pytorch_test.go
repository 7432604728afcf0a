package descent_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

//go:embed testdata/pytorch.json
var pytorchRuns []byte

// Losses and kernels of PyTorch's own loops: testdata/pytorch.py.
func TestPyTorch(t *testing.T) {
	var runs []struct {
		Optimizer, Loss string
		Momentum, Rate  float64
		Epochs          int
		Losses, Kernel  []float64
		Bias            []float64
	}
	if err := json.Unmarshal(pytorchRuns, &runs); err != nil {
		t.Fatal(err)
	}
	if len(runs) != 16 {
		t.Fatalf("%d runs, want 16", len(runs))
	}
	for _, r := range runs {
		t.Run(fmt.Sprintf("%s/%s/bias=%v", r.Optimizer, r.Loss, r.Bias != nil), func(t *testing.T) {
			o, err := descent.ParseOptimizer(r.Optimizer)
			if err != nil {
				t.Fatal(err)
			}
			l, err := train.ParseLoss(r.Loss)
			if err != nil {
				t.Fatal(err)
			}
			s := train.Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: r.Bias != nil}
			s.Options = corr.Options{Padding: traintest.Explicit(1, 1, 0, 0), Stride: corr.Size{H: 1, W: 2}}
			x, k, init := traintest.Texture(20, 24), tensor.Matrix(2, 3, 0.5, -0.25, 0.125, 1, 0, -0.75), tensor.Matrix(2, 3, 0.1, 0.2, -0.1, 0.3, -0.2, 0.05)
			if s.Bias {
				k.Bias, init.Bias = []float64{0.2}, []float64{-0.1}
			}
			y := traintest.Apply(t, x, k, s.Options)
			for i, v := range traintest.Texture(y.Shape().W, y.Shape().H).Data {
				y.Data[i] += 0.01 * v
			}
			d := descent.Descent{Optimizer: o, Loss: l, Momentum: r.Momentum, Rate: r.Rate, Epochs: r.Epochs, Init: &init}
			got, err := descent.Descend(t.Context(), sums.Of(t, x, y, s), d, func(e descent.Epoch) {
				traintest.Near(t, fmt.Sprintf("loss %d", e.Epoch), e.Loss, r.Losses[e.Epoch-1], traintest.PeerTolerance, 0)
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range append(got.Kernel.Taps, got.Kernel.Bias...) {
				traintest.Near(t, fmt.Sprintf("value %d", i), v, append(r.Kernel, r.Bias...)[i], traintest.PeerTolerance, 0)
			}
		})
	}
}
