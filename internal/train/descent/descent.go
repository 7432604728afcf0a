// Package descent finds a fit epoch by epoch. Losses and kernels are those of a plain
// training loop over all windows with the update rules of PyTorch's optimisers. An
// epoch costs n operations along the eigenvectors of G, or n² in taps.
package descent

import (
	"context"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/solve"
)

// Descent has the options of a descent.
type Descent struct {
	Optimizer Optimizer
	Rate      float64 // 0: BestRate
	Momentum  float64 // for Momentum and Nesterov, at least 0, below 1
	Epochs    int
	Loss      train.Loss
	Init      *tensor.Kernel // nil: zeros
	// Tol ends the descent early, once the gap to the best possible loss is within
	// Tol times the first loss. 0: never.
	Tol float64
}

// Epoch is one line of the log: the state before that epoch's step.
type Epoch struct {
	Epoch        int     `json:"epoch"` // from 1
	Loss         float64 `json:"loss"`
	Rate         float64 `json:"lr"`
	GradientNorm float64 `json:"gradient_norm"` // ‖∇loss‖₂
	Gap          float64 `json:"gap"`           // loss − best possible loss
}

// stepper is a descent in progress.
type stepper interface {
	state() (gap, squares float64) // of the sum loss: gap and ‖∇‖²
	step(t int)
	taps() [][]float64
}

// Descend runs the epochs, full batch, and calls log (which may be nil) before each
// step. Losses and taps are those of a plain loop over all windows with the optimiser
// of the same name in PyTorch.
//
// A cancelled context ends it with the context's error and the Result so far, from
// which a descent can continue. A loss that ends above its start, or that is not
// finite, is a *DivergedError.
func Descend(ctx context.Context, s *normal.Equations, d Descent, log func(Epoch)) (solve.Result, error) {
	if err := d.Check(s); err != nil {
		return solve.Result{}, err
	}
	if d.Optimizer == Exact {
		return solve.LeastSquares(s, d.Loss), ctx.Err()
	}
	scale := s.LossScale(d.Loss)
	if d.Rate == 0 {
		d.Rate = BestRate(ctx, s, d)
	}
	best := s.MinimalLoss() * scale
	r := solve.Result{Best: best, Rate: d.Rate, Stable: StableRate(s, d), Rank: s.Rank()}
	m := newStepper(s, d, scale)
	first := 0.0
	var stopped error
	for t := 1; ; t++ {
		gap, squares := m.state()
		r.Gap = gap * scale
		r.Loss, r.Epochs = best+r.Gap, t-1
		if t == 1 {
			first = r.Loss
		}
		if t > d.Epochs || (d.Tol > 0 && t > 1 && r.Gap <= d.Tol*first) {
			break
		}
		if stopped = ctx.Err(); stopped != nil {
			break
		}
		if !numeric.IsFinite(r.Loss) {
			break
		}
		if log != nil {
			log(Epoch{Epoch: t, Loss: r.Loss, Rate: d.Rate, GradientNorm: math.Sqrt(squares) * scale, Gap: r.Gap})
		}
		m.step(t)
	}
	r.SetUnknowns(s.Layout(), m.taps())
	if !numeric.IsFinite(r.Loss) || r.Loss > first+lossRounding*s.Energy()*scale {
		return r, &DivergedError{Optimizer: d.Optimizer, Rate: d.Rate, Stable: r.Stable, Epoch: r.Epochs, First: first, Last: r.Loss}
	}
	return r, stopped
}

// lossRounding is the share of Σy² that a loss may rise by rounding alone.
const lossRounding = 1e-14

// Check returns an error for options that do not make a descent on these equations.
func (d Descent) Check(s *normal.Equations) error {
	switch {
	case d.Epochs < 0:
		return fmt.Errorf("epochs %d: must be at least 0", d.Epochs)
	case d.Rate < 0 || math.IsNaN(d.Rate) || math.IsInf(d.Rate, 0):
		return fmt.Errorf("rate %v: must be positive", d.Rate)
	case !(d.Momentum >= 0 && d.Momentum < 1):
		return fmt.Errorf("momentum %v: must be at least 0 and below 1", d.Momentum)
	case d.Optimizer == Nesterov && d.Momentum == 0:
		return fmt.Errorf("nesterov needs a momentum above 0")
	case d.Tol < 0 || math.IsNaN(d.Tol):
		return fmt.Errorf("tolerance %v: must be at least 0", d.Tol)
	}
	if d.Init != nil {
		_, err := s.Layout().Vectors(*d.Init)
		return err
	}
	return nil
}

// start returns the initial unknowns of each output; Init has been checked.
func start(s *normal.Equations, d Descent) [][]float64 {
	if d.Init != nil {
		if w, err := s.Layout().Vectors(*d.Init); err == nil {
			return w
		}
	}
	w := make([][]float64, s.Layout().OutputChannels)
	for o := range w {
		w[o] = lagvec.NewVector(s.Layout().Unknowns())
	}
	return w
}

func newStepper(s *normal.Equations, d Descent, scale float64) stepper {
	if d.Optimizer == Adam {
		return newAdam(s, d, scale)
	}
	if useIterative(s, d.Epochs) {
		return newIterative(s, d, scale)
	}
	return newEigen(s, d, scale)
}
