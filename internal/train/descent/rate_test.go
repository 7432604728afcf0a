package descent_test

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// Just below the limit that the report gives, a plain loop over the windows
// comes down to the best loss, and just above it, it leaves every bound.
func TestStableRate(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}
	x := traintest.Texture(9, 11)
	y := traintest.Noisy(t, x, traintest.Truth(s), s, 0.05, 4)
	st := sums.Of(t, x, y, s)
	a, b := traintest.Unroll(t, x, y, s)
	for _, d := range []descent.Descent{
		{Optimizer: descent.GD},
		{Optimizer: descent.GD, Loss: train.Mean},
		{Optimizer: descent.Momentum, Momentum: 0.5},
		{Optimizer: descent.Momentum, Momentum: 0.9, Loss: train.Mean},
		{Optimizer: descent.Nesterov, Momentum: 0.5},
		{Optimizer: descent.Nesterov, Momentum: 0.9, Loss: train.Mean},
	} {
		d.Epochs = 4000
		rep, err := report.New(t.Context(), st, solve.LeastSquares(st, d.Loss), report.Options{Loss: d.Loss, Descent: &d})
		if err != nil {
			t.Fatal(err)
		}
		limit := float64(rep.StableLR)
		if limit != descent.StableRate(st, d) {
			t.Errorf("%v: the report says %v, the statistics %v", d.Optimizer, limit, descent.StableRate(st, d))
		}
		end := func(rate float64) float64 {
			d.Rate = rate
			losses := loop(a, b, make([]float64, 5), d)
			return losses[len(losses)-1]
		}
		best := float64(rep.Loss)
		if loss := end(0.99 * limit); !(loss < 1.01*best) {
			t.Errorf("%v %v, momentum %v: 1 %% below %v the loss is %v, at best %v", d.Optimizer, d.Loss, d.Momentum, limit, loss, best)
		}
		if loss := end(1.01 * limit); loss < 1e6*best {
			t.Errorf("%v %v, momentum %v: 1 %% above %v the loss is %v only", d.Optimizer, d.Loss, d.Momentum, limit, loss)
		}
	}
	rep, err := report.New(t.Context(), st, solve.LeastSquares(st, train.Sum), report.Options{Descent: &descent.Descent{Optimizer: descent.Adam, Epochs: 5}})
	if err != nil || !math.IsInf(float64(rep.StableLR), 1) {
		t.Errorf("adam has the limit %v; %v", rep.StableLR, err)
	}
}

// The search for a rate takes no longer for more epochs: of a million million it gives
// the rate at once.
func TestRateForMillionsOfEpochs(t *testing.T) {
	x := traintest.Texture(20, 22)
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	st, err := accumulate.Images(t.Context(), x, traintest.Noisy(t, x, traintest.Truth(s), s, 0.1, 1), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []descent.Optimizer{descent.GD, descent.Momentum, descent.Nesterov, descent.Adam} {
		if r := descent.BestRate(t.Context(), st, descent.Descent{Optimizer: o, Momentum: 0.9, Epochs: 1e12}); !(r > 0) {
			t.Errorf("%v: rate %v", o, r)
		}
	}
}
