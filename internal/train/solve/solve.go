// Package solve finds the best fit from the normal equations at once: by least
// squares, or by a quadratic program where constraints are given. It also has the
// standard errors of a fit.
package solve

import (
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
)

// RobustFit is what a robust fit found out about the residuals.
type RobustFit struct {
	Kind       string  `json:"-"`
	Scale      float64 `json:"scale"`    // σ
	Outliers   int     `json:"outliers"` // residuals beyond 4.685 σ
	Iterations int     `json:"iterations"`
	// Moving is the share of the largest tap by which a tap still moved in the
	// last step; 0 where it had settled.
	Moving float64 `json:"moving,omitempty"`

	Variance    float64           // of a residual, as far as the errors of taps go
	Inliers     *normal.Equations // losses and moments of the windows that are no outliers
	HeldOut     *normal.Equations // the held-out ones among them, under a fit of the others
	Bread, Meat *normal.Equations // Σ ψ'aaᵀ and Σ σ²ψ²aaᵀ; nil: not summed
}

// Result is a fitted kernel.
type Result struct {
	// Kernel as the operator takes it: with Convolve, the one that is convolved
	// with. It has a bias where one was learned.
	Kernel tensor.Kernel
	Loss   float64 // with this kernel
	Best   float64 // the smallest there is
	Gap    float64 // Loss − Best, with digits of its own; 0 where not a descent
	Rate   float64 // the rate used; 0 for Exact
	Stable float64 // the largest stable rate; +Inf where there is no limit
	Epochs int     // the epochs done
	Rank   int     // combinations of unknowns that the data determines

	// Background holds, for each output channel, the coefficients of the
	// polynomial where one was asked for: of P_i(ξ) P_j(η), i + j <= degree, ξ
	// and η running from -1 to 1 across and down the output, in the order j = 0:
	// i = 0, 1, …; j = 1: … The first is the Kernel's bias too.
	Background [][]float64

	Robust *RobustFit // nil: not a robust fit

	Unknowns [][]float64 // the unknowns, by output channel
}

// setWeights sets the unknowns and what follows from them.
func (r *Result) SetUnknowns(l train.Layout, w [][]float64) {
	r.Unknowns, r.Kernel, r.Background = w, l.Kernel(w), nil
	if l.Spec.Background > 0 {
		for _, v := range w {
			r.Background = append(r.Background, l.FromUnits(v)[l.Taps():])
		}
	}
}

// Solve returns the best fit: the solution of G w = c and, where the data leaves
// combinations of taps undetermined, the smallest such w.
func LeastSquares(s *normal.Equations, l train.Loss) Result { return NewResult(s, s.Best(), l) }

// result is the Result of given unknowns.
func NewResult(s *normal.Equations, w [][]float64, l train.Loss) Result {
	f := s.LossScale(l)
	r := Result{Loss: s.LossAt(w) * f, Best: s.MinimalLoss() * f, Stable: s.StableRate(l), Rank: s.Rank()}
	r.SetUnknowns(s.Layout(), w)
	return r
}
