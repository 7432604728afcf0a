package train

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
)

// Just below the limit that the report gives, a plain loop over the windows
// comes down to the best loss, and just above it, it leaves every bound.
func TestStableRate(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}
	x := texture(9, 11)
	y := noisy(t, x, truth(s), s, 0.05, 4)
	st := gather(t, x, y, s)
	a, b := unroll(t, x, y, s)
	for _, d := range []Descent{
		{Optimizer: GD},
		{Optimizer: GD, Loss: Mean},
		{Optimizer: Momentum, Momentum: 0.5},
		{Optimizer: Momentum, Momentum: 0.9, Loss: Mean},
		{Optimizer: Nesterov, Momentum: 0.5},
		{Optimizer: Nesterov, Momentum: 0.9, Loss: Mean},
	} {
		d.Epochs = 4000
		rep, err := NewReport(t.Context(), st, Solve(st, d.Loss), ReportOptions{Loss: d.Loss, Descent: &d})
		if err != nil {
			t.Fatal(err)
		}
		limit := float64(rep.StableLR)
		if limit != StableRate(st, d) {
			t.Errorf("%v: the report says %v, the statistics %v", d.Optimizer, limit, StableRate(st, d))
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
	rep, err := NewReport(t.Context(), st, Solve(st, Sum), ReportOptions{Descent: &Descent{Optimizer: Adam, Epochs: 5}})
	if err != nil || !math.IsInf(float64(rep.StableLR), 1) {
		t.Errorf("adam has the limit %v; %v", rep.StableLR, err)
	}
}
