package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/convkit/convkit/internal/exit"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// failure is an error with its exit code and what to try.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func (f *failure) ExitCode() int  { return f.code }
func (f *failure) Advice() string { return f.hint }

// reported is the end of a command whose errors have been told.
type reported struct{ code int }

func (r *reported) Error() string { return "some inputs failed" }

func usage(hint, format string, args ...any) error {
	return &failure{code: exit.Usage, err: fmt.Errorf(format, args...), hint: hint}
}

func badData(hint, format string, args ...any) error {
	return &failure{code: exit.Data, err: fmt.Errorf(format, args...), hint: hint}
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
		return exit.Failed
	}
	message := err.Error()
	if code == exit.Interrupted {
		message = "interrupted"
	}
	fmt.Fprintf(a.stderr, "convkit: error: %s\n", oneLine(message))
	if hint != "" {
		fmt.Fprintf(a.stderr, "convkit: hint: %s\n", oneLine(hint))
	}
	return code
}

// classify finds the exit code and the hint of an error. Those of the project's own
// errors come with them; what the system says is known here.
func classify(err error) (code int, hint string) {
	code, hint, ok := exit.Of(err)
	switch {
	case errors.Is(err, context.Canceled):
		if code != exit.Interrupted {
			hint = ""
		}
		return exit.Interrupted, hint
	case !ok:
		code = exit.Failed
	}
	if hint == "" && errors.Is(err, syscall.ENOSPC) {
		hint = "make room, or write to another disk"
	}
	return code, hint
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
