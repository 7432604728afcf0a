// Package report says how good a fit is and how certain its taps are, as numbers for
// JSON and as lines of text.
package report

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/intervals"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/xnoise"
)

// Report says how good a fit is and how certain its taps are. Its JSON is the file that
// --report writes.
type Report struct {
	Windows    int    `json:"windows"` // outputs that are used
	Loss       Number `json:"loss"`    // sum or mean, as asked for
	RMS        Number `json:"rms"`     // of the residuals
	R2         Number `json:"r2"`      // 1 − Σr²/Σ(y−mean)²
	HeldOutRMS Number `json:"heldout_rms"`
	HeldOutR2  Number `json:"heldout_r2"`
	HeldOut    int    `json:"heldout_windows"`

	// StandardError is shaped like the kernel: rank 2, or 4 if it mixes channels. It is
	// null throughout if a descent has not converged.
	// null marks taps that the images do not determine or that constraints fix, as
	// at zero by NonNegative. The errors of the others are those of a fit without
	// the fixed taps. All errors assume independent errors of equal variance in
	// the outputs (after a robust fit: independent).
	StandardError any `json:"standard_error"`
	// BiasStandardError is a number, or one for each output channel; null without
	// a bias.
	BiasStandardError any `json:"bias_standard_error"`

	// ErrorKind is what the standard errors assume of the noise: independent, sandwich
	// (any strength, correlated over a short distance), jpeg (the loss of JPEG, too),
	// robust, or x_noise. interval: they are half the interval that rounding leaves.
	ErrorKind string `json:"error_kind"`
	// Diagnostics are the tests of the residuals; empty if there are too few windows,
	// or the fit is exact.
	Diagnostics []diagnose.Test `json:"diagnostics"`

	Condition Number `json:"condition"` // λmax/λmin of G; infinite if it is singular
	Rank      int    `json:"rank"`
	Unknowns  int    `json:"unknowns"`
	// StableLR is the largest stable rate of the descent, with its loss, optimiser
	// and momentum; for an exact fit, that of gd. It is infinite, null in JSON, for
	// Adam and for an input of zeros.
	StableLR Number `json:"stable_lr"`

	// ChiSquare is χ²/(N − p), for N outputs of known variance and p free unknowns:
	// Σ r²/σ² for each. nil if no variances are known. Above 1 it widens the errors,
	// by its root.
	ChiSquare *Number `json:"reduced_chi2,omitempty"`

	// RoundingFloor is 1/√12 of Y's step, the RMS of rounding Y alone; NaN if Y
	// was not rounded.
	RoundingFloor Number           `json:"rounding_floor"`
	Robust        *solve.RobustFit `json:"robust,omitempty"`
	// Background is that of the Result, in units of Y: a list for each output
	// channel. Basis names the functions of its coefficients.
	Background [][]float64  `json:"background,omitempty"`
	Basis      *train.Basis `json:"background_basis,omitempty"`

	// Descent says how far a descent came; nil for an exact fit.
	Descent *Descent `json:"descent,omitempty"`

	LeftOut      train.Counts `json:"outputs"`
	Undetermined []string     `json:"undetermined,omitempty"`
	// LooksLike is set by the caller; nil if a likeness would say nothing.
	LooksLike *string `json:"looks_like"`

	// Rounding is about the rounding of Y; nil if that was not looked at.
	Rounding *Rounding `json:"rounding,omitempty"`

	// XNoise is about the noise of X; nil if nothing was looked at.
	XNoise *xnoise.Report `json:"x_noise,omitempty"`

	// Noise is the noise of Y that its variances follow from. It is set by the caller;
	// nil: the variances are given, or there are none.
	Noise any `json:"noise,omitempty"`

	// PSF has the figures of the kernel as a point spread function. It is set by the
	// caller; nil: it was not asked for.
	PSF any `json:"psf,omitempty"`

	// Errors has the standard errors in the order of Kernel.Taps; +Inf marks
	// undetermined taps, NaN fixed ones.
	Errors []float64 `json:"-"`
	// UnknownErrors has those of the unknowns, by output channel, in the units of the
	// equations.
	UnknownErrors [][]float64 `json:"-"`

	limited descent.Optimizer // optimizer of StableLR
	shrunk  bool              // a penalty draws the taps to zero or to each other
}

// Options say how the result was found. The held-out figures come from a fit in the
// same way.
type Options struct {
	Loss    train.Loss
	Shape   solve.Constraints
	Descent *descent.Descent // nil: solved at once
	Quantum float64          // step between the values of Y; 0: not rounded
	// Absolute says that the weights of all outputs are one over their variances.
	Absolute bool
	// Rounded is what a fit by intervals found; nil: there was none.
	Rounded *intervals.Fit
	// Findings are the tests of the residuals; nil: none were made.
	Findings *diagnose.Findings
	// XNoise is the fit if it is corrected for noise of X; nil: it is not. Estimated
	// reports that the noise is an estimate.
	XNoise    *xnoise.Fit
	Estimated bool
}

// limited returns the descent whose largest stable rate is reported.
func (o Options) limited() descent.Descent {
	d := descent.Descent{}
	if o.Descent != nil && o.Descent.Optimizer != descent.Exact {
		d = *o.Descent
	}
	d.Loss = o.Loss
	return d
}

