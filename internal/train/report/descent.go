package report

import (
	"fmt"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Descent says how far a descent came.
type Descent struct {
	Optimizer string `json:"optimizer"`
	Rate      Number `json:"lr"`
	Epochs    int    `json:"epochs"` // done
	Best      Number `json:"best_loss"`
	Gap       Number `json:"gap"` // loss − best possible loss
	// Converged reports that the gap is lost in the noise. The gap is the squared
	// distance from the best fit in the norm of G; the standard errors alone make
	// it rank · σ² in the mean.
	Converged bool `json:"converged"`
	// Tolerated reports that the descent ended early, within Tol.
	Tolerated bool `json:"within_tol"`
}

// A descent has converged if its gap is at most convergedShare of the best possible
// loss, and at most what the noise makes of it. It has also converged if the gap is
// negligibleShare of the loss of a kernel of zeros, which is rounding.
const (
	convergedShare  = 0.01
	negligibleShare = 1e-12
)

// newDescent returns nil if there was no descent.
func newDescent(s *normal.Equations, r solve.Result, o Options) *Descent {
	d := o.Descent
	if d == nil || d.Optimizer == descent.Exact {
		return nil
	}
	share := convergedShare
	if rank, n := float64(s.Rank()), s.Weight(); n > rank {
		share = min(share, rank/(n-rank))
	}
	return &Descent{
		Optimizer: d.Optimizer.String(), Rate: Number(r.Rate), Epochs: r.Epochs, Best: Number(r.Best), Gap: Number(r.Gap),
		Converged: r.Gap <= share*r.Best || r.Gap <= negligibleShare*s.Energy()*s.LossScale(o.Loss),
		Tolerated: d.Tol > 0 && r.Epochs < d.Epochs,
	}
}

// Shortfall is Unfinished without a report: "" after an exact fit.
func Shortfall(s *normal.Equations, r solve.Result, o Options) string {
	d := newDescent(s, r, o)
	if d == nil {
		return ""
	}
	rep := Report{Descent: d, Loss: Number(s.LossAt(r.Unknowns) * s.LossScale(o.Loss)), StableLR: Number(descent.StableRate(s, o.limited()))}
	return rep.Unfinished()
}

// unfinished reports whether the figures are of a descent that has not converged.
func (rep *Report) unfinished() bool { return rep.Descent != nil && !rep.Descent.Converged }

// Unfinished says that a descent has not converged, how far it is from the optimum, and
// what to do; "" if it has, or need not. It is the first line of a report.
func (rep *Report) Unfinished() string {
	d := rep.Descent
	switch {
	case d == nil:
		return ""
	case d.Tolerated:
		return fmt.Sprintf("within --tol of the best possible loss after %s", train.Plural(d.Epochs, "epoch"))
	case d.Converged:
		return ""
	}
	advice := "give more --epochs, or --optimizer exact for the optimum at once"
	if d.Rate > rep.StableLR && rep.StableLR > 0 {
		advice = fmt.Sprintf("the rate is above the largest stable one, so more --epochs move away: give --lr below %.4g, or --optimizer exact", rep.StableLR)
	}
	return fmt.Sprintf("not converged after %s: the loss is %v, the best possible loss is %v (gap %v); %s", train.Plural(d.Epochs, "epoch"), rep.Loss, d.Best, d.Gap, advice)
}

// fate says in words which values undetermined unknowns have: those that see only
// zeros, and the rest.
type fate struct{ zeroOnly, rest string }

const smallest = "of all equally good kernels, this one has the smallest taps"

// fate depends on the way of fitting. The gradient has no part in undetermined
// directions, so gd, momentum and nesterov leave those as they were: a start at zero
// gives the smallest taps. Adam scales the gradient of each tap, and so moves all taps
// whose gradient is not zero.
func (o Options) fate() fate {
	const atStart = "left at their initial values (--init)"
	switch d := o.Descent; {
	case !o.Shape.None():
		return fate{"decided by the constraints", "the constraints decide the rest"}
	case d == nil || d.Optimizer == descent.Exact:
		return fate{"set to zero", smallest}
	case d.Optimizer == descent.Adam:
		return fate{atStart, "adam left the rest where its path ended; --optimizer exact gives the smallest taps"}
	case d.Init == nil || zeros(*d.Init):
		return fate{atStart, smallest}
	}
	return fate{atStart, "the rest keeps its initial values (--init); --optimizer exact gives the smallest taps"}
}

func zeros(k tensor.Kernel) bool {
	for _, list := range [][]float64{k.Taps, k.Bias} {
		for _, v := range list {
			if v != 0 {
				return false
			}
		}
	}
	return true
}
