// Command convkit correlates images with small kernels, finds edges, templates and
// shifts in them, and learns kernels from
// images. See convkit help, and the project's README.
package main

import (
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/convkit/convkit/internal/exit"
)

func main() {
	if _, set := os.LookupEnv("GOGC"); !set {
		// Memory goes into few large blocks of numbers, which cost a collection
		// nothing: it may come four times as often as usual, and less lies about.
		debug.SetGCPercent(25)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

// run executes one command line and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	ctx, stop := interruptible()
	defer stop()
	a := &app{stdin: stdin, stdout: newResults(stdout), stderr: &console{w: stderr}, env: environment(environ), origin: map[string]string{}}
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
