package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/spf13/cobra"
)

// learner is the options of learn.
type learner struct {
	*app
	output, format string
	digits         int
	target, init   string
	size           corr.Size // zero: found from the shapes
	spec           train.Spec
	descent        train.Descent
	initBias       float64
	initBiasGiven  bool
	rich           bool // the kernel is more than a matrix
	initGiven      bool // --init or --seed
	channelsFound  bool // --channels auto
	printedRun     bool // the textbook's image and target
	seed           int
	logEvery       int // 0: a fifth of the epochs
	logFile        string
	read           imageio.ReadOptions
}

func newLearn(a *app) *cobra.Command {
	l := &learner{app: a}
	cmd := &cobra.Command{
		Use:   "learn [X Y] [-o KERNEL]",
		Short: "Learn the kernel that turned one image into another",
		Long: `Learn the kernel (and bias) with which the operator of convkit corr turns X into Y,
by full-batch gradient descent with the update rules of PyTorch's optimisers, or
exactly. The epochs run on sums over all windows, which are made once: their cost
does not depend on the size of the images.

Without X and Y it learns the textbook's example, a 6x8 image and its edges by 1,-1;
unless --init or --seed is given, it begins where the textbook's printed run does.
The loss of an epoch is the one before that epoch's step. On standard output the
log lines are # comments, so that the stream is one matrix that other tools read.`,
		Example: `  convkit learn --lr 0.03 --epochs 10
  convkit learn before.csv after.csv | convkit corr photo.png -k - -o out.png
  convkit learn photo.png blurred.png --kernel-size 5 --padding same --optimizer exact -o kernel.npy
  convkit learn x.npy --target sobel-x --optimizer adam --lr 0.01 --log loss.csv -o learned.csv`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, args []string) error {
			l.initBiasGiven = a.given(cmd, "init-bias")
			l.initGiven = a.given(cmd, "init") || a.given(cmd, "seed")
			if err := l.check(args); err != nil {
				return err
			}
			return l.run(cmd.Context(), args)
		},
	}
	l.flags(cmd)
	addGeometry(a, cmd, &l.spec.Options, new(corr.Convention))
	addReading(cmd, &l.read)
	return cmd
}

func (l *learner) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	positive := func(v float64) bool { return v > 0 }
	define(fs, &l.output, "output", "o", "", "KERNEL", "where the kernel goes; standard output where not given", anyText)
	must(cmd.MarkFlagFilename("output", "csv", "tsv", "txt", "json", "npy"))
	formats := []string{"csv", "tsv", "txt", "json", "npy"}
	define(fs, &l.format, "format", "", "", "NAME", "format of the kernel: csv, tsv, txt, json or npy; by the extension of -o, else csv", word(formats...))
	complete(cmd, "format", formats)
	addDigits(cmd, &l.digits)
	define(fs, &l.size, "kernel-size", "", "", "N|HxW", "size of the kernel; found from the sizes of X and Y where they tell", corr.ParseSize)
	define(fs, &l.descent.Rate, "lr", "", "auto", "V|auto", "learning rate; auto takes the best fixed one", func(s string) (float64, error) {
		if strings.EqualFold(s, "auto") {
			return 0, nil
		}
		return number("positive number, nor auto", positive)(s)
	})
	define(fs, &l.descent.Epochs, "epochs", "", "1000", "N", "steps of descent", atLeast(0))
	defineEnum(cmd, &l.descent.Optimizer, "optimizer", "gd", "how the taps are found", train.OptimizerNames(), train.ParseOptimizer)
	define(fs, &l.descent.Momentum, "momentum", "", "0.9", "V", "for momentum and nesterov", number("number from 0 up to but not including 1", func(v float64) bool { return v >= 0 && v < 1 }))
	defineEnum(cmd, &l.descent.Loss, "loss", "sum", "sum or mean of the squared differences", train.LossNames(), train.ParseLoss)
	l.channelsFound = true
	words := append([]string{"auto"}, train.ChannelNames()...)
	defineEnum(cmd, &l.spec.Channels, "channels", "auto", "how planes use kernels: all share one, each has a separate one, or each output sums over all (mix); auto is shared where X and Y have as many planes, else mix", words, func(s string) (c train.Channels, err error) {
		if l.channelsFound = strings.EqualFold(s, "auto"); !l.channelsFound {
			c, err = train.ParseChannels(strings.ToLower(s))
		}
		return c, err
	})
	fs.BoolVar(&l.spec.Bias, "bias", false, "learn a bias, too")
	define(fs, &l.init, "init", "", "uniform", "uniform|zeros|KERNEL", "where the taps begin: evenly drawn as PyTorch does, zeros, or a kernel", anyText)
	must(cmd.RegisterFlagCompletionFunc("init", completeKernel))
	define(fs, &l.initBias, "init-bias", "", "", "V", "where the bias begins", number("finite number", anyNumber))
	define(fs, &l.seed, "seed", "", "0", "N", "of the random beginning", atLeast(0))
	define(fs, &l.logEvery, "log-every", "", "", "N", "epochs between log lines; a fifth of the epochs where not given", atLeast(1))
	define(fs, &l.logFile, "log", "", "", "FILE", "write the log to a file: .csv, .jsonl, else text", anyText)
	must(cmd.MarkFlagFilename("log", "csv", "jsonl", "txt"))
	define(fs, &l.target, "target", "", "", "KERNEL", "make Y from X with this kernel", anyText)
	must(cmd.RegisterFlagCompletionFunc("target", completeKernel))
}

