package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/predict"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/vary"
	"github.com/convkit/convkit/internal/varying"
)

// varyOptions say how a kernel varies over the field.
type varyOptions struct {
	degree  int
	freeSum bool // of the taps
	// autoSmooth: the data choose the smoothness of the taps.
	autoSmooth bool
}

// varySumNames are the words of --vary-sum.
var varySumNames = []string{"constant", "free"}

// checkVary refuses what does not go with a kernel that varies.
func (l *learnCheck) checkVary() error {
	if l.vary == nil {
		if l.given("vary-sum") {
			return usage("add --vary N", "--vary-sum is for a kernel that varies")
		}
		return nil
	}
	for _, name := range []string{"pairs", "detect", "nonnegative", "symmetric", "sum", "log", "x-noise", "init", "errors", "rounded"} {
		if l.given(name) {
			return usage("leave one of them out", "--vary and --%s do not go together", name)
		}
	}
	one := corr.Size{H: 1, W: 1}
	for _, s := range []corr.Size{l.geometry.Stride, l.geometry.Dilation} {
		if s != one && s != (corr.Size{}) {
			return usage("leave --stride and --dilation out", "--vary needs stride and dilation 1")
		}
	}
	switch {
	case l.chosen.solver.Optimizer != descent.Exact:
		return usage("leave the flags of a descent out", "--vary is solved exactly")
	case l.size.auto && l.given("kernel-size"):
		return usage("give its size in numbers", "--vary needs a --kernel-size")
	case l.chosen.source == fromFolders:
		return usage("give two images", "--vary takes one pair")
	case l.chosen.channelsMixOrSeparate():
		return usage("leave --channels out, or give shared", "--vary learns one kernel for one plane")
	}
	return nil
}

// channelsMixOrSeparate reports whether planes have kernels of their own.
func (o *learnOptions) channelsMixOrSeparate() bool {
	return !o.channelsFound && o.task.Channels != train.Shared
}

// varyReport is the report of a kernel that varies, as JSON.
type varyReport struct {
	Windows       train.Counts  `json:"windows"`
	Degree        int           `json:"vary"`
	Sum           string        `json:"vary_sum"`
	Unknowns      int           `json:"unknowns"`
	Loss          float64       `json:"loss"`
	RMS           float64       `json:"rms"`
	R2            *float64      `json:"r2"`
	Chi2          *float64      `json:"reduced_chi2,omitempty"`
	StandardError [][][]float64 `json:"standard_error"`
	Background    []float64     `json:"background,omitempty"`
	Basis         *train.Basis  `json:"background_basis,omitempty"`
	Robust        *robustWords  `json:"robust,omitempty"`
	Smooth        []float64     `json:"smooth,omitempty"`
	Noise         *countReport  `json:"noise,omitempty"`
	PSF           []*psfReport  `json:"psf,omitempty"`
	Readings      int           `json:"readings"`
	Moved         float64       `json:"moved"` // the last step, as a share of the largest tap
	Undetermined  bool          `json:"undetermined"`
}

type robustWords struct {
	Kind     string  `json:"kind"`
	Scale    float64 `json:"scale"`
	Outliers int     `json:"outliers"`
}

// runVary fits a kernel that varies to the only pair.
func (l *learner) runVary(ctx context.Context, in train.Input) error {
	pair, done, err := in.Open()
	if err != nil {
		return in.Wrap(asData(err))
	}
	defer done()
	r, k, err := l.fitVary(ctx, pair)
	if err != nil {
		return err
	}
	if err := l.writeVarying(k); err != nil {
		return err
	}
	if err := l.writeVaryImages(ctx, r, k); err != nil {
		return err
	}
	rep := l.reportOf(r)
	if !l.quiet {
		l.printVary(r, rep)
	}
	if l.reportFile != "" {
		err := l.files.Write(l.reportFile, func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(rep)
		})
		if err != nil {
			return err
		}
	}
	return l.files.Commit()
}

// fitVary fits a kernel that varies. It returns the fit, and the kernel that is written.
func (l *learner) fitVary(ctx context.Context, pair train.Pair) (r *vary.Result, k *varying.Kernel, err error) {
	s := vary.Spec{Spec: l.spec, Degree: l.vary.degree, ConstantSum: !l.vary.freeSum, Ridge: l.constraints.Ridge, Smooth: l.constraints.Smooth, Robust: l.robust, Absolute: l.absolute(), Settled: l.settled, AutoSmooth: l.vary.autoSmooth}
	meter := l.newMeter("varying kernel", 1)
	err = l.timed("fit", func() (err error) {
		r, err = vary.Fit(ctx, pair, s, meter.set)
		return err
	})
	meter.end()
	if err != nil {
		return nil, nil, asData(err)
	}
	k = kernelOf(r, l.spec)
	if !k.Finite() {
		return nil, nil, badData("the values, or --ridge or --smooth, are too large or too small for float64: scale them", "the kernel is not finite and was not written")
	}
	return r, k, nil
}

