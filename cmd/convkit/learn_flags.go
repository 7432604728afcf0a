package main

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/spf13/cobra"
)

// learnFlags holds the flags of learn as typed: each one parsed, but not yet compared
// with the others. learnFlags.options does that.
type learnFlags struct {
	output, format, reportFile, logFile string
	plotFile                            string
	digits, logEvery                    int

	pairs, mask, xMask, target, variance, weights string
	saturation                                    choice[float64]
	xNoise                                        pixelNoise
	read                                          imageio.ReadOptions
	keepGoing, keepSaturated, align               bool
	shard                                         shardFlags

	size       choice[corr.Size]
	channels   choice[train.Channels]
	background *int
	geometry   corr.Options
	detect     bool
	bias       bool
	vary       *int
	varySum    string
	images     fitImages
	counts     countNoise
	psf        bool
	mtf        []float64

	constraints solve.Constraints
	robust      robust.Kind
	errors      diagnose.Errors
	rounded     roundedUse
	optimizer   choice[descent.Optimizer]
	rate        choice[float64]
	descent     descent.Descent // without optimizer and rate
	init        string
	initBias    *float64
	seed        int
}

// add defines the flags of learn, in the groups that its help shows.
func (l *learnFlags) add(a *app, cmd *cobra.Command) {
	l.dataFlags(cmd)
	l.kernelFlags(cmd)
	l.constraintFlags(cmd)
	l.descentFlags(cmd)
	l.outputFlags(cmd)
	l.imageFlags(cmd)
	addReading(cmd, &l.read)
	addGeometry(cmd, &l.geometry)
	addLike(a, cmd, &l.geometry, new(geometry.Convention))
	brief(cmd, "convkit learn photo.png blurred.png --kernel-size 5 --padding same -o kernel.npy",
		"output", "kernel-size", "padding", "border", "optimizer", "epochs", "lr", "bias", "detect", "pairs", "report")
	groupFlags(cmd,
		flagGroup{"Input", []string{"pairs", "keep-going", "shard", "shards", "target", "mask", "x-mask", "variance", "x-variance", "gain", "read-noise", "weights", "x-noise", "align", "saturation", "keep-saturated", "values", "gray", "alpha", "linear", "layout", "page", "input-format"}},
		flagGroup{"Kernel", []string{"kernel-size", "channels", "bias", "background", "vary", "vary-sum", "detect"}},
		flagGroup{"Constraints and outliers", []string{"ridge", "smooth", "sum", "nonnegative", "symmetric", "robust", "errors", "rounded"}},
		flagGroup{"Fit", []string{"optimizer", "lr", "epochs", "tol", "momentum", "loss", "init", "init-bias", "seed"}},
		flagGroup{"Geometry", []string{"padding", "border", "stride", "dilation", "convolve", "like"}},
		flagGroup{"Output", []string{"output", "format", "digits"}},
		flagGroup{"Images of the fit", []string{"residual", "prediction", "residual-excluded", "residual-variance", "covariance"}},
		flagGroup{"Report and log", []string{"report", "psf-report", "mtf", "plot", "log", "log-every"}},
	)
}

