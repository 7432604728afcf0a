package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/atomicfile"
	"github.com/convkit/convkit/internal/imageio/text"
	"github.com/convkit/convkit/internal/train/descent"
)

// lossLog writes the log of a descent, into a stream or a file, as it goes: every
// so many epochs a line, and one for the last.
type lossLog struct {
	every  int
	last   descent.Epoch // that has no line; Epoch is 0 where it has
	line   func(descent.Epoch) string
	stream io.Writer
	file   *atomicfile.File // nil for a stream
	err    error            // the first of a write
}

// newLog decides where the log goes and how its lines look. On standard
// output, before a matrix, lines are comments; before anything else they would
// spoil it and go to standard error.
func (l *learner) newLog(spoils bool) (log *lossLog, err error) {
	log = &lossLog{every: l.logEvery, stream: l.stdout, line: plainLine}
	switch {
	case l.logFile != "":
		if log.file, err = l.files.Create(l.logFile); err != nil {
			return nil, err
		}
		log.stream = log.file
		switch strings.ToLower(filepath.Ext(l.logFile)) {
		case ".csv":
			log.line = csvLine
			fmt.Fprintln(log.file, "epoch,loss,lr,gradient_norm,gap")
		case ".jsonl":
			log.line = jsonLine
		}
	case l.quiet:
		log.stream = io.Discard
	case spoils:
		log.stream = l.stderr
	case l.toStdout():
		log.line = func(e descent.Epoch) string { return "# " + plainLine(e) }
	}
	return log, nil
}

// epoch writes the line of an epoch that is due.
func (g *lossLog) epoch(e descent.Epoch) {
	if g.last = e; e.Epoch%g.every == 0 {
		g.write()
	}
}

func (g *lossLog) write() {
	if _, err := fmt.Fprintln(g.stream, g.line(g.last)); err != nil && g.err == nil {
		g.err = err
	}
	g.last = descent.Epoch{}
}

// close writes the line of the last epoch, and leaves the log file to the set of
// outputs.
func (g *lossLog) close() error {
	if g.last.Epoch > 0 {
		g.write()
	}
	if g.file == nil || g.err != nil {
		return g.err
	}
	return g.file.Close()
}

// plainLine is the textbook's line. A loss from 10⁹ on, as of a fit that diverges, is
// written with an exponent: its digits would fill lines.
func plainLine(e descent.Epoch) string {
	if math.Abs(e.Loss) >= 1e9 {
		return fmt.Sprintf("epoch %d, loss %.6g", e.Epoch, e.Loss)
	}
	return fmt.Sprintf("epoch %d, loss %.3f", e.Epoch, e.Loss)
}

func csvLine(e descent.Epoch) string {
	line := strconv.Itoa(e.Epoch)
	for _, v := range []float64{e.Loss, e.Rate, e.GradientNorm, e.Gap} {
		line += "," + string(text.AppendNumber(nil, v, -1))
	}
	return line
}

// jsonLine writes NaN and infinities, which JSON has not, as null.
func jsonLine(e descent.Epoch) string {
	type line struct {
		Epoch        int      `json:"epoch"`
		Loss         *float64 `json:"loss"`
		Rate         *float64 `json:"lr"`
		GradientNorm *float64 `json:"gradient_norm"`
		Gap          *float64 `json:"gap"`
	}
	b, err := json.Marshal(line{e.Epoch, finite(e.Loss), finite(e.Rate), finite(e.GradientNorm), finite(e.Gap)})
	must(err)
	return string(b)
}

func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}
