package report

import (
	"fmt"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Descended says how far a descent came.
type Descent struct {
	Optimizer string `json:"optimizer"`
	Rate      Number `json:"lr"`
	Epochs    int    `json:"epochs"` // done
	Best      Number `json:"best_loss"`
	Gap       Number `json:"gap"` // loss − best possible loss
	// Converged tells whether what is left to go is lost in the noise: the
	// gap is the distance from the best fit in the norm of G, which the
	// standard errors alone would make it rank · σ² in the mean.
	Converged bool `json:"converged"`
	// Tolerated tells whether the descent ended early, within Tol.
	Tolerated bool `json:"within_tol"`
}

// A descent has converged where its gap is no more than this part of the best
// possible loss, and no more than the noise makes of it; or so small a part of
// the loss of a kernel of zeros that arithmetic stands in the way.
const (
	convergedShare  = 0.01
	negligibleShare = 1e-12
)

// descended is nil where there was no descent.
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

// unfinished tells whether the figures are of a descent that has not arrived.
func (rep *Report) unfinished() bool { return rep.Descent != nil && !rep.Descent.Converged }

// Unfinished says that a descent has not arrived, how far it has to go and how it
// gets there; "" where it has, or need not. It comes before all else that is said
// of the fit.
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

// fate is what becomes of what the data does not determine, in words: of taps
// that see zeros only, and of the rest.
type fate struct{ dead, rest string }

const smallest = "of all equally good kernels, this one has the smallest taps"

// fate of this way to fit. The gradient has no part along what the data does not
// determine, so that gd, momentum and nesterov leave it as it was, and the
// smallest taps where the descent began with zeros. Adam takes each tap's own
// gradient by itself, and moves all but the taps that have none.
func (o Options) fate() fate {
	const began = "left at their initial values (--init)"
	switch d := o.Descent; {
	case !o.Shape.None():
		return fate{"decided by the constraints", "the constraints decide the rest"}
	case d == nil || d.Optimizer == descent.Exact:
		return fate{"set to zero", smallest}
	case d.Optimizer == descent.Adam:
		return fate{began, "adam left the rest where its path ended; --optimizer exact gives the smallest taps"}
	case d.Init == nil || zeros(*d.Init):
		return fate{began, smallest}
	}
	return fate{began, "the rest keeps its initial values (--init); --optimizer exact gives the smallest taps"}
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
