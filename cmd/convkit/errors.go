package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/imageio/atomicfile"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1 // could not read, write or run
	exitUsage       = 2
	exitData        = 3
	exitDiverged    = 4
	exitInterrupted = 130
)

// failure is an error with its exit code and what to try.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// reported is the end of a command whose errors have been told.
type reported struct{ code int }

func (r *reported) Error() string { return "some inputs failed" }

func usage(hint, format string, args ...any) error {
	return &failure{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

func badData(hint, format string, args ...any) error {
	return &failure{code: exitData, err: fmt.Errorf(format, args...), hint: hint}
}

// report prints an error in its two lines and returns its exit code. A reader of
// standard output that went away (a closed pipe) is no error to print.
func (a *app) report(err error) int {
	var told *reported
	if errors.As(err, &told) {
		return told.code
	}
	code, hint := classify(err)
	if a.stdout.readerGone() && errors.Is(err, syscall.EPIPE) {
		return exitFailed
	}
	message := err.Error()
	if code == exitInterrupted {
		message = "interrupted"
	}
	fmt.Fprintf(a.stderr, "convkit: error: %s\n", oneLine(message))
	if hint != "" {
		fmt.Fprintf(a.stderr, "convkit: hint: %s\n", oneLine(hint))
	}
	return code
}

// classify finds the exit code and the hint of an error.
func classify(err error) (code int, hint string) {
	var (
		f        *failure
		data     *imageio.DataError
		option   *imageio.OptionError
		spec     *kernel.SpecError
		large    *geometry.TooLargeError
		channels *corr.ChannelsError
		method   *method.Error
		diverged *descent.DivergedError
		sizes    *train.SizeError
		none     *train.NoWindowsError
		space    *memory.Error
	)
	switch {
	case errors.As(err, &f):
		if hint = f.hint; hint == "" {
			_, hint = classify(f.err)
		}
		return f.code, hint
	case errors.Is(err, context.Canceled):
		return exitInterrupted, ""
	case errors.As(err, &space):
		return exitFailed, "--max-memory SIZE sets the limit"
	case errors.As(err, &diverged):
		hint := "let --lr auto choose the rate"
		if diverged.Rate > diverged.Stable {
			hint = fmt.Sprintf("try --lr %.3g, or let --lr auto choose the rate", 0.9*diverged.Stable)
		}
		return exitDiverged, hint
	case errors.As(err, &sizes):
		return exitData, sizesHint(sizes)
	case errors.As(err, &none):
		return exitData, windowsHint(none.Counts)
	case errors.As(err, &data):
		return exitData, data.Hint
	case errors.As(err, &option):
		return exitUsage, option.Hint
	case errors.As(err, &spec):
		return exitUsage, spec.Hint()
	case errors.As(err, &large):
		return exitData, "use a smaller kernel, or pad the image: --padding same"
	case errors.As(err, &channels):
		return exitData, fmt.Sprintf("give an image of %d channels, or a kernel of one matrix, which filters every channel on its own", channels.Wanted())
	case errors.As(err, &method):
		return exitUsage, "leave --method out: convkit then chooses the fastest one that fits"
	case errors.Is(err, atomicfile.ErrProtected):
		return exitFailed, "write into another file, or let this one be written: chmod u+w"
	case errors.Is(err, syscall.ENOSPC):
		return exitFailed, "make room, or write to another disk"
	}
	return exitFailed, ""
}

// sizesHint says with which flags x could lead to y.
func sizesHint(e *train.SizeError) string {
	const (
		auto   = ", with --kernel-size auto if you do not know the size"
		others = "; --detect finds how Y was made from X"
	)
	switch one := (corr.Size{H: 1, W: 1}); {
	case e.Larger:
		return "Y is much larger than X, and no kernel does that: did you swap them?"
	case e.Same:
		return "try --padding same" + auto + others
	case e.Stride == one:
		return "Y is as large as X: leave --stride out" + others
	case e.Stride != (corr.Size{}):
		return "try --stride " + shortSize(e.Stride) + " --padding same" + auto + others
	}
	return "--kernel-size HxW says the size, or auto to have it found; --padding and --stride say how X became Y" + others
}

// windowsHint says what may be wrong where no output can be used.
func windowsHint(c train.Counts) string {
	switch most := max(c.NotFinite, c.Masked, c.Saturated); most {
	case 0:
		return ""
	case c.NotFinite:
		return "X or Y is NaN or infinite in every window: are these the right files?"
	case c.Masked:
		return "pixels count where the mask is not zero: is it the right file, or inverted?"
	}
	return "--keep-saturated uses such pixels, --saturation V sets the level"
}

// shortSize writes a square as one number.
func shortSize(s corr.Size) string {
	if s.H == s.W {
		return fmt.Sprint(s.H)
	}
	return s.String()
}

// wrongValue is the error for a value that a flag does not take, and the place
// it came from.
func wrongValue(f *pflag.Flag, place, text string, err error) error {
	if f.Value.Type() == "bool" {
		return usage("", "%s: %q is neither true nor false", place, text)
	}
	return usage(suggest(text, f.Annotations[wordsOf]), "%s: %w", place, err)
}

// flagError turns the flag parser's errors into ours.
func flagError(cmd *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		return wrongValue(value.GetFlag(), "--"+value.GetFlag().Name, value.GetValue(), value.Unwrap())
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && strings.Trim(unknown.GetSpecifiedName(), "0123456789.") == "" {
		return usage("put -- before a kernel that begins with a minus sign: convkit kernels -- '-1 0 1'", "%s", err)
	}
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, "--"+f.Name)
			}
		})
		if name := unknown.GetSpecifiedName(); len(name) > 1 {
			if hint := suggest("--"+name, names); hint != "" {
				return usage(hint, "%s", err)
			}
		}
		return usage("convkit help lists the commands, convkit COMMAND --help their flags", "%s", err)
	}
	return usage("", "%w", err)
}
