package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/spf13/cobra"
)

// checkSources refuses images that contradict each other, before any is read.
func (l *learner) checkSources(args []string) error {
	stdin := 0
	for _, s := range append([]string{l.init, l.target, l.mask, l.variance, l.weights, l.pairs}, args...) {
		if s == "-" {
			stdin++
		}
	}
	switch {
	case stdin > 1:
		return usage("", "standard input (-) can be read only once")
	case l.pairs != "" && len(args) > 0:
		return usage("leave one of them out", "images are given twice: as %s, and by --pairs", strings.Join(args, " "))
	case l.pairs != "" && l.target != "":
		return usage("leave one of them out", "Y is given twice: in the list of --pairs, and by --target")
	case len(args) == 1 && l.target == "":
		return usage("give both images, or make the second with --target KERNEL", "learn needs X and Y, and got only %s", args[0])
	case len(args) == 2 && l.target != "":
		return usage("leave one of them out", "Y is given twice: as %s, and by --target", args[1])
	case len(args) == 2 && isFolder(args[0]) != isFolder(args[1]):
		return usage("give two images, or two folders with files of the same names", "one of %s and %s is a folder", args[0], args[1])
	case len(args) == 1 && isFolder(args[0]):
		return usage("give an image", "%s is a folder", args[0])
	case l.variance != "" && l.weights != "":
		return usage("use one of them: --variance for known noise, --weights for ratios", "--variance and --weights do not go together")
	case l.keepSaturated && l.saturateAt != nil:
		return usage("leave one of them out", "--saturation and --keep-saturated do not go together")
	case l.initBiasGiven && !l.spec.Bias && l.background < 0:
		return usage("add --bias", "--init-bias is given, but no bias is learned")
	}
	return nil
}

// checkFit chooses the exact solver where only that will do, and refuses flags
// that do not go together.
func (l *learner) checkFit(cmd *cobra.Command) error {
	if l.background == 0 {
		l.spec.Bias = true
	}
	l.spec.Background = max(l.background, 0)
	if s := l.shape; s.Sum != nil && s.NonNegative && *s.Sum < 0 {
		return usage("", "taps that are not negative (--nonnegative) cannot add up to %v (--sum)", *s.Sum)
	}
	if l.shape.Symmetry == solve.Rotation && l.size.H != l.size.W {
		return usage("give a square --kernel-size", "a %v kernel cannot be turned onto itself (--symmetric rotation)", l.size)
	}
	if err := l.checkDetect(cmd); err != nil {
		return err
	}
	chosen := l.given(cmd, "optimizer") && !l.auto
	if l.auto && l.descends(cmd) {
		l.descent.Optimizer = descent.GD
	}
	if why := l.onlyExact(); why != "" {
		if chosen && l.descent.Optimizer != descent.Exact {
			return usage("leave --optimizer out, or give --optimizer exact", "%s is solved exactly, and --optimizer %v is given", why, l.descent.Optimizer)
		}
		for _, name := range []string{"lr", "epochs", "tol", "momentum"} {
			if cmd.Flags().Changed(name) && !chosen {
				return usage("leave one of them out", "%s is solved exactly, and --%s is for a descent", why, name)
			}
		}
		l.descent.Optimizer = descent.Exact
	}
	l.warnUnused(cmd)
	return nil
}

// autoOptimizer is the word for a descent where one is asked for, else the best fit.
const autoOptimizer = "auto"

// descentOptions are the flags that mean nothing without a descent.
var descentOptions = []string{"lr", "epochs", "momentum", "init", "init-bias", "seed", "loss", "log", "log-every", "tol"}

// descends reports whether a descent is asked for: by one of its flags, or by running
// the textbook's example.
func (l *learner) descends(cmd *cobra.Command) bool {
	return cmd.Flags().NArg() == 0 && l.pairs == "" ||
		slices.ContainsFunc(descentOptions, func(name string) bool { return l.given(cmd, name) })
}

// onlyExact names a flag with which no descent goes, or gives "".
func (l *learner) onlyExact() string {
	switch s := l.shape; {
	case l.detect:
		return "--detect"
	case l.robust != robust.None:
		return "--robust"
	case s.Ridge != 0:
		return "--ridge"
	case s.Smooth != 0:
		return "--smooth"
	case s.Sum != nil:
		return "--sum"
	case s.NonNegative:
		return "--nonnegative"
	case s.Symmetry != solve.NoSymmetry:
		return "--symmetric"
	}
	return ""
}

// checkDetect refuses to be told what is to be found out.
func (l *learner) checkDetect(cmd *cobra.Command) error {
	if !l.detect {
		return nil
	}
	for _, name := range []string{"linear", "border", "convolve", "like", "background", "ridge", "smooth", "sum", "nonnegative", "symmetric", "robust"} {
		if l.given(cmd, name) {
			return usage("first --detect, then fit with what it found", "--detect and --%s do not go together", name)
		}
	}
	if l.given(cmd, "padding") && l.spec.Options.Padding.Mode != corr.Explicit {
		return usage("leave --padding out. A padding in numbers is tried beside valid, same and full", "--detect finds the padding itself")
	}
	if l.target != "" {
		return usage("give X and Y", "--detect needs a Y that is not made by --target")
	}
	return nil
}