func (l *learnFlags) dataFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	definePath(fs, &l.pairs, "pairs", "", "LIST.csv", "learn one kernel from many pairs. LIST.csv has a header and the columns x and y, optionally mask, weight, variance and weights. Paths are relative to the list")
	must(cmd.MarkFlagFilename("pairs", "csv", "tsv", "txt"))
	fs.BoolVar(&l.keepGoing, "keep-going", false, "skip and count pairs that cannot be used. The exit code shows it")
	addShard(fs, &l.shard, "pairs")
	define(fs, &l.target, "target", "", "", "KERNEL", "make Y from X with this kernel", anyText).namesFiles(kernel.NamesFile)
	must(cmd.RegisterFlagCompletionFunc("target", completeKernel))
	definePath(fs, &l.mask, "mask", "", "FILE", "image of the size of Y. Only pixels of Y where it is not zero count")
	must(cmd.MarkFlagFilename("mask"))
	definePath(fs, &l.xMask, "x-mask", "", "FILE", "image of the size of X. Outputs count only if it is not zero at all pixels of X that they see. Outputs that see saturated pixels of X are excluded anyway, if half of all and ten for each tap remain")
	must(cmd.MarkFlagFilename("x-mask"))
	define(fs, &l.variance, "variance", "", "", "FILE|V", "variance of each value of Y, as a map of Y's size, or one number. Outputs weigh 1/variance. Standard errors come from the variances, and from χ²/N if that is above 1. Outputs of variance 0, NaN or infinity are excluded", varianceOption).namesFiles(namesVariances)
	must(cmd.MarkFlagFilename("variance"))
	positive := number("positive number or auto", func(v float64) bool { return v > 0 })
	define(fs, &l.counts.gain, "gain", "", "", "V|auto", "Y counts photons, with V electrons per unit: variances follow from a first fit. auto estimates it from the residuals, as --read-noise alone does", optional(orAuto(positive)))
	define(fs, &l.counts.readNoise, "read-noise", "", "", "V|auto", "read noise of Y in electrons, for --gain. auto estimates it from the residuals, as --gain alone does", optional(orAuto(notNegative)))
	complete(cmd, "gain", []string{autoWord})
	complete(cmd, "read-noise", []string{autoWord})
	definePath(fs, &l.weights, "weights", "", "FILE", "weight of each output, as a map of Y's size. Only the ratios of weights matter: standard errors come from the residuals. Outputs of weight 0, NaN or infinity are excluded")
	must(cmd.MarkFlagFilename("weights"))
	define(fs, &l.xNoise, "x-noise", "", "none", "SIGMA|FILE|auto|none", "correct taps and errors for noise of X: its standard deviation, a map of it of X's size, or auto, an estimate from the residuals. Combinations of taps that the noise hides are left out and named. Without it a check warns of noise", parsePixelNoise).namesFiles(namesNoise)
	complete(cmd, "x-noise", []string{autoWord, "none"})
	l.saturation.auto = true
	define(fs, &l.saturation, "saturation", "", "", "V|auto", "exclude pixels of Y at V or above, which may be clipped. auto excludes black and white of pictures and the ends of 8- and 16-bit whole numbers. It also uses SATURATE of a FITS header, or a plateau at the largest whole number", orAuto(anyFinite))
	complete(cmd, "saturation", []string{autoWord})
	fs.BoolVar(&l.keepSaturated, "keep-saturated", false, "use all pixels of X and Y, even those that may be clipped")
	fs.BoolVar(&l.align, "align", false, "first undo the shift between Y and X in whole pixels, as convkit align finds it. The rest, below a pixel, is left to the kernel")
}

func (l *learnFlags) kernelFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	define(fs, &l.size, "kernel-size", "", "", "N|HxW|auto", "size of the kernel (default: from the sizes of X and Y, if they determine it). auto fits up to 33x33 taps by plain least squares and drops outer rows and columns. Every tap is charged: a row stays if chance gives its taps as much once in 10,000 times. Constraints and --robust do not matter to it. For images of one size it uses padding same", orAuto(geometry.ParseSize))
	complete(cmd, "kernel-size", []string{autoWord})
	words := append([]string{autoWord}, train.ChannelNames()...)
	defineEnum(cmd, &l.channels, "channels", "auto", "kernels of the planes: one for all (shared), one each (separate), or each output a sum over all (mix). auto is shared if X and Y have equally many planes, else mix", words, orAuto(train.ParseChannels))
	fs.BoolVar(&l.bias, "bias", false, "also learn a bias (a constant background). Many pairs share one")
	define(fs, &l.background, "background", "", "", "N", "also learn a slow background: a polynomial of degree N over Y. Its constant, about its mean, is the kernel's bias. --report has all of it. Many pairs share one", optional(whole(0, maxDegree)))
	define(fs, &l.vary, "vary", "", "", "N", "learn a kernel that varies over the field: each tap is a polynomial of degree N of the place in Y. It takes one plane, and gives JSON that convkit corr -k applies", optional(whole(0, maxVary)))
	defineEnum(cmd, &l.varySum, "vary-sum", "constant", "sum of the taps of a kernel that varies: the same everywhere (constant), or a polynomial like the taps (free)", varySumNames, word(varySumNames...))
	fs.BoolVar(&l.detect, "detect", false, "find out how Y was made from X, print a table, and learn the kernel. Tries padding, border, stride, shift, bias and linear light")
}

