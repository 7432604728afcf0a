package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/report"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/intervals"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/xnoise"
	"github.com/spf13/cobra"
)

// learner is a run of learn: what was asked for, and what is found out on the way.
type learner struct {
	*app
	*learnOptions

	spec    train.Spec      // the task, completed from the images
	size    corr.Size       // of the kernel where it is known before X and Y are; else zero
	sizeRMS float64         // what the size found by error leaves of Y away from the borders
	descent descent.Descent // the solver, with its start
	losses  report.Log      // of the descent, for a plot
	extras  kernelExtras    // of the kernel that is written
	planes  int             // of Y
	outputs int             // of a plane of Y
	told    map[string]bool // notes
	failed  []int           // exit codes of the pairs that were skipped

	several         bool                 // pairs
	only            train.Input          // the pair, where images of the fit are asked for
	psfLines        []string             // of the report
	settled         float64              // of a kernel that varies; 0: as far as rounding allows
	inside          corr.Size            // outputs so near to an edge do not count
	countNoise      *countReport         // of Y; nil: its variances are not those of counts
	imageY          *imageio.Image       // its Y; nil: it was made
	listedVariances bool                 // the pairs of a list have variances
	steps           map[float64]bool     // between the values of each Y; 0 where they are not rounded
	set             *accumulate.Set      // that is fitted; nil: residuals are not tested
	noisy           *xnoise.Fit          // corrected for the noise of X; nil: it is not
	lags            *xnoise.Lags         // of residuals, which tell of noise in X; nil: not summed
	stepX           float64              // the least one between the values of an X
	numbers         bool                 // some X or Y is no picture
	padding         kernelPads           // of the kernel that is written
	clips           map[train.Range]bool // the ends of the range of each Y
	intervalsFit    *intervals.Fit       // what rounding says; nil: it was not looked at
	bands           *meter               // of the pair that is read
	saturatedX      map[string]clipped   // by file
}

func newLearner(a *app, o *learnOptions) *learner {
	l := &learner{app: a, learnOptions: o, spec: o.task, size: o.kernelSize, descent: o.solver, steps: map[float64]bool{}, told: map[string]bool{}, saturatedX: map[string]clipped{}, clips: map[train.Range]bool{}}
	l.spec.Threads = a.threads
	return l
}

func newLearn(a *app) *cobra.Command {
	flags := &learnFlags{}
	cmd := &cobra.Command{
		Use:   "learn [X Y | DIRX DIRY | --pairs LIST.csv] [-o KERNEL]",
		Short: "Learn the kernel that turned one image into another",
		Long: `Learn the kernel, and a bias on request, with which convkit corr turns X into Y. The
best fit comes at once, by least squares. A flag of descent, like --lr or --epochs,
chooses full-batch gradient descent instead. --optimizer has the update rules of
PyTorch. The epochs run on sums over all windows, which are computed once. Their cost
does not depend on the size of the images. Many pairs give one kernel: a list, or two
folders with files of the same names.

The kernel goes to -o or standard output. A report goes to standard error: the quality
of the fit, its errors, the name of the kernel, and all that the images leave open.
--quiet omits the report, --verbose adds the standard error of each tap.

Standard errors assume noise of Y that is independent and equally strong everywhere,
or as --variance or --weights say. The residuals are tested for that. A failed test
gets a warning with a remedy, and widens the errors (see --errors). Noise of X pulls
the taps toward a blur: a warning tells of it, and --x-noise corrects it.

Without X and Y, learn runs the textbook's example: a 6x8 image and its edges by 1,-1.
It begins where the textbook's printed run does, unless you give --init or --seed.
The loss of an epoch is the one before its step. On standard output the log lines are
# comments, so other tools can read the stream as a matrix.

A descent that has not converged says first how far away the best possible loss is,
even with --quiet, and gives no standard errors. If the loss ends above its start, or
is not finite, learn writes no kernel and exits with 4.

An interrupted descent writes the kernel reached so far. --init continues from it.`,
		Example: `  convkit learn --lr 0.03 --epochs 10
  convkit learn before.csv after.csv | convkit corr photo.png -k - -o out.png
  convkit learn photo.png blurred.png --kernel-size 5 --padding same -o kernel.npy
  convkit learn photo.png blurred.png --detect -o kernel.json
  convkit learn before/ after/ --kernel-size auto --padding same --report fit.json -o kernel.csv
  convkit learn stars1.fits stars2.fits --kernel-size 15 --padding same --nonnegative --background 2 --robust tukey -o psf.json
  convkit learn x.npy --target sobel-x --optimizer adam --lr 0.01 --log loss.csv -o learned.csv`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, args []string) error {
			options, err := flags.check(a, cmd, args)
			if err != nil {
				return err
			}
			l := newLearner(a, options)
			return l.withHint(l.run(cmd.Context()))
		},
	}
	flags.add(a, cmd)
	return cmd
}

