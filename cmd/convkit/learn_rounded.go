package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/intervals"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
)

// roundedUse is what --rounded says.
type roundedUse int

const (
	roundedAuto roundedUse = iota
	roundedOn
	roundedOff
)

var roundedWords = []string{autoWord, "on", "off"}

func parseRounded(s string) (roundedUse, error) { return enum.Parse[roundedUse](s, roundedWords) }

// String returns the word.
func (r roundedUse) String() string { return roundedWords[r] }

const (
	// roundedMost is the number of unknowns of one output up to which --rounded auto fits
	// by intervals. The two linear programs for each unknown take about a second of one
	// processor at 7x7, and ten at 9x9.
	roundedMost = 64
	// exactShare is the RMS residual, as a share of Y's, below which Y was not rounded:
	// least squares finds an exact kernel.
	exactShare = 1e-12
)

// checkRounded refuses what does not go with a fit by intervals.
func (l *learnCheck) checkRounded() error {
	if l.rounded != roundedOn {
		return nil
	}
	for _, name := range []string{"robust", "ridge", "smooth", "sum", "nonnegative", "symmetric", "variance", "weights", "x-noise"} {
		if l.given(name) {
			return usage("leave one of them out", "--rounded on and --%s do not go together", name)
		}
	}
	if l.chosen.solver.Optimizer != descent.Exact {
		return usage("leave the flags of descent out", "--rounded on is solved exactly, and a descent is asked for")
	}
	return nil
}

// mayRound reports whether a fit by intervals may follow that of least squares.
func (l *learner) mayRound() bool {
	return l.rounded != roundedOff && l.descent.Optimizer == descent.Exact && l.robust == robust.None && l.constraints.None() &&
		!l.xNoise.any() && !l.absolute() && l.weights == ""
}

// fitRounded fits by intervals, if Y is rounded. Otherwise the best fit stays as it is.
func (l *learner) fitRounded(ctx context.Context, set *accumulate.Set, best solve.Result) (solve.Result, error) {
	if !l.mayRound() {
		return best, nil
	}
	exact := set.LossAt(best.Unknowns) <= exactShare*exactShare*set.Energy()
	o, ok := intervals.Options{Step: l.step()}, true
	if o.Step == 0 {
		if exact || len(l.steps) != 1 { // pairs with different steps have none
			return best, nil
		}
		var err error
		if o, ok, err = intervals.Grid(set.Inputs); err != nil {
			return best, err
		}
	}
	switch n := set.Layout().Unknowns(); {
	case !ok && l.rounded == roundedOn:
		l.warn("--rounded on: the values of Y lie on no grid, so the fit is least squares")
		return best, nil
	case !ok:
		return best, nil
	case l.rounded == roundedAuto && n > roundedMost:
		l.note("the kernel has %d unknowns, so the rounding of Y counts as independent noise. --rounded on fits by intervals, which takes longer", n)
		return best, nil
	}
	o.Bounds = !l.quiet || l.wantsReport()
	fit, err := l.intervals(ctx, set, o)
	var not *intervals.NotApplicableError
	switch {
	case errors.As(err, &not):
		if l.rounded == roundedOn {
			l.warn("%v", not)
		}
		return best, nil
	case err != nil:
		return best, err
	}
	l.logVerbose("rounding: largest residual %.4g steps, %d windows left out, %s of the images", fit.Residual, fit.LeftOut, train.Plural(fit.Passes, "reading"))
	l.intervalsFit = fit
	if !fit.Explained {
		if l.rounded == roundedOn {
			l.warn("--rounded on: no kernel of this size explains Y by rounding, so the fit is least squares")
		}
		return best, nil
	}
	return solve.NewResult(set.Equations, fit.Unknowns, l.descent.Loss), nil
}

// intervals fits by intervals. Outputs at the end of their range count in full, as they
// do for least squares, unless no kernel explains them.
func (l *learner) intervals(ctx context.Context, set *accumulate.Set, o intervals.Options) (fit *intervals.Fit, err error) {
	err = l.timed("intervals", func() error {
		if fit, err = intervals.Solve(ctx, set, o); err != nil || fit.Explained || set.Kept == 0 {
			return err
		}
		if len(l.clips) != 1 {
			return nil
		}
		for r := range l.clips {
			o.Clip = &r
		}
		fit, err = intervals.Solve(ctx, set, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("fit by intervals: %w", err)
	}
	return fit, nil
}
