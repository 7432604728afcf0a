package main

import (
	"math"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/spf13/cobra"
)

// flags defines the flags of learn, in the groups that its help shows.
func (l *learner) flags(cmd *cobra.Command) {
	l.dataFlags(cmd)
	l.addAlign(cmd)
	l.kernelFlags(cmd)
	l.knownFlags(cmd)
	l.descentFlags(cmd)
	l.outputFlags(cmd)
	addReading(cmd, &l.read)
	addGeometry(cmd, &l.spec.Options)
	addLike(l.app, cmd, &l.spec.Options, new(corr.Convention))
	groupFlags(cmd,
		flagGroup{"The images", []string{"pairs", "keep-going", "target", "mask", "align", "saturation", "keep-saturated", "values", "gray", "alpha", "linear", "layout", "input-format"}},
		flagGroup{"The kernel", []string{"kernel-size", "channels", "bias", "background", "detect"}},
		flagGroup{"What is known of it", []string{"ridge", "smooth", "sum", "nonnegative", "symmetric", "robust"}},
		flagGroup{"How it is found", []string{"optimizer", "lr", "epochs", "tol", "momentum", "loss", "init", "init-bias", "seed"}},
		flagGroup{"How Y was made of X", []string{"padding", "border", "stride", "dilation", "convolve", "like"}},
		flagGroup{"What is written", []string{"output", "format", "digits", "report", "log", "log-every"}},
	)
}

func (l *learner) dataFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	definePath(fs, &l.pairs, "pairs", "", "LIST.csv", "learn one kernel from many pairs: a table with a header, columns x and y, and mask and weight where wanted; files are looked for beside the list")
	must(cmd.MarkFlagFilename("pairs", "csv", "tsv", "txt"))
	fs.BoolVar(&l.keepGoing, "keep-going", false, "skip pairs that cannot be used, and count them; the exit code tells")
	define(fs, &l.target, "target", "", "", "KERNEL", "make Y from X with this kernel", anyText).namesFiles(kernel.NamesFile)
	must(cmd.RegisterFlagCompletionFunc("target", completeKernel))
	definePath(fs, &l.mask, "mask", "", "FILE", "an image of the size of Y: only where it is not zero does Y count")
	must(cmd.MarkFlagFilename("mask"))
	define(fs, &l.saturateAt, "saturation", "", "", "V|auto", "leave out what of Y is at V or above, where it may have been clipped; auto: black and white of pictures, the ends of 8- and 16-bit whole numbers, SATURATE of a FITS header, or a plateau at the largest whole number", func(s string) (*float64, error) {
		if strings.EqualFold(strings.TrimSpace(s), "auto") {
			return nil, nil
		}
		return optional(anyFinite)(s)
	})
	complete(cmd, "saturation", []string{"auto"})
	fs.BoolVar(&l.keepSaturated, "keep-saturated", false, "let all pixels of Y count, also those that may have been clipped")
}

func (l *learner) kernelFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	define(fs, &l.size, "kernel-size", "", "", "N|HxW|auto", "size of the kernel; found from the sizes of X and Y where they tell; auto takes the one with the smallest error on windows that were held out, with padding same for images of one size; by plain least squares, whatever is known of the kernel or of outliers", func(s string) (corr.Size, error) {
		if l.sizeByError = strings.EqualFold(strings.TrimSpace(s), "auto"); l.sizeByError {
			return corr.Size{}, nil
		}
		return corr.ParseSize(s)
	})
	complete(cmd, "kernel-size", []string{"auto"})
	l.channelsFound = true
	words := append([]string{"auto"}, train.ChannelNames()...)
	defineEnum(cmd, &l.spec.Channels, "channels", "auto", "how planes use kernels: all share one, each has a separate one, or each output sums over all (mix); auto is shared where X and Y have as many planes, else mix", words, func(s string) (c train.Channels, err error) {
		if l.channelsFound = strings.EqualFold(s, "auto"); !l.channelsFound {
			c, err = train.ParseChannels(strings.ToLower(s))
		}
		return c, err
	})
	fs.BoolVar(&l.spec.Bias, "bias", false, "learn a bias (a constant background), too; of many pairs one for all")
	l.background = -1
	define(fs, &l.background, "background", "", "", "N", "learn a slow background, too: a polynomial of degree N over Y; its constant, about its mean, is the kernel's bias, all of it is in --report; of many pairs one for all", whole(0, maxDegree))
	fs.BoolVar(&l.detect, "detect", false, "find out how Y was made of X (padding, border, stride, shift, bias, linear light), tell it in a table, and learn the kernel for that")
}

