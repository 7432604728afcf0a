package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/detect"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
)

// chooseSize finds the size of the kernel by held-out error.
func (l *learner) chooseSize(ctx context.Context, inputs []train.Input) ([]train.Input, error) {
	defer l.beat("sizes")()
	var size corr.Size
	var trials []detect.SizeTrial
	inputs, err := l.without(ctx, inputs, func(inputs []train.Input) (err error) {
		size, trials, err = detect.ChooseSize(ctx, inputs, l.spec)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.spec.Kernel = size
	if l.robust != robust.None && len(trials) > 0 {
		l.warn("outliers may mislead the search for the size, which uses plain least squares even with --robust: give --kernel-size if you know it")
	}
	for _, t := range trials {
		if t.Kernel == size {
			l.sizeRMS = t.HeldOutRMS
		}
	}
	if l.quiet {
		return inputs, nil
	}
	if len(trials) == 0 {
		l.note("the sizes of X and Y give a kernel of %v", size)
		return inputs, nil
	}
	if slices.ContainsFunc(trials, func(t detect.SizeTrial) bool { return t.Ring != nil }) {
		l.tellPeeled(size, trials)
		return inputs, nil
	}
	slices.SortStableFunc(trials, func(a, b detect.SizeTrial) int { return compare(a.Score, b.Score) })
	l.note("kernel size %v has the smallest held-out error of %d sizes tried, with a penalty for each tap", size, len(trials))
	fmt.Fprintf(l.stderr, "  %-8s %12s %14s\n", "size", "held-out RMS", "worse by")
	for i, t := range trials {
		if i == 5 && !l.verbose {
			fmt.Fprintf(l.stderr, "  … %d more (--verbose)\n", len(trials)-i)
			break
		}
		fmt.Fprintf(l.stderr, "  %-8v %12.6g %14s\n", t.Kernel, t.HeldOutRMS, odds(t.Score-trials[0].Score))
	}
	if largest := detect.LargestTried(trials); l.spec.Options.Padding.Mode == corr.Same && (size.H == largest.H || size.W == largest.W) {
		l.note("no larger size was tried: give --kernel-size if you know that the kernel is larger")
	}
	return inputs, nil
}

// tellPeeled writes the size that is left of a larger kernel, and why neither more nor
// fewer taps.
func (l *learner) tellPeeled(size corr.Size, trials []detect.SizeTrial) {
	l.note("kernel size %v: taps beyond it are zero within their errors, and those at its edge are not", size)
	fmt.Fprintf(l.stderr, "  %-8s %12s\n", "size", "held-out RMS")
	for _, t := range trials {
		why := "chosen"
		if r := t.Ring; r != nil {
			line := "column"
			if r.Row {
				line = "row"
			}
			p := fmt.Sprintf("p %.2g", r.P)
			if r.P < 1e-15 {
				p = "p below 1e-15"
			}
			why = fmt.Sprintf("its outer %s of %s is zero: F %.3g, %s", line, train.Plural(r.Taps, "tap"), r.F, p)
			if !r.Zero() {
				why = fmt.Sprintf("an outer %s of %v is missing, %s that are not zero: F %.3g, %s", line, r.Outside, train.Plural(r.Taps, "tap"), r.F, p)
			}
		}
		fmt.Fprintf(l.stderr, "  %-8v %12.6g   %s\n", t.Kernel, t.HeldOutRMS, why)
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// checkBorder tells where the size was found from what sees no border, and the fit
// of all leaves much more: the border is then not what was given.
func (l *learner) checkBorder(s *normal.Equations, r solve.Result) {
	if l.sizeRMS == 0 || !l.constraints.None() || l.robust != robust.None {
		return
	}
	n := float64(s.Windows())
	rms := math.Sqrt(r.Best / n)
	if l.descent.Loss == train.Mean {
		rms = math.Sqrt(r.Best)
	}
	if rms > elsewhere*l.sizeRMS && rms > negligibleRMS*math.Sqrt(s.Energy()/n) {
		l.note("the RMS residual is %.4g away from the borders and %.4g for all of Y: Y was probably not made with --border %v; --detect finds the border", l.sizeRMS, rms, l.spec.Options.Border)
	}
}

const (
	elsewhere     = 2    // times as large is a residual that says something else
	negligibleRMS = 1e-6 // of Y's size is a residual that says nothing
)
