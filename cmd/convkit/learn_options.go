package main

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
)

// learnOptions is what a run of learn is asked for, checked: its fields do not
// contradict each other. What depends on the images, the learner finds out.
type learnOptions struct {
	output, format      string // of the kernel; "": standard output, by its name
	digits              int    // below 0: the fewest
	reportFile, logFile string // "": none
	plotFile            string
	logEvery            int

	source    pairSource
	x, y      string // files or folders
	pairs     string // the list
	keepGoing bool
	share     shard  // of the pairs
	target    string // a kernel as typed; "" where Y is read
	mask      string // "": none
	xMask     string // "": none
	variance  string // a file, a number, or "": none
	weights   string // "": none
	align     bool
	saturated saturatedPixels
	read      imageio.ReadOptions

	kernelSize    corr.Size // zero: found from the shapes
	sizeByError   bool      // found by held-out error
	paddingGiven  bool
	channelsFound bool // by the numbers of planes
	detect        bool
	vary          *varyOptions // nil: one kernel for the whole field
	images        fitImages
	counts        countNoise
	psf           bool       // the report has the figures of a point spread function
	mtf           []float64  // frequencies
	task          train.Spec // as far as flags say it

	errors  diagnose.Errors
	xNoise  pixelNoise
	rounded roundedUse

	constraints solve.Constraints
	robust      robust.Kind
	solver      descent.Descent // without its start
	init        string          // uniform, zeros, or a kernel as typed
	initBias    *float64
	seed        int
	printedRun  bool // the textbook's example as printed, unless the kernel has another size
}

// pairSource says where the pairs of images come from.
type pairSource int

const (
	fromTextbook pairSource = iota // Y from the target
	fromX                          // Y from the target
	fromXY
	fromFolders
	fromList
)

// saturatedPixels says which pixels of Y count as clipped, and are excluded.
type saturatedPixels struct {
	keep  bool     // none
	above *float64 // nil: found from the type and the values of Y
}

// textbookTarget is the kernel of the textbook's example.
const textbookTarget = "1,-1"

// options puts the flags into the form in which a run uses them.
func (l *learnFlags) options(given func(flag string) bool, args []string) learnOptions {
	o := learnOptions{
		output: l.output, format: l.format, digits: l.digits,
		reportFile: l.reportFile, logFile: l.logFile, plotFile: l.plotFile, logEvery: l.logEvery,
		pairs: l.pairs, keepGoing: l.keepGoing, target: l.target, mask: l.mask, xMask: l.xMask, variance: l.variance, weights: l.weights,
		align: l.align, saturated: saturatedPixels{keep: l.keepSaturated}, read: l.read,
		kernelSize: l.size.value, sizeByError: l.size.auto,
		paddingGiven:  given("padding") || given("like"),
		channelsFound: l.channels.auto, detect: l.detect,
		task:   train.Spec{Channels: l.channels.value, Bias: l.bias, Options: l.geometry},
		errors: l.errors, xNoise: l.xNoise, rounded: l.rounded,
		constraints: l.constraints, robust: l.robust, solver: l.descent,
		init: l.init, initBias: l.initBias, seed: l.seed, images: l.images, counts: l.counts, psf: l.psf, mtf: l.mtf,
	}
	if !l.saturation.auto {
		o.saturated.above = &l.saturation.value
	}
	if l.vary != nil {
		o.vary = &varyOptions{degree: *l.vary, freeSum: l.varySum == varySumNames[1], autoSmooth: !given("smooth") && !given("ridge")}
	}
	if l.background != nil {
		o.task.Bias, o.task.Background = l.bias || *l.background == 0, *l.background
	}
	o.solver.Rate = l.rate.value
	if o.logEvery == 0 {
		o.logEvery = max(1, l.descent.Epochs/5)
	}
	switch {
	case l.pairs != "":
		o.source = fromList
	case len(args) == 2:
		if o.source, o.x, o.y = fromXY, args[0], args[1]; isFolder(args[0]) {
			o.source = fromFolders
		}
	case len(args) == 1:
		o.source, o.x = fromX, args[0]
	default:
		o.printedRun = l.target == "" && !given("init") && !given("seed") && !extrasOf(o.task, 1).bias
		if l.target == "" {
			o.target = textbookTarget
		}
	}
	return o
}

// outputs are the files that the run writes, "" for those that are not asked for.
func (o *learnOptions) outputs() []string {
	return append([]string{o.output, o.logFile, o.reportFile, o.plotFile}, o.images.files()...)
}

// wantsReport reports whether a file needs what the report says, even with --quiet.
func (o *learnOptions) wantsReport() bool {
	return o.reportFile != "" || o.plotFile != "" || o.images.covariance != ""
}

// checkReplaced refuses outputs that would take the place of a file that is read.
func (o *learnOptions) checkReplaced(a *app, inputs ...string) error {
	a.willRead(inputs...)
	for _, out := range o.outputs() {
		if err := a.mayWrite(out); err != nil {
			return err
		}
	}
	return nil
}

// kernelExtras says what a kernel holds beside one matrix.
type kernelExtras struct{ bias, channels bool }

func (e kernelExtras) any() bool { return e.bias || e.channels }

// extrasOf returns what a fit of Y with so many planes gives. A background has a bias.
func extrasOf(s train.Spec, planes int) kernelExtras {
	return kernelExtras{
		bias:     s.Bias || s.Background > 0,
		channels: s.Channels == train.Mix || s.Channels == train.Separate && planes > 1,
	}
}

// checkExtras refuses a format that has no place for what the kernel holds.
func (o *learnOptions) checkExtras(e kernelExtras) error {
	switch {
	case !e.any() || o.format == "json" || o.format == "npy" && !e.bias || o.format == "" && o.toStdout():
		return nil
	case o.toStdout():
		return usage("leave --format out, or give --format json", "a kernel with a bias or channels is JSON, not %s", o.format)
	}
	return usage("write it to a .json file", "%s: a kernel with a bias or channels is JSON, not %s", o.output, o.format)
}

func (o *learnOptions) toStdout() bool { return o.output == "" || o.output == "-" }
