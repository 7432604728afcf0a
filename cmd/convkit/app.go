package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/convkit/convkit/internal/imageio/atomicfile"
)

// app is what every command shares: the streams, the environment, and the
// options that all commands have.
type app struct {
	counting bool // files of a batch are counted, and no progress within one is shown
	stdin    io.Reader
	stdout   *results
	stderr   *console
	env      map[string]string
	args     []string // of the command line

	config    string
	threads   int
	quiet     bool
	verbose   bool
	maxPixels int64
	maxMemory int64
	shortHelp bool // -h
	progress  progressMode

	files     atomicfile.Set // the outputs, which take their places together
	protected protected

	told sync.Map // files of which it was noted that they hold more than is read

	typed  func(flag string) bool // on the command line
	origin map[string]string      // flag name -> the place its value came from, where that is not the command line
}

// warn prints a warning, unless the user wants quiet.
func (a *app) warn(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, "convkit: warning: %s\n", oneLine(fmt.Sprintf(format, args...)))
	}
}

// note says what is done without having been asked, unless the user wants quiet.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, "convkit: %s\n", oneLine(fmt.Sprintf(format, args...)))
	}
}

// logVerbose prints a line for those who want to know more.
func (a *app) logVerbose(format string, args ...any) {
	if a.verbose {
		fmt.Fprintf(a.stderr, "%s\n", oneLine(fmt.Sprintf(format, args...)))
	}
}

// timed runs f, shows that it still runs, and tells how long it took.
func (a *app) timed(what string, f func() error) error {
	start := time.Now()
	defer a.beat(what)()
	err := f()
	a.logVerbose("%s %.1f ms", what, time.Since(start).Seconds()*1e3)
	return err
}

// await returns what read does, or the context's error as soon as that is
// cancelled: a read from a terminal or a pipe may never return by itself, and
// holds nothing that would have to be undone.
func await[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := read()
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