// writeVaryImages writes the images of a fit, and the covariance.
func (l *learner) writeVaryImages(ctx context.Context, r *vary.Result, k *varying.Kernel) error {
	m := l.modelOf(tensor.Kernel{}, nil)
	if m.Varying = k; l.spec.Background > 0 {
		m.Background = [][]float64{r.Background}
	}
	if err := l.writeImages(ctx, m, r.Counts); err != nil {
		return err
	}
	if l.images.covariance == "" {
		return nil
	}
	c := r.Covariance
	if l.spec.Options.Convolve {
		c = predict.Flipped(c, r.Unknowns(), slices.Repeat([]int{k.H * k.W}, len(k.Taps)))
	}
	return l.writeCovariance(r.Unknowns(), c)
}

// kernelOf is the kernel that is written: with --convolve the one to convolve with.
func kernelOf(r *vary.Result, s train.Spec) *varying.Kernel {
	k := &varying.Kernel{Field: r.Field, H: r.Kernel.H, W: r.Kernel.W, Taps: r.Taps}
	if len(r.Background) > 0 {
		k.Bias, k.Background, k.BackgroundDegree = &r.Background[0], r.Background, s.Background
	}
	if s.Options.Convolve {
		k = k.Flip()
	}
	return k
}

func (l *learner) writeVarying(k *varying.Kernel) error {
	if l.toStdout() {
		return varying.Encode(l.stdout, k)
	}
	return l.files.Write(l.output, func(w io.Writer) error { return varying.Encode(w, k) })
}

func (l *learner) reportOf(r *vary.Result) *varyReport {
	rep := &varyReport{
		Windows: r.Counts, Degree: r.Field.Degree, Sum: varySumNames[0], Unknowns: r.Unknowns(), Loss: r.Loss, RMS: math.Sqrt(r.Loss / r.Weight),
		Readings: r.Readings, Moved: r.Moved, Undetermined: r.Undetermined, Background: r.Background,
		Noise: l.countNoise, Smooth: r.Smooth,
	}
	if l.psf {
		rep.PSF = l.psfOfVarying(r)
	}
	if l.vary.freeSum {
		rep.Sum = varySumNames[1]
	}
	if !math.IsNaN(r.R2) && !math.IsInf(r.R2, 0) {
		rep.R2 = &r.R2
	}
	if l.absolute() {
		rep.Chi2 = &r.ReducedChi2
	}
	if len(r.Background) > 0 {
		rep.Basis = train.NewBasis(l.spec.Background)
	}
	if l.robust != robust.None {
		rep.Robust = &robustWords{l.robust.String(), r.Scale, r.Outliers}
	}
	for _, e := range r.Errors {
		if e = slices.Clone(e); l.spec.Options.Convolve {
			slices.Reverse(e)
		}
		rep.StandardError = append(rep.StandardError, slices.Collect(slices.Chunk(e, r.Kernel.W)))
	}
	return rep
}

// printVary is the report in words.
func (l *learner) printVary(r *vary.Result, rep *varyReport) {
	say := func(format string, args ...any) { fmt.Fprintf(l.stderr, format+"\n", args...) }
	sum := "its sum is the same everywhere"
	if l.vary.freeSum {
		sum = "its sum varies, too"
	}
	say("the kernel varies: %s of degree %d over %dx%d outputs; %s", train.Plural(r.Field.Terms(), "polynomial"), r.Field.Degree, r.Field.H, r.Field.W, sum)
	line := fmt.Sprintf("RMS %.4g over %d of %d outputs, %d unknowns", rep.RMS, r.Counts.Used-r.Outliers, r.Counts.Total(), rep.Unknowns)
	if rep.R2 != nil {
		line += fmt.Sprintf(", R² %.9g", *rep.R2)
	}
	if rep.Chi2 != nil {
		line += fmt.Sprintf(", χ²/N %.4g", *rep.Chi2)
	}
	say("%s", line)
	if len(r.Smooth) > 0 {
		say("%s", smoothWords(r.Smooth))
	}
	for _, line := range psfWords(rep.PSF) {
		say("%s", line)
	}
	if rep.Noise != nil {
		say("%s", rep.Noise.words())
	}
	if rep.Robust != nil {
		say("%s: σ is %.4g, and %d outputs are outliers", rep.Robust.Kind, r.Scale, r.Outliers)
	}
	least, most := math.Inf(1), 0.0
	for _, e := range r.Errors[0] {
		least, most = min(least, e), max(most, e)
	}
	say("standard errors of the taps of the mean kernel: %.2g to %.2g", least, most)
	if r.Undetermined {
		l.warn("the images leave some combinations of taps undetermined. They are kept near zero; add --ridge or --smooth, or give a smaller --kernel-size")
	}
	if r.Moved > movedTooFar {
		l.warn("the fit has not settled: the last of %d steps moved a tap by %.2g of the largest", r.Readings, r.Moved)
	}
	if l.spec.Background > 0 {
		say("the kernel's bias is the background's constant; corr does not add the rest, which the file lists as background")
	}
	if l.constraints != (solve.Constraints{}) {
		say("the errors do not include the pull of --ridge or --smooth")
	}
}

// smoothWords says which smoothness was chosen for the terms.
func smoothWords(list []float64) string {
	line := fmt.Sprintf("smoothness chosen by the data: %.3g for the mean kernel", list[0])
	if others := list[1:]; len(others) > 0 {
		line += fmt.Sprintf(", and %.3g to %.3g for the other terms", slices.Min(others), slices.Max(others))
	}
	return line + "; --smooth 0 omits it"
}

// movedTooFar is the share of the largest tap from which a fit has not settled.
const movedTooFar = 1e-6
