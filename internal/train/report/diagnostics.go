package report

import (
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/xnoise"
)

// widen adds the tests of the residuals, and makes the standard errors those that they
// call for. The constraints of o are in the units of the equations.
func (rep *Report) widen(s *normal.Equations, r solve.Result, o Options, se [][]float64) ([][]float64, error) {
	rep.ErrorKind, rep.Diagnostics = diagnose.Independent.String(), []diagnose.Test{}
	if r.Robust != nil {
		rep.ErrorKind = "robust"
	}
	f := o.Findings
	if f != nil && f.Tests != nil {
		rep.Diagnostics = f.Tests
	}
	if o.interval() {
		rep.ErrorKind = "interval"
		return halfWidths(o.Rounded), nil
	}
	if x := o.XNoise; x != nil {
		rep.ErrorKind, rep.XNoise = "x_noise", xnoise.NewReport(x, o.Estimated)
		rep.Undetermined = append(rep.Undetermined, rep.XNoise.Words(s.Layout())...)
		return x.Errors, nil
	}
	free := float64(s.OutputCount() - r.Rank)
	if f != nil && r.Robust != nil && f.Errors == diagnose.Auto && diagnose.Fails(f.Tests, diagnose.JPEG) {
		rep.ErrorKind = f.Widen(se, nil, free)
	}
	if r.Robust != nil || f == nil {
		return se, nil
	}
	var blocks [][]float64
	if f.Meat != nil {
		var err error
		if blocks, err = solve.SandwichErrors(s, r, o.Shape, f.Meat); err != nil {
			return nil, err
		}
	}
	rep.ErrorKind = f.Widen(se, blocks, free)
	return se, nil
}

// assumption says what the standard errors allow for.
func (rep *Report) assumption() string {
	switch rep.ErrorKind {
	case "sandwich":
		return " (noise may differ over the field, and be correlated over a short distance)"
	case "interval":
		return " (half the interval that rounding leaves each tap)"
	case "x_noise":
		return " (with the noise of X)"
	case "jpeg":
		return " (with the loss of JPEG, which follows the picture)"
	}
	return ""
}