// maxVary is the largest degree of --vary: 28 polynomials.
const maxVary = 6

func (l *learnFlags) constraintFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	define(fs, &l.constraints.Ridge, "ridge", "", "", "V", "pull the taps to zero: add V times the sum of their squares to the sum loss", notNegative)
	define(fs, &l.constraints.Smooth, "smooth", "", "", "V", "make neighbouring taps alike: add V times the sum of squares of their Laplacian to the sum loss. Without it and --ridge, kernels that vary take the likeliest V", notNegative)
	define(fs, &l.constraints.Sum, "sum", "", "", "V", "make the taps of each output add up to V", optional(anyFinite))
	fs.BoolVar(&l.constraints.NonNegative, "nonnegative", false, "allow no tap below zero")
	words := solve.SymmetryNames()
	defineEnum(cmd, &l.constraints.Symmetry, "symmetric", "none", "make the kernel its own mirror image: left to right (x), top to bottom (y), both, or under turns by 90 degrees", words, solve.ParseSymmetry)
	defineEnum(cmd, &l.errors, "errors", "auto", "noise that the standard errors allow for: equally strong and independent, or uneven and correlated over a short distance (sandwich). auto is independent if the residuals pass their tests, else the larger of both; it adds the loss of JPEG where that shows", diagnose.ErrorNames(), diagnose.ParseErrors)
	defineEnum(cmd, &l.rounded, "rounded", autoWord, "if Y was rounded, find taps that leave every output within half a step. The standard errors are half of the intervals that this allows. auto does so for up to 64 unknowns, if such taps exist; off takes rounding for noise", roundedWords, parseRounded)
	defineEnum(cmd, &l.robust, "robust", "none", "give outliers of Y less weight (huber, for few) or none (tukey), and count them. Loss, RMS and R² are then without them", robust.Names(), robust.Parse)
}

func (l *learnFlags) descentFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	defineEnum(cmd, &l.optimizer, "optimizer", autoWord, "solver: the best taps at once (exact), or a descent step by step. auto is exact, and gd with a flag of descent or without X and Y. Constraints, --robust and --detect always use exact",
		append([]string{autoWord}, descent.OptimizerNames()...), orAuto(descent.ParseOptimizer))
	define(fs, &l.rate, "lr", "", "auto", "V|auto", "learning rate. auto takes the best fixed one. Above the largest stable rate, which the report gives, a descent diverges", orAuto(number("positive number or auto", func(v float64) bool { return v > 0 })))
	define(fs, &l.descent.Epochs, "epochs", "", "1000", "N", "steps of descent", whole(0, maxCount))
	define(fs, &l.descent.Tol, "tol", "", "", "V", "stop once the loss exceeds the best possible one by at most V times the first loss", notNegative)
	define(fs, &l.descent.Momentum, "momentum", "", "0.9", "V", "momentum of the optimisers momentum and nesterov", number("number from 0 up to but not including 1", func(v float64) bool { return v >= 0 && v < 1 }))
	defineEnum(cmd, &l.descent.Loss, "loss", "sum", "sum or mean of the squared differences", train.LossNames(), train.ParseLoss)
	define(fs, &l.init, "init", "", "uniform", "uniform|zeros|KERNEL", "first taps: uniform as in PyTorch, zeros, or a kernel", anyText).namesFiles(func(s string) bool { return s != "uniform" && s != "zeros" && kernel.NamesFile(s) })
	must(cmd.RegisterFlagCompletionFunc("init", completeKernel))
	define(fs, &l.initBias, "init-bias", "", "", "V", "first bias", optional(anyFinite))
	define(fs, &l.seed, "seed", "", "0", "N", "seed of the random first taps", whole(0, math.MaxInt))
}

