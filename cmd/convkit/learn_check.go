package main

import (
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/spf13/cobra"
)

// learnCheck compares the flags of one command line with each other and with the
// images that it names. Nothing but the names of files is looked at.
type learnCheck struct {
	*app
	*learnFlags
	args   []string               // X and Y
	given  func(flag string) bool // in whichever place
	typed  func(flag string) bool // on the command line
	chosen learnOptions           // so far
}

// check returns the options that the flags add up to, or says why they do not go
// together. It is the one place where the options of learn are refused.
func (l *learnFlags) check(a *app, cmd *cobra.Command, args []string) (*learnOptions, error) {
	c := &learnCheck{app: a, learnFlags: l, args: args,
		given: func(flag string) bool { return a.given(cmd, flag) },
		typed: cmd.Flags().Changed,
	}
	c.chosen = l.options(c.given, args)
	for _, check := range []func() error{c.checkSources, c.checkShare, c.checkFit, c.checkVary, c.checkNoise, c.checkRounded, c.checkAlign, c.checkImages, c.checkGain, c.checkPSF, c.checkOutputs} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return &c.chosen, nil
}

// checkSources refuses images that contradict each other, before any is read.
func (l *learnCheck) checkSources() error {
	stdin := 0
	for _, s := range append([]string{l.init, l.target, l.mask, l.xMask, l.variance, l.weights, l.xNoise.file, l.images.xVariance, l.pairs}, l.args...) {
		if s == "-" {
			stdin++
		}
	}
	switch {
	case stdin > 1:
		return usage("", "standard input (-) can be read only once")
	case l.pairs != "" && len(l.args) > 0:
		return usage("leave one of them out", "images are given twice: as %s, and by --pairs", strings.Join(l.args, " "))
	case l.pairs != "" && l.target != "":
		return usage("leave one of them out", "Y is given twice: in the list of --pairs, and by --target")
	case len(l.args) == 1 && l.target == "":
		return usage("give both images, or make the second with --target KERNEL", "learn needs X and Y, and got only %s", l.args[0])
	case len(l.args) == 2 && l.target != "":
		return usage("leave one of them out", "Y is given twice: as %s, and by --target", l.args[1])
	case len(l.args) == 2 && isFolder(l.args[0]) != isFolder(l.args[1]):
		return usage("give two images, or two folders with files of the same names", "one of %s and %s is a folder", l.args[0], l.args[1])
	case len(l.args) == 1 && isFolder(l.args[0]):
		return usage("give an image", "%s is a folder", l.args[0])
	case l.variance != "" && l.weights != "":
		return usage("use one of them: --variance for known noise, --weights for ratios", "--variance and --weights do not go together")
	case l.keepSaturated && !l.saturation.auto:
		return usage("leave one of them out", "--saturation and --keep-saturated do not go together")
	case l.initBias != nil && !l.bias && l.background == nil:
		return usage("add --bias", "--init-bias is given, but no bias is learned")
	}
	return nil
}

// checkShare finds the share of the pairs that is learned from.
func (l *learnCheck) checkShare() (err error) {
	if l.chosen.share, err = l.shard.get(); err != nil {
		return err
	}
	if l.chosen.share.of > 0 && l.chosen.source != fromList && l.chosen.source != fromFolders {
		return usage("give --pairs LIST.csv or two folders", "--shard takes a share of many pairs, and there is one")
	}
	return nil
}

// checkFit chooses the exact solver where only that will do, and refuses flags
// that do not go together.
func (l *learnCheck) checkFit() error {
	if s := l.constraints; s.Sum != nil && s.NonNegative && *s.Sum < 0 {
		return usage("", "taps that are not negative (--nonnegative) cannot add up to %v (--sum)", *s.Sum)
	}
	if size := l.size.value; l.constraints.Symmetry == solve.Rotation && size.H != size.W {
		return usage("give a square --kernel-size", "a %v kernel cannot be turned onto itself (--symmetric rotation)", size)
	}
	if err := l.checkDetect(); err != nil {
		return err
	}
	solver := &l.chosen.solver.Optimizer
	*solver = l.optimizer.value
	if l.optimizer.auto {
		*solver = descent.Exact
		if l.descends() {
			*solver = descent.GD
		}
	}
	if why := l.onlyExact(); why != "" {
		chosen := l.given("optimizer") && !l.optimizer.auto
		if chosen && *solver != descent.Exact {
			return usage("leave --optimizer out, or give --optimizer exact", "%s is solved exactly, and --optimizer %v is given", why, *solver)
		}
		for _, name := range []string{"lr", "epochs", "tol", "momentum"} {
			if l.typed(name) && !chosen {
				return usage("leave one of them out", "%s is solved exactly, and --%s is for a descent", why, name)
			}
		}
		*solver = descent.Exact
	}
	l.warnUnused()
	return nil
}

// descentOptions are the flags that mean nothing without a descent.
var descentOptions = []string{"lr", "epochs", "momentum", "init", "init-bias", "seed", "loss", "log", "log-every", "tol"}

// descends reports whether a descent is asked for: by one of its flags, or by running
// the textbook's example.
func (l *learnCheck) descends() bool {
	return len(l.args) == 0 && l.pairs == "" ||
		slices.ContainsFunc(descentOptions, func(name string) bool { return l.given(name) })
}

// onlyExact names a flag with which no descent goes, or gives "".
func (l *learnCheck) onlyExact() string {
	switch s := l.constraints; {
	case l.detect:
		return "--detect"
	case l.vary != nil:
		return "--vary"
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
func (l *learnCheck) checkDetect() error {
	if !l.detect {
		return nil
	}
	for _, name := range []string{"linear", "border", "convolve", "like", "background", "ridge", "smooth", "sum", "nonnegative", "symmetric", "robust"} {
		if l.given(name) {
			return usage("first --detect, then fit with what it found", "--detect and --%s do not go together", name)
		}
	}
	if l.given("padding") && l.geometry.Padding.Mode != corr.Explicit {
		return usage("leave --padding out. A padding in numbers is tried beside valid, same and full", "--detect finds the padding itself")
	}
	if l.target != "" {
		return usage("give X and Y", "--detect needs a Y that is not made by --target")
	}
	return nil
}

// warnUnused tells which flags on the command line have no effect.
func (l *learnCheck) warnUnused() {
	unused := []string{"lr", "epochs", "tol", "momentum", "log", "log-every", "init", "seed"}
	switch l.chosen.solver.Optimizer {
	case descent.Exact:
	case descent.GD, descent.Adam:
		unused = []string{"momentum"}
	default:
		unused = nil
	}
	for _, name := range unused {
		if l.typed(name) {
			l.warn("--%s has no effect with --optimizer %v", name, l.chosen.solver.Optimizer)
		}
	}
}

// checkAlign refuses what a shift cannot be found or taken out of.
func (l *learnCheck) checkAlign() error {
	switch {
	case !l.align:
	case l.xMask != "":
		return usage("cut X and its mask first, as convkit align tells", "--align and --x-mask do not go together")
	case l.detect:
		return usage("leave --align out: --detect finds shifts itself", "--align and --detect do not go together")
	case l.pairs == "" && len(l.args) < 2:
		return usage("give X and Y", "--align needs a Y that is not made by --target")
	case l.geometry.Stride.H > 1 || l.geometry.Stride.W > 1:
		return usage("", "--align needs a Y with as many pixels as X (--stride 1), not every %v", l.geometry.Stride)
	}
	return nil
}
