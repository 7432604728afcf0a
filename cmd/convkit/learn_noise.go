package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/heldout"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/xnoise"
)

// pixelNoise is what --x-noise says. The zero value corrects nothing.
type pixelNoise struct {
	auto  bool
	sigma float64 // 0: not given
	file  string  // a map of σ; "": none
}

func (n pixelNoise) any() bool { return n != pixelNoise{} }

func parsePixelNoise(s string) (pixelNoise, error) {
	word := strings.TrimSpace(s)
	switch strings.ToLower(word) {
	case "", "none":
		return pixelNoise{}, nil
	case autoWord:
		return pixelNoise{auto: true}, nil
	}
	if v, err := strconv.ParseFloat(word, 64); err == nil {
		if !(v > 0) || math.IsInf(v, 0) {
			return pixelNoise{}, fmt.Errorf("%q: the noise of X is a positive number, a file, auto or none", s)
		}
		return pixelNoise{sigma: v}, nil
	}
	return pixelNoise{file: s}, nil
}

// namesNoise reports whether a value of --x-noise is a file.
func namesNoise(s string) bool {
	n, err := parsePixelNoise(s)
	return err == nil && n.file != ""
}

// checkNoise refuses what does not go with a correction for the noise of X.
func (l *learnCheck) checkNoise() error {
	if !l.xNoise.any() {
		return nil
	}
	for _, name := range []string{"robust", "ridge", "smooth", "sum", "nonnegative", "symmetric", "detect", "vary"} {
		if l.given(name) {
			return usage("leave one of them out", "--x-noise and --%s do not go together", name)
		}
	}
	switch {
	case l.chosen.solver.Optimizer != descent.Exact:
		return usage("leave the flags of descent out", "--x-noise is solved exactly, and a descent is asked for")
	case l.xNoise.file != "" && (l.chosen.source == fromList || l.chosen.source == fromFolders):
		return usage("give a number, or auto", "a map of --x-noise is for one pair")
	case l.xNoise.file != "" && l.align:
		return usage("give a number, or auto", "a map of --x-noise and --align do not go together")
	}
	return nil
}

// readNoise adds what is known of the noise of X to a pair.
func (l *learner) readNoise(ctx context.Context, p *train.Pair) error {
	switch n := l.xNoise; {
	case n.sigma > 0:
		p.XVariances = train.Constant(p.X.Shape(), n.sigma*n.sigma)
	case n.file != "":
		m, err := l.readMap(ctx, "x-noise", n.file, p.X.Shape())
		if err != nil {
			return err
		}
		p.XVariances = squares{m}
	}
	return nil
}

// squares has the squares of the values of a map.
type squares struct{ tensor.Source[float64] }

func (m squares) Row(p, y int, buf []float64) ([]float64, error) {
	row, err := m.Source.Row(p, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:len(row)]
	for i, v := range row {
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil, badData("give numbers from 0 on", "--x-noise is %v at row %d, column %d", v, y, i)
		}
		buf[i] = v * v
	}
	return buf, nil
}

// fitNoisy is the fit corrected for the noise of X.
func (l *learner) fitNoisy(ctx context.Context, set *accumulate.Set) (solve.Result, error) {
	plain := solve.LeastSquares(set.Equations, l.descent.Loss)
	var err error
	if l.xNoise.auto {
		l.noisy, err = l.estimateNoise(ctx, set, plain)
		if err == nil && l.noisy == nil {
			l.note("--x-noise auto: the residuals show no noise in X that matters, and nothing is corrected")
		}
	} else {
		l.noisy, err = xnoise.Solve(ctx, set)
	}
	if err != nil || l.noisy == nil {
		return plain, err
	}
	return l.noisy.Result(set.Equations, l.descent.Loss), nil
}

func (l *learner) estimateNoise(ctx context.Context, set *accumulate.Set, plain solve.Result) (*xnoise.Fit, error) {
	se, err := solve.StandardErrors(set.Equations, plain, solve.Constraints{}, false)
	if err != nil {
		return nil, err
	}
	known := l.steppedBy()
	known.Noisy = true
	c, err := xnoise.Examine(ctx, set, plain.Unknowns, se, known)
	if err != nil {
		return nil, err
	}
	return xnoise.Auto(ctx, set, c, known)
}

