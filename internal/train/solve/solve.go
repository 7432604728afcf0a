// Package solve finds the best fit from the normal equations at once: by least
// squares, or by a quadratic program where constraints are given. It also has the
// standard errors of a fit.
package solve

import (
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
)

// RobustFit is what a robust fit found about the residuals.
type RobustFit struct {
	Kind       string  `json:"-"`
	Scale      float64 `json:"scale"`    // σ, in units of Y
	Outliers   int     `json:"outliers"` // residuals beyond 4.685 σ
	Iterations int     `json:"iterations"`
	// Moving is the share of the largest tap by which the last step still moved a
	// tap; 0 if the fit converged.
	Moving float64 `json:"moving,omitempty"`

	Variance    float64           `json:"-"` // of a residual, for the errors of the taps
	Inliers     *normal.Equations `json:"-"` // losses and moments of the windows that are not outliers
	HeldOut     *normal.Equations `json:"-"` // the held-out inliers, under a fit of the others
	Bread, Meat *normal.Equations `json:"-"` // Σ ψ'aaᵀ and Σ σ²ψ²aaᵀ; nil: not summed
}

// Result is a fitted kernel.
type Result struct {
	// Kernel is the operator's: with Convolve, the one that is convolved with. It
	// has a bias if one was learned.
	Kernel tensor.Kernel
	Loss   float64 // with this kernel
	Best   float64 // the smallest possible loss
	Gap    float64 // Loss − Best, computed without cancellation; 0 unless a descent
	Rate   float64 // the learning rate used; 0 unless a descent
	Stable float64 // the largest stable rate; +Inf if there is no limit
	Epochs int     // epochs done
	Rank   int     // combinations of unknowns that the data determines

	// Background has, for each output channel, the coefficients of the polynomial
	// background if one was asked for, in the order of train.Basis. The first is
	// also the Kernel's bias.
	Background [][]float64

	Robust *RobustFit // nil: not a robust fit

	Unknowns [][]float64 // the unknowns, by output channel
}

// SetUnknowns sets the unknowns and what follows from them.
func (r *Result) SetUnknowns(l train.Layout, w [][]float64) {
	r.Unknowns, r.Kernel, r.Background = w, l.Kernel(w), nil
	if l.Spec.Background > 0 {
		for _, v := range w {
			r.Background = append(r.Background, l.FromUnits(v)[l.Taps():])
		}
	}
}

// LeastSquares returns the best fit, the solution of G w = c. If the data leaves
// combinations of taps undetermined, it is the shortest such w.
func LeastSquares(s *normal.Equations, l train.Loss) Result { return NewResult(s, s.Best(), l) }

// NewResult returns the Result of given unknowns, by output channel.
func NewResult(s *normal.Equations, w [][]float64, l train.Loss) Result {
	f := s.LossScale(l)
	r := Result{Loss: s.LossAt(w) * f, Best: s.MinimalLoss() * f, Stable: s.StableRate(l), Rank: s.Rank()}
	r.SetUnknowns(s.Layout(), w)
	return r
}
