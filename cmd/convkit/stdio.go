package main

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/convkit/convkit/internal/faults"
	"golang.org/x/term"
)

// console is standard error. All messages go through it, and it is the one place
// that makes them safe to show: names and contents of files may hold anything. A
// reader that went away, or a full disk, does not stop the work that is reported.
type console struct {
	w      io.Writer
	mu     sync.Mutex
	width  int          // of the line that overwrite left
	writes atomic.Int64 // so far
}

// Write shows text, its line ends included, with all else that a terminal could
// act on escaped. It never fails.
func (c *console) Write(p []byte) (int, error) {
	lines := strings.Split(string(p), "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes.Add(1)
	c.width = 0
	_, _ = io.WriteString(c.w, strings.Join(lines, "\n"))
	return len(p), nil
}

// overwrite shows text in the place of the line on which the cursor stands.
func (c *console) overwrite(line, end string) {
	line = printable(line)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes.Add(1)
	rest := strings.Repeat(" ", max(0, c.width-len(line))) // of a longer line
	if c.width = len(line); end != "" {
		c.width = 0
	}
	_, _ = io.WriteString(c.w, "\r"+line+rest+end)
}

// printable writes each byte and each character that is not plain text as an
// escape of Go: control characters, those that change the direction of text,
// invisible ones, and bytes that are not UTF-8.
func printable(s string) string {
	plain := func(r rune) bool { return unicode.IsPrint(r) && r != utf8.RuneError }
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if plain(r) {
			b.WriteString(s[:n])
		} else {
			quoted := strconv.Quote(s[:n])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[n:]
	}
	return b.String()
}

// oneLine returns text on one line, with all that a terminal could act on
// escaped.
func oneLine(s string) string {
	return printable(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " "))
}

// results is standard output. It keeps the first error of a write, so that no
// result is lost unnoticed, also where the writer of it looks for no error.
type results struct {
	w     io.Writer
	check func() error // before the first write

	mu    sync.Mutex
	err   error
	tried bool // something was written, or should have been
}

// errClosed says that a result had nowhere to go.
var errClosed = errors.New("standard output is closed: the result would be lost")

// newResults wraps standard output. One that was closed before the program
// started fails from the first write on.
func newResults(w io.Writer) *results {
	r := &results{w: w}
	if f, ok := w.(*os.File); ok && closedAtStart(f) {
		r.err = errClosed
	}
	return r
}

// Write fails for ever after the first error.
func (r *results) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.tried && r.err == nil && r.check != nil {
		r.err = r.check()
	}
	if r.tried = true; r.err != nil {
		return 0, r.err
	}
	n, err := 0, faults.At(faults.Write, "<stdout>")
	if err == nil {
		n, err = r.w.Write(p)
	}
	r.err = err
	return n, err
}

// closed returns an error where nothing can be written from the start.
func (r *results) closed() error {
	if errors.Is(r.err, errClosed) {
		return r.err
	}
	return nil
}

// readerGone reports whether a write failed because nobody reads any more.
func (r *results) readerGone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Is(r.err, syscall.EPIPE)
}

// finish returns the first error of a write, and closes the stream, which is
// where some file systems tell of what they could not keep.
func (r *results) finish() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.tried {
		return nil
	}
	f, ok := r.w.(*os.File)
	if r.err != nil || !ok {
		return r.err
	}
	return f.Close()
}

// isTerminal reports whether a stream is a person's screen or keyboard.
func isTerminal(stream any) bool {
	switch s := stream.(type) {
	case *console:
		return isTerminal(s.w)
	case *results:
		return isTerminal(s.w)
	case *os.File:
		return term.IsTerminal(int(s.Fd()))
	}
	return false
}