// steppedBy returns the steps between the values of X and Y.
func (l *learner) steppedBy() xnoise.Known { return xnoise.Known{StepX: l.stepX, StepY: l.step()} }

// noteStep remembers the least step between the values of X.
func (l *learner) noteStep(x *imageio.Image) {
	if s := x.Step(); l.stepX == 0 || s < l.stepX {
		l.stepX = s
	}
}

// examine tests the residuals of a result, for its report, and sums held-out windows.
func (l *learner) examine(ctx context.Context, s *normal.Equations, r solve.Result, o *report.Options) (err error) {
	if l.set == nil {
		return nil
	}
	var also accumulate.Observers
	held := heldout.New(l.set, r.Unknowns)
	if r.Robust != nil { // which has measured its held-out windows
		held = nil
	}
	if held != nil {
		also = append(also, held)
	}
	if report.Shortfall(s, r, *o) == "" {
		o.Findings, err = l.test(ctx, r, o, also)
	} else if held != nil {
		_, err = l.set.Scan(ctx, accumulate.Request{Origin: r.Unknowns, Observer: held, LossOnly: true})
	}
	if err == nil && held != nil {
		held.Apply(s)
	}
	return err
}

// test tests the residuals of a result, and shows them to others.
func (l *learner) test(ctx context.Context, r solve.Result, o *report.Options, also accumulate.Observers) (*diagnose.Findings, error) {
	d := diagnose.Options{Vary: true, Weighted: l.absolute() || l.weights != ""}
	if r.Robust != nil {
		d.Outlier = robust.OutlierFrom * math.Ldexp(r.Robust.Scale, -l.set.Layout().Spec.Units.Y)
	}
	errors := l.errors
	if o.XNoise = l.noisy; l.noisy != nil {
		o.Estimated, errors, d.NoisyX = l.xNoise.auto, diagnose.Independent, true
	}
	switch rounding := o.Rounded != nil && o.Rounded.Explained; {
	case rounding: // the errors are intervals
		errors = diagnose.Independent
	case l.noisy == nil && r.Robust == nil:
		l.lags = xnoise.NewLags()
		also = append(also, l.lags)
	}
	if also != nil {
		d.Also = also
	}
	return diagnose.Examine(ctx, l.set, r.Unknowns, errors, d)
}

// checkNoise looks for noise of X in a fit that ignores it. The loss of JPEG looks alike.
func (l *learner) checkNoise(r solve.Result, rep *report.Report) (err error) {
	if l.lags == nil || len(rep.Diagnostics) == 0 || diagnose.Fails(rep.Diagnostics, diagnose.JPEG) {
		return nil
	}
	rep.XNoise = &xnoise.Report{}
	rep.XNoise.Check, err = l.lags.Judge(l.set, r.Unknowns, rep.UnknownErrors, l.steppedBy())
	return err
}

// warnResiduals tells which assumptions of the errors do not hold.
func (l *learner) warnResiduals(rep *report.Report) {
	if rep.ErrorKind == "interval" {
		return // rounding explains the residuals
	}
	failed := diagnose.Failed(rep.Diagnostics)
	if x := rep.XNoise; x != nil && !diagnose.Fails(failed, diagnose.Border) {
		switch text, sure := x.Check.Warning(); {
		case sure:
			l.warn("%s", text)
			failed = slices.DeleteFunc(failed, func(t diagnose.Test) bool { return t.Name == diagnose.Correlation })
		case text != "" && failed == nil:
			l.note("%s", text)
		}
	}
	switch {
	case diagnose.Fails(failed, diagnose.Border): // the others follow from it
		failed = failed[:1]
	case diagnose.Fails(failed, diagnose.JPEG): // which makes neighbours correlate
		failed = slices.DeleteFunc(failed, func(t diagnose.Test) bool { return t.Name == diagnose.Correlation })
	}
	for _, t := range failed {
		l.warn("%s: %s", t.Finding, t.Remedy)
	}
}
