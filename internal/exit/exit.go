// Package exit has the exit codes of convkit, and the interface of errors that know
// theirs. An error type that implements Error needs no entry in any list.
package exit

import "errors"

// The exit codes, as docs/cli.md promises them.
const (
	Done        = 0
	Failed      = 1 // could not read, write or run
	Usage       = 2
	Data        = 3
	Diverged    = 4
	Interrupted = 130 // as shells count an interrupt
)

// Error is an error that says how the program ends, and what the user can do.
type Error interface {
	error
	ExitCode() int
	Advice() string // in the words of the command line; "" for none
}

// Of returns the code of the first Error in the chain of err, and the first advice
// from there on. Without an Error, ok is false.
func Of(err error) (code int, advice string, ok bool) {
	var e Error
	for errors.As(err, &e) {
		if !ok {
			code, ok = e.ExitCode(), true
		}
		if advice = e.Advice(); advice != "" {
			break
		}
		if err = errors.Unwrap(e); err == nil {
			break
		}
	}
	return code, advice, ok
}
