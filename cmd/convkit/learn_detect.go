package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/detect"
	"github.com/convkit/convkit/internal/train/solve"
)

// shownHypotheses is how many rows of the table there are without --verbose.
const shownHypotheses = 8

// runDetect finds out how Y was made of X, and writes the kernel for that.
func (l *learner) runDetect(ctx context.Context, inputs []train.Input) error {
	l.spec.Kernel = l.size
	if _, err := l.sizeOf(inputs[0], true); err != nil && l.spec.Channels != train.Mix {
		// The sizes need not fit the padding that was not given; a file that
		// cannot be read is met again.
		if code, _ := classify(err); code != exit.Data {
			return err
		}
	}
	l.extras = extrasOf(l.spec, l.planes)
	if err := l.checkExtras(l.extras); err != nil {
		return err
	}
	var d *detect.Detection
	err := l.timed("detect", func() error {
		good, err := l.without(ctx, inputs, func(inputs []train.Input) (err error) {
			d, err = detect.Detect(ctx, inputs, l.spec, l.repeatsLight())
			return err
		})
		inputs = good
		return err
	})
	var sizes *train.SizeError
	if errors.As(err, &sizes) {
		hint := "cut both so that they show the same scene; convkit align tells how they lie"
		if sizes.Larger {
			hint = sizes.Advice()
		}
		return &failure{code: exit.Data, err: err, hint: hint}
	}
	if err != nil {
		return err
	}
	if l.roundedBias(d) {
		d = d.WithoutBias()
		l.logVerbose("a bias of less than a quarter of Y's step, which rounding makes, is not counted")
	}
	if err := l.timed("intervals", func() error { return d.Explain(ctx, inputs, l.step()) }); err != nil {
		return asData(err)
	}
	best := d.Rows[0]
	l.spec.Bias, l.spec.Kernel, l.spec.Options = best.Bias, best.Kernel, best.Options
	result, options := placed(d)
	k := result.Kernel
	apart := "" // the bias, where it does not go with the kernel
	if len(k.Bias) == 1 && !l.toStdout() && l.format != "json" {
		apart = strconv.FormatFloat(k.Bias[0], 'g', -1, 64)
		k.Bias = nil
	}
	l.extras.bias = best.Bias && apart == ""
	if !l.quiet {
		l.printDetection(d, options, apart)
	}
	if err := l.checkExtras(l.extras); err != nil {
		return err
	}
	if apart != "" {
		l.warn("%s holds no bias: give --bias %s to convkit corr, or write the kernel to a .json file, which holds both", l.output, apart)
	}
	if best.LinearRGB {
		l.steps = map[float64]bool{0: true} // what is even in stored values is not so in light
	}
	if d.Whole || d.Rounding != nil && !d.Rounding.Explained {
		l.intervalsFit = d.Rounding
	}
	l.padding = padsOf(d)
	if err := l.gatherDetected(ctx, inputs, d); err != nil {
		return err
	}
	return l.finish(ctx, d.Fit, d.Best, k)
}

// gatherDetected sums the pairs for the fit that was found, whose report needs their
// residuals. Those in linear RGB are not tested.
func (l *learner) gatherDetected(ctx context.Context, inputs []train.Input, d *detect.Detection) (err error) {
	if l.quiet && !l.wantsReport() || d.Rows[0].LinearRGB {
		return nil
	}
	l.set, err = accumulate.Pairs(ctx, inputs, d.Fit.Layout().Spec, accumulate.Options{})
	return asData(err)
}

// repeatsLight reports whether corr can compute in linear light: with pictures only.
func (l *learner) repeatsLight() bool { return !l.numbers }

// kernelPads is the rows above and columns left of a kernel that stand for a shift, and
// as many below and to the right.
type kernelPads struct{ rows, columns, down, right int }

