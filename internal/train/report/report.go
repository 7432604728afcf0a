// Package report says how good a fit is and how certain its taps are, as numbers for
// JSON and as lines of text.
package report

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Report says how good a fit is and how surely it is known.
type Report struct {
	Windows    int    `json:"windows"` // outputs that were compared
	Loss       Number `json:"loss"`    // as asked for: sum or mean
	RMS        Number `json:"rms"`     // of the residuals
	R2         Number `json:"r2"`      // 1 − Σr²/Σ(y−mean)²
	HeldOutRMS Number `json:"heldout_rms"`
	HeldOutR2  Number `json:"heldout_r2"`
	HeldOut    int    `json:"heldout_windows"`

	// StandardError is shaped like the kernel: rank 2, or 4 where it mixes
	// channels. null marks taps that the images do not determine, and taps that
	// what is known of the kernel holds, as at zero by NonNegative: they cannot
	// vary, and the errors of the others are those of a fit without them. All
	// rest on outputs whose errors are independent and of one variance (after
	// Robust: independent).
	StandardError any `json:"standard_error"`
	// BiasStandardError is a number, or one for each output channel; null
	// without a bias.
	BiasStandardError any `json:"bias_standard_error"`

	Condition Number `json:"condition"` // λmax/λmin of G; infinite where it is singular
	Rank      int    `json:"rank"`
	Unknowns  int    `json:"unknowns"`
	// StableLR is the StableRate of the descent, with its loss, optimiser and
	// momentum, and that of gd where the fit was exact. Infinite, null in JSON,
	// for Adam, which has no limit, and for an input of zeros.
	StableLR Number `json:"stable_lr"`

	// RoundingFloor is 1/√12 of Y's step, the RMS that rounding Y alone
	// leaves; NaN where Y was not rounded.
	RoundingFloor Number           `json:"rounding_floor"`
	Robust        *solve.RobustFit `json:"robust,omitempty"`
	// Background is that of the Result, in units of Y: a list for each output
	// channel. Basis says of what they are the coefficients.
	Background [][]float64  `json:"background,omitempty"`
	Basis      *train.Basis `json:"background_basis,omitempty"`

	// Descent is how far a descent came; nil for an exact fit.
	Descent *Descent `json:"descent,omitempty"`

	LeftOut      train.Counts `json:"outputs"`
	Undetermined []string     `json:"undetermined,omitempty"`
	// LooksLike is for the caller to fill; nil where it would say nothing.
	LooksLike *string `json:"looks_like"`

	// Errors are the standard errors of the kernel's taps in the order of
	// Kernel.Taps; +Inf marks the undetermined, NaN those that are held.
	Errors []float64 `json:"-"`

	limited descent.Optimizer // what StableLR is for
	shrunk  bool              // the taps are drawn to zero or to each other
}

// ReportOptions say how the result was found, so that the same can be done
// without the held-out windows.
type Options struct {
	Loss    train.Loss
	Shape   solve.Constraints
	Descent *descent.Descent // nil: Solve or SolveShaped
	Quantum float64          // step between the values of Y; 0: they are not rounded
}

// limited is the descent whose largest stable rate is of interest.
func (o Options) limited() descent.Descent {
	d := descent.Descent{}
	if o.Descent != nil && o.Descent.Optimizer != descent.Exact {
		d = *o.Descent
	}
	d.Loss = o.Loss
	return d
}

// Report describes a result of Solve, SolveShaped, SolveRobust or Descend. The
// held-out figures are those of a second fit in the same way that has not seen
// the held-out tenth of the windows, on that tenth. They are unknown where there
// are fewer than four rows of outputs. Loss, RMS, R² and the held-out figures of a
// robust fit are those of its inliers, the windows within 4.685 σ.
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
	o.Shape = o.Shape.InUnits(s.Layout().Spec.Units)
	shape := o.Shape
	rep.shrunk = o.Descent == nil && (shape.Ridge > 0 || shape.Smooth > 0)
	se, err := solve.StandardErrors(s, r, shape)
	if err != nil {
		return nil, err
	}
	rep.errors(s.Layout(), se)
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

// heldOut fits the rest and measures it on what was held out.
func setHeldOut(ctx context.Context, s *normal.Equations, rep *Report, o Options) error {
	held := s.HeldOutPart()
	n := s.HeldOutWindows()
	rest := s.WithoutHeldOut(n)
	if n == 0 || rest.Windows() <= s.Unknowns() {
		return nil
	}
	w, err := refit(ctx, rest, o)
	if err != nil {
		// The fit of all windows is there; the one of nine tenths did not
		// get as far, which only an interruption may end.
		return ctx.Err()
	}
	sum := held.LossAt(w)
	rep.heldOut(held, sum)
	return nil
}

// heldOut sets the figures of held-out windows of a residual Σr² = sum.
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

// errors sets the standard errors in the forms of the report.
func (rep *Report) errors(l train.Layout, se [][]float64) {
	k := l.Kernel(se)
	rep.Errors = k.Taps
	at := 0
	matrix := func() [][]Number {
		rows := make([][]Number, k.H)
		for u := range rows {
			for range k.W {
				rows[u] = append(rows[u], Number(k.Taps[at]))
				at++
			}
		}
		return rows
	}
	if !k.Mixes {
		rep.StandardError = matrix()
	} else {
		outs := make([][][][]Number, k.Out)
		for o := range outs {
			for range k.In {
				outs[o] = append(outs[o], matrix())
			}
		}
		rep.StandardError = outs
	}
	switch len(k.Bias) {
	case 0:
	case 1:
		rep.BiasStandardError = Number(k.Bias[0])
	default:
		var list []Number
		for _, b := range k.Bias {
			list = append(list, Number(b))
		}
		rep.BiasStandardError = list
	}
}