// run reads the pairs, sums them up, fits, writes the kernel, and reports.
func (l *learner) run(ctx context.Context) error {
	inputs, err := l.inputs(ctx)
	if err != nil {
		return err
	}
	pairs := len(inputs)
	l.only = inputs[0]
	if l.detect || l.sizeByError {
		if inputs, err = l.screen(ctx, inputs); err != nil {
			return err
		}
	}
	if l.detect {
		if err := l.runDetect(ctx, inputs); err != nil {
			return err
		}
		return l.summary(l.failed, pairs, failedPairs)
	}
	if inputs, err = l.settle(ctx, inputs); err != nil {
		return err
	}
	if inputs[0], err = l.estimateVariances(ctx, inputs[0]); err != nil {
		return err
	}
	if l.vary != nil {
		return l.runVary(ctx, inputs[0])
	}
	start := time.Now()
	set, err := l.gather(ctx, inputs)
	if err != nil {
		return err
	}
	l.set = set
	if err := l.begin(ctx, set.Equations); err != nil {
		return err
	}
	result, err := l.fit(ctx, set)
	l.logVerbose("compute %.1f ms", time.Since(start).Seconds()*1e3)
	if err != nil {
		return l.stopped(err, result)
	}
	end := l.beat("border")
	l.checkBorder(set.Equations, result)
	end()
	if err := l.finish(ctx, set.Equations, result, result.Kernel); err != nil {
		return err
	}
	return l.summary(l.failed, pairs, failedPairs)
}

// fit finds the kernel: by descent, or at once.
func (l *learner) fit(ctx context.Context, set *accumulate.Set) (result solve.Result, err error) {
	s := set.Equations
	if limit := descent.StableRate(s, l.descent); l.descent.Optimizer != descent.Exact && l.descent.Rate > limit {
		l.warn("the rate %.4g is above the largest stable one, %.4g: the loss will diverge from almost every start", l.descent.Rate, limit)
	}
	l.logVerbose("plan %v, kernel %v, channels %v, %d windows, %d unknowns", l.descent.Optimizer, l.spec.Kernel, l.spec.Channels, s.Windows(), s.Unknowns())
	log, err := l.newLog(l.asJSON())
	if err != nil {
		return result, err
	}
	var epochs *meter // a robust fit shows its readings instead
	if l.robust == robust.None {
		epochs = l.newMeter("learning", l.descent.Epochs)
	}
	l.bands.rename("robust fit, step 1")
	defer l.bands.end()
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	err = l.timed("descend", func() (err error) {
		switch {
		case l.robust != robust.None:
			result, err = robust.Solve(ctx, set, l.robust, l.constraints, robust.Options{Loss: l.descent.Loss, TapsOnly: l.quiet && !l.wantsReport(), Progress: func(step int, moved float64) {
				l.bands.rename(fmt.Sprintf("robust fit, step %d", step+1))
				l.logVerbose("robust step %d moved a tap by %.2g of the largest", step, moved)
			}})
		case l.xNoise.any():
			result, err = l.fitNoisy(ctx, set)
		case !l.constraints.None():
			result, err = solve.Constrained(s, l.constraints, l.descent.Loss)
		default:
			result, err = descent.Descend(ctx, s, l.descent, func(e descent.Epoch) {
				if l.wantsReport() {
					l.losses.Add(float64(e.Epoch), e.Loss, e.Gap)
				}
				if log.epoch(e); log.err != nil {
					enough() // nobody reads on
				}
				epochs.add(1)
			})
			if err == nil {
				result, err = l.fitRounded(ctx, set, result)
			}
		}
		return err
	})
	epochs.end()
	if e := log.close(); e != nil {
		return solve.Result{}, e
	}
	return result, asData(err)
}

// asData gives an error that has no exit code of its own that of bad data.
func asData(err error) error {
	if err == nil {
		return nil
	}
	var path *fs.PathError
	code, _ := classify(err)
	if _, _, ok := exit.Of(err); ok || code != exit.Failed || errors.As(err, &path) {
		return err
	}
	return &failure{code: exit.Data, err: err}
}

// textbookStart is a beginning from which the example prints the textbook's log
// and kernel at learning rate 0.03, digit for digit.
const textbookStart = "0.039102,0.213445"

// begin sets the kernel that the descent begins with.
func (l *learner) begin(ctx context.Context, s *normal.Equations) error {
	var k tensor.Kernel
	init := l.init
	if l.printedRun && l.spec.Kernel == (corr.Size{H: 1, W: 2}) {
		init = textbookStart
	}
	switch init {
	case "uniform", "zeros":
		k = descent.InitUniform(s, uint64(l.seed))
		if init == "zeros" {
			clear(k.Taps)
			clear(k.Bias)
		}
	default:
		var err error
		if k, err = l.readKernel(ctx, init); err != nil {
			return fmt.Errorf("--init: %w", err)
		}
	}
	if l.initBias != nil {
		k.Bias = []float64{*l.initBias}
	}
	l.descent.Init = &k
	if err := l.descent.Check(s); err != nil {
		return usage(l.initHint(k), "%w", err)
	}
	return nil
}

// initHint says how a kernel that does not fit what is learned could.
func (l *learner) initHint(k tensor.Kernel) string {
	switch want := l.spec.Kernel; {
	case k.H != want.H || k.W != want.W:
		return fmt.Sprintf("give --init a kernel of %v, or learn one of %dx%d: --kernel-size %dx%d, with the padding that goes with it", want, k.H, k.W, k.H, k.W)
	case k.Mixes && l.spec.Channels != train.Mix:
		return "add --channels mix, or give --init a kernel of one matrix"
	case len(k.Bias) > 0 && !extrasOf(l.spec, l.planes).bias:
		return "add --bias"
	}
	return ""
}

// asJSON reports whether the kernel is more than a matrix and goes to standard
// output as JSON.
func (l *learner) asJSON() bool {
	return l.toStdout() && (l.extras.any() || l.format == "json" || l.format == "npy")
}