func (l *learnFlags) outputFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	definePath(fs, &l.output, "output", "o", "KERNEL", "file of the kernel (default: standard output)")
	must(cmd.MarkFlagFilename("output", kernelFormats...))
	define(fs, &l.format, "format", "", "", "NAME", "format of the kernel: csv, tsv, txt, json or npy (default: by the extension of -o, else csv)", word(kernelFormats...))
	complete(cmd, "format", kernelFormats)
	addDigits(cmd, &l.digits)
	definePath(fs, &l.reportFile, "report", "", "FILE", "write the report. .html is a page with figures. .json has windows, loss, rms, r2, heldout_rms, standard_error, bias_standard_error, condition, rank, stable_lr, looks_like and more")
	must(cmd.MarkFlagFilename("report", "json", "html"))
	fs.BoolVar(&l.psf, "psf-report", false, "report the kernel as a point spread function: FWHM, Gaussian and Moffat profiles, encircled energy and MTF. A kernel that varies is measured at 3x3 places")
	define(fs, &l.mtf, "mtf", "", "0.1,0.2,0.3,0.4,0.5", "F,F,…", "frequencies of --psf-report, in cycles per pixel", frequencies)
	definePath(fs, &l.plotFile, "plot", "", "FILE", "draw the kernel with its errors, its frequency response and the losses of a descent: .svg, .png or .pdf")
	must(cmd.MarkFlagFilename("plot", "svg", "png", "pdf"))
	define(fs, &l.logEvery, "log-every", "", "", "N", "epochs between log lines (default: a fifth of the epochs). The last epoch always has a line", whole(1, maxCount))
	definePath(fs, &l.logFile, "log", "", "FILE", "write the log to a file. .csv and .jsonl have epoch, loss, lr, gradient_norm and gap, the excess over the best possible loss. .txt, .log and a name without extension get text")
	must(cmd.MarkFlagFilename("log", "csv", "jsonl", "txt"))
}

func (l *learnFlags) imageFlags(cmd *cobra.Command) {
	fs, o := cmd.Flags(), &l.images
	definePath(fs, &o.residual, "residual", "", "FILE", "write Y minus the fit, in any format of images. A FITS file keeps the header and the coordinates of Y. In pictures mid-gray is zero")
	definePath(fs, &o.prediction, "prediction", "", "FILE", "write the fit, background included")
	defineEnum(cmd, &o.excludedNaN, "residual-excluded", excludedWords[0], "outputs that did not count for the fit: computed like the others (value), or NaN (nan)", excludedWords, func(s string) (bool, error) {
		w, err := word(excludedWords...)(s)
		return w == excludedWords[1], err
	})
	fs.BoolVar(&o.variance, "residual-variance", false, "add the variance of the residual to the FITS file of --residual, as the image VARIANCE. It is var(Y) + Σ K² var(X)")
	define(fs, &o.xVariance, "x-variance", "", "", "FILE|V", "variance of each value of X, as a map of X's size or one number. It adds Σ K² var(X) to the variances of Y, with K of a first fit", varianceOption).namesFiles(namesVariances)
	definePath(fs, &o.covariance, "covariance", "", "FILE.npy", "write the covariance of the taps and the background. Its diagonal is the square of the standard errors")
	for _, name := range []string{"residual", "prediction", "x-variance", "covariance"} {
		must(cmd.MarkFlagFilename(name))
	}
}

// kernelFormats are those in which a kernel is written.
var kernelFormats = []string{"csv", "tsv", "txt", "json", "npy"}