// check refuses what contradicts itself before anything is read.
func (l *learner) check(args []string) error {
	stdin := 0
	for _, s := range append([]string{l.init, l.target}, args...) {
		if s == "-" {
			stdin++
		}
	}
	switch {
	case stdin > 1:
		return usage("", "standard input (-) can be read only once")
	case len(args) == 1 && l.target == "":
		return usage("give both images, or make the second with --target KERNEL", "learn needs X and Y, and got only %s", args[0])
	case len(args) == 2 && l.target != "":
		return usage("leave one of them away", "Y is given twice: as %s, and by --target", args[1])
	case l.initBiasGiven && !l.spec.Bias:
		return usage("add --bias", "--init-bias is given, but no bias is learned")
	case l.logFile != "" && l.logFile == l.output:
		return usage("", "%s cannot be both the kernel and the log", l.output)
	case l.logFile == "-":
		return usage("leave --log away: the log goes there by itself", "--log - names no file")
	case l.toStdout() && imageio.IsBinary(l.format) && isTerminal(l.stdout):
		return usage("write it to a file with -o FILE, or pipe it on", "%s is binary and standard output is a terminal", l.format)
	}
	if l.logFile != "" {
		if err := checkFolder(l.logFile); err != nil {
			return err
		}
	}
	if l.toStdout() {
		return nil
	}
	if err := checkFolder(l.output); err != nil {
		return err
	}
	name := l.format
	if name == "" {
		var err error
		if name, err = imageio.FormatOf(l.output); err != nil {
			return err
		}
	}
	if _, err := word("csv", "tsv", "txt", "json", "npy")(name); err != nil {
		return usage("use .csv, .tsv, .txt, .json or .npy", "%s: a kernel cannot be written as %s", l.output, name)
	}
	l.format = name
	l.rich = l.spec.Bias
	return l.checkRich()
}

// checkRich refuses a file whose format has no place for a bias or channels.
func (l *learner) checkRich() error {
	if l.toStdout() || !l.rich || l.format == "json" || l.format == "npy" && !l.spec.Bias {
		return nil
	}
	return usage("write it to a .json file", "%s: a kernel with a bias or channels is JSON, not %s", l.output, l.format)
}

func (l *learner) toStdout() bool { return l.output == "" || l.output == "-" }

// run reads the pair, sums it up, fits, and writes the kernel.
func (l *learner) run(ctx context.Context, args []string) error {
	x, y, err := l.images(ctx, args)
	if err != nil {
		return err
	}
	start := time.Now()
	stats, err := l.gather(ctx, x, y)
	if err != nil {
		return err
	}
	if err := l.begin(ctx, stats); err != nil {
		return err
	}
	if limit := stats.StableRate(l.descent); l.descent.Optimizer != train.Exact && l.descent.Rate > limit {
		l.warn("the rate %.4g is above the largest stable one, %.4g: the loss will grow", l.descent.Rate, limit)
	}
	l.tell("plan %v, kernel %v, channels %v, %d windows, %d unknowns", l.descent.Optimizer, l.spec.Kernel, l.spec.Channels, stats.Windows(), stats.Unknowns())
	log, meter := l.newLog(l.asJSON()), l.newMeter("learning", l.descent.Epochs)
	var result train.Result
	err = l.timed("descend", func() (err error) {
		result, err = train.Descend(ctx, stats, l.descent, func(e train.Epoch) {
			log.epoch(e)
			meter.add(1)
		})
		return err
	})
	meter.end()
	l.tell("compute %.1f ms", time.Since(start).Seconds()*1e3)
	if e := log.close(); e != nil {
		return e
	}
	if err != nil {
		return err
	}
	l.tell("loss %.6g, best possible %.6g, rate %.6g, largest stable %.6g, rank %d", result.Loss, result.Best, result.Rate, result.Stable, result.Rank)
	return l.writeKernel(result.Kernel)
}

// asData gives an error that has no exit code of its own that of bad data.
func asData(err error) error {
	if err == nil {
		return nil
	}
	if code, _ := classify(err); code != exitFailed {
		return err
	}
	return &failure{code: exitData, err: err}
}

// textbookStart is a beginning from which the example prints the textbook's log
// and kernel at learning rate 0.03, digit for digit.
const textbookStart = "0.039102,0.213445"

// begin sets the kernel that the descent begins with.
func (l *learner) begin(ctx context.Context, s *train.Statistics) error {
	var k tensor.Kernel
	if l.printedRun && !l.initGiven && !l.spec.Bias && l.spec.Kernel == (corr.Size{H: 1, W: 2}) {
		l.init = textbookStart
	}
	switch l.init {
	case "uniform", "zeros":
		k = train.InitUniform(s, uint64(l.seed))
		if l.init == "zeros" {
			clear(k.Taps)
			clear(k.Bias)
		}
	default:
		var err error
		if k, err = l.readKernel(ctx, l.init); err != nil {
			return fmt.Errorf("--init: %w", err)
		}
	}
	if l.initBiasGiven {
		k.Bias = []float64{l.initBias}
	}
	l.descent.Init = &k
	if err := l.descent.Check(s); err != nil {
		return usage("", "%w", err)
	}
	return nil
}

// asJSON tells whether the kernel is more than a matrix and goes to standard
// output as JSON.
func (l *learner) asJSON() bool {
	return l.toStdout() && (l.rich || l.format == "json" || l.format == "npy")
}

// writeKernel writes the result; what no matrix can hold becomes JSON.
func (l *learner) writeKernel(k tensor.Kernel) error {
	if k.Mixes && len(k.Bias) == 0 && (l.toStdout() || l.format == "json") {
		// Channels come in one form, whether or not a bias was learned.
		k.Bias = make([]float64, k.Out)
	}
	if l.toStdout() {
		format := l.format
		if format == "" {
			format = "csv"
		}
		return l.printKernel(k, format, l.digits)
	}
	return imageio.WriteFile(l.output, func(w io.Writer) error { return kernel.Encode(w, k, l.format, l.digits) })
}
