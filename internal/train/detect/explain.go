package detect

import (
	"context"
	"errors"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/intervals"
	"github.com/convkit/convkit/internal/train/solve"
)

// boundedMost is the number of unknowns up to which intervals are found: each takes two
// linear programs.
const boundedMost = 64

// Explain tests whether the first hypothesis explains Y: by a kernel that leaves every
// output within half a step. If so, that kernel becomes the best one. Otherwise it looks
// for a tone curve. step is the distance between the values of Y; 0 if the file does not
// say it.
//
// Values in linear RGB have no even steps, and are judged by their RMS residual.
func (d *Detection) Explain(ctx context.Context, inputs []train.Input, step float64) error {
	best := d.candidates[0]
	if !best.overdetermined() || isConstant(best.fit) {
		return nil
	}
	if !best.LinearRGB {
		if err := d.explainRounding(ctx, inputs, step); err != nil {
			return err
		}
	}
	if d.Explained(step) || best.R2 < nothingShare {
		return nil
	}
	var err error
	d.curve, err = toneCurve(inputs[0], step)
	return err
}

func (d *Detection) explainRounding(ctx context.Context, inputs []train.Input, step float64) error {
	best := d.candidates[0]
	o, ok := intervals.Options{Step: step}, true
	if step == 0 {
		if best.result.Loss <= explainedPart*explainedPart*best.fit.Energy() {
			return nil
		}
		var err error
		if o, ok, err = intervals.Grid(inputs); err != nil || !ok {
			return err
		}
	}
	spec := best.spec
	spec.Bias = best.Bias
	set, err := accumulate.Pairs(ctx, inputs, spec, accumulate.Options{})
	if err != nil {
		return err
	}
	o.Bounds = set.Layout().Unknowns() <= boundedMost
	fit, err := intervals.Solve(ctx, set, o)
	var not *intervals.NotApplicableError
	if errors.As(err, &not) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Rounding = fit
	if fit.Explained && best.Kernel == spec.Kernel { // else zeros stand around the kernel
		d.Fit, d.Best = set.Equations, solve.NewResult(set.Equations, fit.Unknowns, train.Sum)
		d.Whole = true
	}
	return nil
}

// Explained reports whether nothing but rounding remains of Y.
func (d *Detection) Explained(step float64) bool {
	best := d.candidates[0]
	if f := d.Rounding; f != nil && (f.Explained || step > 0) {
		return f.Explained
	}
	return best.unexplained(step, d.float32Step) == ""
}
