// Command convkit correlates images with small kernels, finds edges, templates and
// shifts in them, and learns kernels from
// images. See convkit help, and the project's README.
package main

import (
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/convkit/convkit/internal/exit"
)

func main() {
	if _, set := os.LookupEnv("GOGC"); !set {
		collectLate()
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

// collectLate lets the first collection of memory come when 8 MiB are in use. Small
// runs, which need less, then have none: three of them took a third of their time.
//
// Memory goes into few large blocks of numbers, which cost a collection nothing.
// After the first one it may come four times as often as usual, and less lies about.
func collectLate() {
	const least, first = 4 << 20, 8 << 20 // the runtime's heap at 100 percent, and here
	debug.SetGCPercent(100 * first / least)
	type mark struct{ _ [64]byte } // too large for the allocator that packs objects together
	runtime.SetFinalizer(new(mark), func(*mark) { debug.SetGCPercent(25) })
}

// run executes one command line and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	ctx, stop := interruptible()
	defer stop()
	a := &app{stdin: stdin, stdout: newResults(stdout), stderr: &console{w: stderr}, env: environment(environ), args: args, origin: map[string]string{}}
	defer a.files.Abort()
	a.stdout.check = func() error { return a.mayWrite("-") }
	a.files.Check, a.files.Placed = a.mayWrite, a.wrote
	root := newRoot(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = a.stdout.finish()
	}
	if err == nil {
		return exit.Done
	}
	return a.report(err)
}

// environment is the variables of a list of NAME=value.
func environment(list []string) map[string]string {
	env := make(map[string]string, len(list))
	for _, entry := range list {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env
}