// New reports on a result of solve, robust or descent. The held-out figures come from a
// second fit in the same way without the held-out tenth of the windows, measured on that
// tenth. They are NaN if there are fewer than four rows of outputs. For a robust fit,
// Loss, RMS, R² and the held-out figures are those of the windows within 4.685 σ.
//
// Errors: that of a cancelled context, or of a quadratic program that does not converge.
func New(ctx context.Context, s *normal.Equations, r solve.Result, o Options) (*Report, error) {
	sum, of := s.LossAt(r.Unknowns), s
	if r.Robust != nil {
		of = r.Robust.Inliers
		sum = of.LossAtOrigin()
	}
	rep := &Report{
		Windows: s.Windows(), Loss: Number(sum * of.LossScale(o.Loss)), RMS: Number(math.Ldexp(math.Sqrt(sum/of.Weight()), s.Layout().Spec.Units.Y)), R2: Number(of.R2(sum)),
		HeldOutRMS: Number(math.NaN()), HeldOutR2: Number(math.NaN()), RoundingFloor: Number(math.NaN()), Condition: Number(s.Condition()), Rank: r.Rank, Unknowns: s.Unknowns(),
		LeftOut: s.Counts(), Undetermined: undetermined(s, o.fate()), Robust: r.Robust, Background: r.Background,
	}
	if r.Background != nil {
		rep.Basis = train.NewBasis(s.Layout().Spec.Background)
	}
	rep.Descent = newDescent(s, r, o)
	limited := o.limited()
	rep.limited, rep.StableLR = limited.Optimizer, Number(descent.StableRate(s, limited))
	if o.Quantum > 0 {
		rep.RoundingFloor = Number(o.Quantum / math.Sqrt(12))
	}
	if o.Rounded != nil {
		rep.Rounding = newRounding(s.Layout(), o.Rounded)
	}
	o.Shape = o.Shape.InUnits(s.Layout().Spec.Units)
	shape := o.Shape
	rep.shrunk = o.Descent == nil && (shape.Ridge > 0 || shape.Smooth > 0)
	if free := of.OutputCount() - r.Rank; o.Absolute && free > 0 {
		chi := Number(math.Ldexp(sum, 2*s.Layout().Spec.Units.Y) / float64(free))
		rep.ChiSquare = &chi
	}
	se, err := solve.StandardErrors(s, r, shape, o.Absolute)
	if err != nil {
		return nil, err
	}
	if se, err = rep.widen(s, r, o, se); err != nil {
		return nil, err
	}
	rep.UnknownErrors = se
	rep.errors(s.Layout(), se)
	if rep.unfinished() {
		rep.withhold(s.Layout(), se)
	}
	if f := r.Robust; f != nil {
		if u := f.HeldOut; u != nil && u.Weight() > 0 {
			rep.heldOut(u, u.LossAtOrigin())
		}
	} else {
		if d := o.Descent; d != nil && d.Rate == 0 {
			same := *d
			same.Rate = r.Rate
			o.Descent = &same
		}
		if err := setHeldOut(ctx, s, rep, o); err != nil {
			return nil, err
		}
	}
	return rep, nil
}

// setHeldOut fits without the held-out windows and measures that fit on them.
func setHeldOut(ctx context.Context, s *normal.Equations, rep *Report, o Options) error {
	held := s.HeldOutPart()
	n := s.HeldOutWindows()
	rest := s.WithoutHeldOut(n)
	if n == 0 || rest.Windows() <= s.Unknowns() {
		return nil
	}
	if o.XNoise != nil {
		rep.heldOut(held, held.LossAt(o.XNoise.SolveWithout(s)))
		return nil
	}
	w, err := refit(ctx, rest, o)
	if err != nil {
		// The fit of all windows exists. Only an interruption ends this one
		// early.
		return ctx.Err()
	}
	sum := held.LossAt(w)
	rep.heldOut(held, sum)
	return nil
}

// heldOut sets the figures of held-out windows with Σr² = sum.
func (rep *Report) heldOut(held *normal.Equations, sum float64) {
	rep.HeldOut += held.OutputCount()
	rep.HeldOutRMS, rep.HeldOutR2 = Number(math.Ldexp(math.Sqrt(sum/held.Weight()), held.Layout().Spec.Units.Y)), Number(held.R2(sum))
}

func refit(ctx context.Context, s *normal.Equations, o Options) ([][]float64, error) {
	if o.Descent != nil {
		r, err := descent.Descend(ctx, s, *o.Descent, nil)
		return r.Unknowns, err
	}
	return solve.ConstrainedUnknowns(s, o.Shape)
}

// withhold leaves the standard errors out of the report of a descent that has not
// converged: they are those of the best fit, and its taps are elsewhere. Errors keeps
// them for comparing the kernel with others.
func (rep *Report) withhold(l train.Layout, se [][]float64) {
	unknown := make([][]float64, len(se))
	for o := range se {
		unknown[o] = make([]float64, len(se[o]))
		for i := range unknown[o] {
			unknown[o][i] = math.NaN()
		}
	}
	known := rep.Errors
	rep.errors(l, unknown)
	rep.Errors = known
}

// errors sets the standard errors in the forms of the report.
func (rep *Report) errors(l train.Layout, se [][]float64) {
	k := l.Kernel(se)
	rep.Errors = k.Taps
	rep.StandardError, rep.BiasStandardError = shaped(k), numbers(k.Bias)
}