func (l *learner) knownFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	define(fs, &l.shape.Ridge, "ridge", "", "", "V", "draw taps to zero: V times the sum of their squares is added to the sum loss", notNegative)
	define(fs, &l.shape.Smooth, "smooth", "", "", "V", "make neighbouring taps alike: V times the sum of squares of their Laplacian is added to the sum loss", notNegative)
	define(fs, &l.shape.Sum, "sum", "", "", "V", "the taps of an output add up to V", optional(anyFinite))
	fs.BoolVar(&l.shape.NonNegative, "nonnegative", false, "no tap is below zero")
	words := solve.SymmetryNames()
	defineEnum(cmd, &l.shape.Symmetry, "symmetric", "none", "the kernel is its own mirror image left to right (x), top to bottom (y), in both, or when turned by 90 degrees", words, func(s string) (solve.Symmetry, error) {
		return solve.ParseSymmetry(strings.ToLower(s))
	})
	defineEnum(cmd, &l.robust, "robust", "none", "let outliers of Y pull less (huber, for few) or not at all (tukey), and count them; loss, RMS and R² are then those of the others", robust.Names(), func(s string) (robust.Kind, error) {
		return robust.Parse(strings.ToLower(s))
	})
}

func (l *learner) descentFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	defineEnum(cmd, &l.descent.Optimizer, "optimizer", "gd", "how the taps are found: step by step, or the best at once (exact); exact where something is known of the kernel, and with --robust and --detect", descent.OptimizerNames(), descent.ParseOptimizer)
	define(fs, &l.descent.Rate, "lr", "", "auto", "V|auto", "learning rate; auto takes the best fixed one; above the largest stable one, which the report gives, a descent diverges", func(s string) (float64, error) {
		if strings.EqualFold(s, "auto") {
			return 0, nil
		}
		return number("positive number, nor auto", func(v float64) bool { return v > 0 })(s)
	})
	define(fs, &l.descent.Epochs, "epochs", "", "1000", "N", "steps of descent", whole(0, maxCount))
	define(fs, &l.descent.Tol, "tol", "", "", "V", "stop as soon as the loss is within V times the first loss of the best possible one", notNegative)
	define(fs, &l.descent.Momentum, "momentum", "", "0.9", "V", "for momentum and nesterov", number("number from 0 up to but not including 1", func(v float64) bool { return v >= 0 && v < 1 }))
	defineEnum(cmd, &l.descent.Loss, "loss", "sum", "sum or mean of the squared differences", train.LossNames(), train.ParseLoss)
	define(fs, &l.init, "init", "", "uniform", "uniform|zeros|KERNEL", "where the taps begin: evenly drawn as PyTorch does, zeros, or a kernel", anyText).namesFiles(func(s string) bool { return s != "uniform" && s != "zeros" && kernel.NamesFile(s) })
	must(cmd.RegisterFlagCompletionFunc("init", completeKernel))
	define(fs, &l.initBias, "init-bias", "", "", "V", "where the bias begins", anyFinite)
	define(fs, &l.seed, "seed", "", "0", "N", "of the random beginning", whole(0, math.MaxInt))
}

func (l *learner) outputFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	definePath(fs, &l.output, "output", "o", "KERNEL", "where the kernel goes; standard output where not given")
	must(cmd.MarkFlagFilename("output", kernelFormats...))
	define(fs, &l.format, "format", "", "", "NAME", "format of the kernel: csv, tsv, txt, json or npy; by the extension of -o, else csv", word(kernelFormats...))
	complete(cmd, "format", kernelFormats)
	addDigits(cmd, &l.digits)
	definePath(fs, &l.reportFile, "report", "", "FILE.json", "write the report for machines: windows, loss, rms, r2, heldout_rms, standard_error, bias_standard_error, condition, rank, stable_lr, looks_like and more")
	must(cmd.MarkFlagFilename("report", "json"))
	define(fs, &l.logEvery, "log-every", "", "", "N", "epochs between log lines; a fifth of the epochs where not given; the last epoch always has a line", whole(1, maxCount))
	definePath(fs, &l.logFile, "log", "", "FILE", "write the log to a file: .csv or .jsonl (epoch, loss, lr, gradient_norm, and gap, by which the loss exceeds the best possible), else text")
	must(cmd.MarkFlagFilename("log", "csv", "jsonl", "txt"))
}

// kernelFormats are those in which a kernel is written.
var kernelFormats = []string{"csv", "tsv", "txt", "json", "npy"}
