package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/imageio/atomicfile"
)

// outcome is what became of an input, as --summary writes it.
type outcome struct {
	Input   string  `json:"input"`
	Output  string  `json:"output"`
	Status  string  `json:"status"` // done, exists or failed
	Error   string  `json:"error,omitempty"`
	Code    int     `json:"exit_code"`
	Seconds float64 `json:"seconds"`
}

// journal writes one line for each input of a batch: to standard output at once, to a
// file that appears when the batch has ended, whichever way.
type journal struct {
	w    io.Writer
	file *atomicfile.File
}

// newJournal returns nil, which does nothing, where no summary is asked for.
func (f *filter) newJournal() (*journal, error) {
	switch path := f.batch.summary; path {
	case "":
		return nil, nil
	case "-":
		return &journal{w: f.stdout}, nil
	default:
		if err := f.mayWrite(path); err != nil {
			return nil, err
		}
		file, err := atomicfile.Create(path)
		return &journal{w: file, file: file}, err
	}
}

// write adds the line of an input.
func (j *journal) write(p file, status string, err error, took time.Duration) error {
	if j == nil {
		return nil
	}
	o := outcome{Input: p.in, Output: p.out, Status: status, Seconds: took.Round(time.Microsecond).Seconds()}
	if err != nil {
		o.Error = err.Error()
		o.Code, _ = classify(err)
	}
	line, err := json.Marshal(o)
	must(err)
	_, err = fmt.Fprintf(j.w, "%s\n", line)
	return err
}

// close puts the file in its place.
func (j *journal) close() error {
	if j == nil || j.file == nil {
		return nil
	}
	return j.file.Close()
}

// checkSummary refuses a summary that cannot be told from results.
func (f *filter) checkSummary() error {
	switch {
	case f.batch.summary == "":
		return nil
	case f.batch.summary == "-" && (f.output == "" || f.output == "-") && !f.batch.inPlace:
		return usage("write the results with -o, or the summary into a file", "--summary - and the result would both go to standard output")
	case f.batch.summary == "-":
		return nil
	case isFolder(f.batch.summary):
		return usage("give it the name of a file, like summary.jsonl", "--summary %s is a folder", f.batch.summary)
	}
	return checkFolder(f.batch.summary)
}

// worst returns the exit code of a batch: 3 where all failures are of data, 1 where a
// file could not be read or written or the failures differ.
func worst(codes []int) int {
	code := codes[0]
	for _, c := range codes {
		if c != code {
			code = exit.Failed
		}
	}
	return code
}

// errOf joins the error of a batch with that of its summary.
func errOf(err, summary error) error {
	if err == nil {
		return summary
	}
	if summary != nil && !errors.Is(err, summary) {
		return errors.Join(err, summary)
	}
	return err
}

// counter shows how many files of a batch are done, their rate and the time left.
type counter struct {
	a           *app
	done, total int
	started     time.Time
	last        time.Time
	shown       bool
}

// newCounter returns nil, which does nothing, for a batch of one and where no progress
// is wanted. Else the progress within a file is not shown.
func (a *app) newCounter(total int) *counter {
	if total < 2 || !a.showsProgress() {
		return nil
	}
	a.counting = true
	return &counter{a: a, total: total, started: time.Now(), last: time.Now()}
}

// add counts a file.
func (c *counter) add() {
	if c == nil {
		return
	}
	c.done++
	if now := time.Now(); now.Sub(c.last) >= time.Second/5 {
		c.last, c.shown = now, true
		c.a.stderr.overwrite(c.line(now.Sub(c.started)), "")
	}
}

// line is what the counter shows after a time.
func (c *counter) line(after time.Duration) string {
	rate := float64(c.done) / max(after.Seconds(), 1e-3)
	left := time.Duration(float64(c.total-c.done) / max(rate, 1e-9) * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%d of %d files, %.3g a second, %v left", c.done, c.total, rate, left)
}

// end clears the line, or with --progress always leaves it.
func (c *counter) end() {
	if c == nil {
		return
	}
	c.a.counting = false
	line := c.line(time.Since(c.started))
	switch {
	case c.a.progress == progressAlways:
		c.a.stderr.overwrite(line, "\n")
	case c.shown:
		c.a.stderr.overwrite("", "\r")
	}
}
