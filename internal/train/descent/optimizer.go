package descent

import (
	"fmt"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Optimizer is the rule by which an epoch moves the taps. With ∇ the gradient of the
// loss over all windows, η the rate and μ the momentum, they are the rules of
// torch.optim.SGD and torch.optim.Adam.
type Optimizer int

const (
	// GD: w ← w − η∇.
	GD Optimizer = iota
	// Momentum: b ← μb + ∇ (b = ∇ in the first epoch), w ← w − ηb.
	Momentum
	// Nesterov: b as above, w ← w − η(∇ + μb).
	Nesterov
	// Adam (Kingma and Ba, 2015), β₁ = 0.9, β₂ = 0.999, ε = 1e-8:
	// m ← β₁m + (1−β₁)∇, v ← β₂v + (1−β₂)∇², w ← w − η m̂ / (√v̂ + ε), with
	// m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ) in epoch t.
	Adam
	// Exact takes the best fit at once.
	Exact
)

var optimizerNames = []string{"gd", "momentum", "nesterov", "adam", "exact"}

// OptimizerNames returns the words that ParseOptimizer accepts.
func OptimizerNames() []string { return optimizerNames }

// ParseOptimizer returns the optimizer of a name.
func ParseOptimizer(s string) (Optimizer, error) {
	return enum.Parse[Optimizer](s, optimizerNames)
}

// String gives the name.
func (o Optimizer) String() string { return optimizerNames[o] }

// DivergedError says that the loss ended above its start, or is not finite.
type DivergedError struct {
	Optimizer   Optimizer
	Rate        float64
	Stable      float64 // the largest stable rate; +Inf if there is no limit
	Epoch       int     // epochs done
	First, Last float64 // losses
}

// ExitCode has a number of its own.
func (e *DivergedError) ExitCode() int { return exit.Diverged }

// Advice names a rate that is stable.
func (e *DivergedError) Advice() string {
	if e.Rate > e.Stable {
		return fmt.Sprintf("try --lr %.3g, or let --lr auto choose the rate", 0.9*e.Stable)
	}
	return "let --lr auto choose the rate"
}

// Error says at which rate and epoch, and gives the largest stable rate.
func (e *DivergedError) Error() string {
	if !numeric.IsFinite(e.First) {
		return "the fit cannot start: the loss is not finite with the initial kernel"
	}
	last := fmt.Sprintf("%.4g", e.Last)
	if !numeric.IsFinite(e.Last) {
		last = "no longer finite"
	}
	s := fmt.Sprintf("the fit diverged: after %s at rate %.4g the loss is %s; it started at %.4g", train.Plural(e.Epoch, "epoch"), e.Rate, last, e.First)
	if e.Rate > e.Stable {
		s += fmt.Sprintf("; the largest stable rate is %.4g", e.Stable)
	}
	return s
}