// padsOf returns the zeros by which a kernel found off its usual place gets there.
func padsOf(d *detect.Detection) kernelPads {
	h := d.Rows[0]
	return kernelPads{abs(h.ShiftY), abs(h.ShiftX), h.ShiftY, h.ShiftX}
}

// roundedBias reports whether a bias was found that rounding Y explains: where
// neighbours are rounded alike, as in flat skies, errors do not average out.
func (l *learner) roundedBias(d *detect.Detection) bool {
	step := d.Step(l.step())
	for _, b := range d.Best.Kernel.Bias {
		if math.Abs(b) >= step/4 {
			return false
		}
	}
	return step > 0 && len(d.Best.Kernel.Bias) > 0
}

// printDetection is the table of hypotheses, how sure the first is, and how its
// kernel is used: with a bias, where that is not in its file.
func (l *learner) printDetection(d *detect.Detection, o corr.Options, bias string) {
	explained := d.Explained(l.step())
	against := "odds against"
	if !explained {
		against = "" // odds among wrong candidates say nothing
	}
	fmt.Fprintf(l.stderr, "how Y was made of X, best first:\n%12s  %-14s %s\n", "RMS residual", against, "by")
	for i, h := range d.Rows {
		if i == shownHypotheses && !l.verbose {
			fmt.Fprintf(l.stderr, "  … %d more (--verbose)\n", len(d.Rows)-i)
			break
		}
		if explained {
			against = odds(h.Score - d.Rows[0].Score)
		}
		fmt.Fprintf(l.stderr, "%12.6g  %-14s %v\n", h.RMS, against, h)
	}
	for _, line := range d.Confidence(l.step()) {
		fmt.Fprintln(l.stderr, line)
	}
	use := "convkit corr X -k KERNEL --padding " + o.Padding.String()
	if o.Padding.Mode != corr.Valid {
		use += " --border " + o.Border.String()
	}
	one := corr.Size{H: 1, W: 1}
	if o.Stride != one && o.Stride != (corr.Size{}) {
		use += " --stride " + o.Stride.String()
	}
	if o.Dilation != one && o.Dilation != (corr.Size{}) {
		use += " --dilation " + o.Dilation.String()
	}
	if bias != "" {
		use += " --bias " + bias
	}
	if d.Rows[0].LinearRGB {
		use += " --linear"
	}
	makes := "makes Y of X"
	if !explained {
		makes = "comes nearest to Y"
	}
	fmt.Fprintf(l.stderr, "%s %s\n", use, makes)
}

// odds is what a difference of two scores says against the worse, as 1 to so
// many.
func odds(difference float64) string {
	switch digits := difference / 2 / math.Ln10; {
	case digits < 0.005:
		return "-"
	case digits < 6:
		return fmt.Sprintf("%.3g to 1", math.Pow(10, digits))
	default:
		return fmt.Sprintf("10^%.0f to 1", digits)
	}
}

// placed is the best fit as convkit corr can use it: where the kernel was found
// off its usual place, zeros around it bring it there.
func placed(d *detect.Detection) (solve.Result, corr.Options) {
	r, h := d.Best, d.Rows[0]
	up, left := abs(h.ShiftY), abs(h.ShiftX)
	if up == 0 && left == 0 {
		return r, h.Options
	}
	k := r.Kernel
	wide := tensor.Kernel{Mixes: k.Mixes, Out: k.Out, In: k.In, H: k.H + 2*up, W: k.W + 2*left, Bias: k.Bias}
	wide.Taps = make([]float64, wide.Out*wide.In*wide.H*wide.W)
	for p := range k.Out * k.In {
		for u := range k.H {
			for v := range k.W {
				wide.Taps[(p*wide.H+u+up+h.ShiftY)*wide.W+v+left+h.ShiftX] = k.Taps[(p*k.H+u)*k.W+v]
			}
		}
	}
	r.Kernel = wide
	return r, h.Options
}

func abs(v int) int { return max(v, -v) }
