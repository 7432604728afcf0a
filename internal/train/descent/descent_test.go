package descent_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// Every optimiser, loss and geometry logs what a plain loop over the windows
// logs, where the target is exact and where it is noisy.
func TestDescendEqualsPlainLoop(t *testing.T) {
	for i, s := range traintest.Geometries {
		for _, noise := range []float64{0, 0.05} {
			x := traintest.Texture(17, 19)
			y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
			grain := traintest.Texture(y.Shape().W, y.Shape().H)
			for j := range y.Data {
				y.Data[j] += noise * grain.Data[j]
			}
			st := sums.Of(t, x, y, s)
			for _, o := range []descent.Optimizer{descent.GD, descent.Momentum, descent.Nesterov, descent.Adam} {
				for _, l := range []train.Loss{train.Sum, train.Mean} {
					d := descent.Descent{Optimizer: o, Loss: l, Momentum: 0.8, Epochs: 150}
					if o == descent.GD {
						d.Momentum = 0
					}
					checkLoop(t, fmt.Sprintf("spec %d, noise %v, %v, %v", i, noise, o, l), st, x, y, s, d)
				}
			}
		}
	}
}

// The losses keep nine digits while they fall to 1e-12 of where they began.
func TestLossesKeepTheirDigits(t *testing.T) {
	x := traintest.Dense(40, 40, make([]float64, 1600)...)
	state := uint64(11)
	for i := range x.Data {
		state = state*6364136223846793005 + 1442695040888963407
		x.Data[i] = float64(state>>40)/(1<<24) - 0.5
	}
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
	st := sums.Of(t, x, y, s)
	a, b := traintest.Unroll(t, x, y, s)
	for _, o := range []descent.Optimizer{descent.GD, descent.Momentum, descent.Nesterov} {
		d := descent.Descent{Optimizer: o, Momentum: 0.6, Epochs: 250}
		d.Rate = descent.BestRate(t.Context(), st, d)
		var losses []float64
		if _, err := descent.Descend(t.Context(), st, d, func(e descent.Epoch) { losses = append(losses, e.Loss) }); err != nil {
			t.Fatal(err)
		}
		compared := 0
		for i, want := range loop(a, b, make([]float64, 10), d)[:len(losses)] {
			if want < traintest.LossFloor*st.Energy() {
				break
			}
			traintest.Near(t, fmt.Sprintf("%v: loss %d", o, i+1), losses[i], want, traintest.LogTolerance, 0)
			compared++
		}
		if compared == len(losses) {
			t.Errorf("%v: the loss does not fall to 1e-12", o)
		}
	}
}

func checkLoop(t *testing.T, what string, st *normal.Equations, x, y *tensor.Dense[float64], s train.Spec, d descent.Descent) {
	t.Helper()
	init := descent.InitUniform(st, 7)
	d.Init = &init
	d.Rate = descent.BestRate(t.Context(), st, d) * 0.9
	var losses []float64
	r, err := descent.Descend(t.Context(), st, d, func(e descent.Epoch) { losses = append(losses, e.Loss) })
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	losses = append(losses, r.Loss)
	a, b := traintest.Unroll(t, x, y, s)
	w, err := st.Layout().Vectors(init)
	if err != nil {
		t.Fatal(err)
	}
	want := loop(a, b, w[0], d)
	for i := range want {
		traintest.Near(t, fmt.Sprintf("%s: loss %d", what, i+1), losses[i], want[i], traintest.LogTolerance, traintest.LogTolerance*traintest.LossFloor*st.Energy()*st.LossScale(d.Loss))
	}
	k := st.Layout().Kernel(w)
	for i, v := range k.Taps {
		traintest.Near(t, fmt.Sprintf("%s: tap %d", what, i), r.Kernel.Taps[i], v, traintest.LogTolerance, traintest.LogTolerance)
	}
	for i, v := range k.Bias {
		traintest.Near(t, what+": bias", r.Kernel.Bias[i], v, traintest.LogTolerance, traintest.LogTolerance)
	}
}

// The automatic rate brings the loss down with every optimiser, however few the
// epochs are.
func TestAutomaticRates(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 5, W: 5}, Bias: true}
	x := traintest.Texture(40, 50)
	st := sums.Of(t, x, traintest.Apply(t, x, traintest.Truth(s), s.Options), s)
	init := descent.InitUniform(st, 1)
	for _, o := range []descent.Optimizer{descent.GD, descent.Momentum, descent.Nesterov, descent.Adam} {
		for _, l := range []train.Loss{train.Sum, train.Mean} {
			for _, c := range []struct {
				epochs int
				share  float64
			}{{1, 0.9}, {10, 0.05}, {100, 0.01}, {1000, 0.005}} {
				first := 0.0
				r, err := descent.Descend(t.Context(), st, descent.Descent{Optimizer: o, Loss: l, Momentum: 0.9, Epochs: c.epochs, Init: &init}, func(e descent.Epoch) {
					if e.Epoch == 1 {
						first = e.Loss
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				if r.Loss > c.share*first {
					t.Errorf("%v, %v, %d epochs at %.3g: the loss is %.3g, it began at %.3g", o, l, c.epochs, r.Rate, r.Loss, first)
				}
			}
		}
	}
}

func TestCancelledDescentKeepsItsKernel(t *testing.T) {
	s := sums.Textbook(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := descent.Descend(ctx, s, descent.Descent{Rate: 0.03, Epochs: 1000}, func(e descent.Epoch) {
		if e.Epoch == 7 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || r.Epochs != 7 {
		t.Fatalf("%d epochs and error %v, want 7 and the cancellation", r.Epochs, err)
	}
	again, err := descent.Descend(t.Context(), s, descent.Descent{Rate: 0.03, Epochs: 3, Init: &r.Kernel}, nil)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := descent.Descend(t.Context(), s, descent.Descent{Rate: 0.03, Epochs: 10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range whole.Kernel.Taps {
		traintest.Near(t, "tap", again.Kernel.Taps[i], v, traintest.SumTolerance, 0)
	}
}

// A cancelled context ends the search for a rate too. These epochs would take years.
func TestCancelledSearchForARate(t *testing.T) {
	s := sums.Textbook(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, d := range []descent.Descent{
		{Optimizer: descent.Adam},
		{Optimizer: descent.Momentum, Momentum: 0.9},
		{Optimizer: descent.Nesterov, Momentum: 0.9},
	} {
		d.Epochs = 1 << 50
		r, err := descent.Descend(ctx, s, d, nil)
		if !errors.Is(err, context.Canceled) || r.Epochs != 0 || !(r.Rate > 0) {
			t.Errorf("%v: %d epochs at rate %v and error %v, want 0, a rate, and the cancellation", d.Optimizer, r.Epochs, r.Rate, err)
		}
	}
}

func TestBadDescents(t *testing.T) {
	s := sums.Textbook(t)
	wide := tensor.Matrix(1, 3, 1, 2, 3)
	for _, d := range []descent.Descent{
		{Rate: -1, Epochs: 1},
		{Epochs: -1},
		{Optimizer: descent.Momentum, Momentum: 1, Epochs: 1},
		{Optimizer: descent.Nesterov, Epochs: 1},
		{Init: &wide, Epochs: 1},
	} {
		if _, err := descent.Descend(t.Context(), s, d, nil); err == nil {
			t.Errorf("%+v is accepted", d)
		}
	}
}