// warnUnused tells which flags on the command line have no effect.
func (l *learner) warnUnused(cmd *cobra.Command) {
	unused := []string{"lr", "epochs", "tol", "momentum", "log", "log-every", "init", "seed"}
	switch l.descent.Optimizer {
	case descent.Exact:
	case descent.GD, descent.Adam:
		unused = []string{"momentum"}
	default:
		unused = nil
	}
	for _, name := range unused {
		if cmd.Flags().Changed(name) {
			l.warn("--%s has no effect with --optimizer %v", name, l.descent.Optimizer)
		}
	}
}

// checkOutputs refuses files that cannot be written, before any work.
func (l *learner) checkOutputs(args []string) error {
	switch {
	case l.logFile == "-":
		return usage("leave --log out: the log goes to standard output by default", "--log - names no file")
	case !slices.Contains(logExtensions, strings.ToLower(filepath.Ext(l.logFile))):
		return usage("name it .csv, .jsonl, .txt or .log", "%s: the log is text, CSV or JSON lines", l.logFile)
	case l.reportFile != "" && strings.ToLower(filepath.Ext(l.reportFile)) != ".json":
		return usage("name it like report.json; for people it is on standard error", "%s: the report is JSON", l.reportFile)
	case sameFile(l.logFile, l.output):
		return usage("", "%s cannot be both the kernel and the log", l.output)
	case sameFile(l.reportFile, l.output) || sameFile(l.reportFile, l.logFile):
		return usage("", "%s cannot be both the report and something else", l.reportFile)
	case l.toStdout() && imageio.IsBinary(l.format) && isTerminal(l.stdout):
		return usage("write it to a file with -o FILE, or pipe it on", "%s is binary and standard output is a terminal", l.format)
	}
	files := []string{l.mask, l.weights, l.pairs}
	if namesVariances(l.variance) {
		files = append(files, l.variance)
	}
	if err := l.checkReplaced(slices.Concat(files, l.kernelFiles(), args)...); err != nil {
		return err
	}
	if err := l.checkKernelFile(); err != nil {
		return err
	}
	for _, path := range []string{l.output, l.logFile, l.reportFile} {
		if err := checkWritable(path); err != nil {
			return err
		}
	}
	return nil
}

// logExtensions are the endings of names that a log may have: of tables, and of text.
var logExtensions = []string{".csv", ".jsonl", ".txt", ".log", ""}

// checkReplaced refuses outputs that would take the place of a file that is read.
func (l *learner) checkReplaced(inputs ...string) error {
	l.willRead(inputs...)
	for _, out := range []string{l.output, l.logFile, l.reportFile} {
		if err := l.mayWrite(out); err != nil {
			return err
		}
	}
	return nil
}

// kernelFiles are the files among the kernels that a fit takes.
func (l *learner) kernelFiles() []string {
	var files []string
	for _, spec := range []string{l.target, l.init} {
		if spec != "uniform" && spec != "zeros" && kernel.NamesFile(spec) {
			files = append(files, strings.TrimSpace(spec))
		}
	}
	return files
}

// checkKernelFile finds the format of the kernel's file.
func (l *learner) checkKernelFile() error {
	l.rich = l.hasBias()
	if l.toStdout() {
		return l.checkRich()
	}
	const hint = "-o is one kernel file: .csv, .tsv, .txt, .json or .npy"
	if isFolder(l.output) {
		return usage(hint, "%s is a folder, and learn writes one kernel", l.output)
	}
	name := l.format
	if name == "" {
		var err error
		if st, e := os.Stat(l.output); e == nil && !st.Mode().IsRegular() && filepath.Ext(l.output) == "" {
			name = "csv" // a device or a pipe, which has no other name
		} else if name, err = imageio.FormatOf(l.output); err != nil {
			return usage(hint, "%w", err)
		}
	}
	if _, err := word(kernelFormats...)(name); err != nil {
		return usage(hint, "%s: a kernel cannot be written as %s", l.output, name)
	}
	l.format = name
	return l.checkRich()
}

func (l *learner) hasBias() bool { return l.spec.Bias || l.background >= 0 }

// checkRich refuses a format that has no place for a bias or channels.
func (l *learner) checkRich() error {
	switch {
	case !l.rich || l.format == "json" || l.format == "npy" && !l.hasBias() || l.format == "" && l.toStdout():
		return nil
	case l.toStdout():
		return usage("leave --format out, or give --format json", "a kernel with a bias or channels is JSON, not %s", l.format)
	}
	return usage("write it to a .json file", "%s: a kernel with a bias or channels is JSON, not %s", l.output, l.format)
}

func (l *learner) toStdout() bool { return l.output == "" || l.output == "-" }
