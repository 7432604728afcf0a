package report

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Log is the log of a descent.
type Log struct {
	Name   string
	epochs []float64
	losses []float64
	best   float64 // the best possible loss; NaN if the log does not tell
}

// ParseLog reads a log of learn, CSV or JSON lines. ok is false if the data are
// something else.
func ParseLog(data []byte) (log Log, ok bool, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("epoch,loss")):
		log, err = parseCSV(data)
	case bytes.HasPrefix(data, []byte(`{"epoch":`)):
		log, err = parseLines(data)
	default:
		return log, false, nil
	}
	if err == nil && len(log.epochs) == 0 {
		err = errors.New("the log has no epoch")
	}
	return log, true, err
}

// Add appends an epoch. A gap that is known gives the best possible loss.
func (l *Log) Add(epoch, loss, gap float64) {
	if len(l.epochs) == 0 {
		l.best = math.NaN()
	}
	l.epochs, l.losses = append(l.epochs, epoch), append(l.losses, loss)
	if best := loss - gap; best-best == 0 {
		// Of a small difference of two numbers little more than rounding is left.
		if math.Abs(best) <= 1e-9*math.Abs(loss) {
			best = 0
		}
		l.best = best
	}
}

func parseCSV(data []byte) (log Log, err error) {
	r := csv.NewReader(bytes.NewReader(data))
	header, err := r.Read()
	if err != nil {
		return log, err
	}
	gap := -1
	for i, name := range header {
		if name == "gap" {
			gap = i
		}
	}
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return log, nil
		}
		if err != nil {
			return log, err
		}
		values := make([]float64, len(fields))
		for i, f := range fields {
			if values[i], err = strconv.ParseFloat(f, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
				line, _ := r.FieldPos(i)
				return log, fmt.Errorf("line %d: %q is not a number", line, f)
			}
		}
		below := math.NaN()
		if gap >= 0 {
			below = values[gap]
		}
		log.Add(values[0], values[1], below)
	}
}

func parseLines(data []byte) (log Log, err error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var e struct{ Epoch, Loss, Gap *float64 }
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Epoch == nil {
			return log, fmt.Errorf("line %d has no epoch", n)
		}
		log.Add(*e.Epoch, orNaN(e.Loss), orNaN(e.Gap))
	}
	return log, lines.Err()
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// shown returns the points that a logarithmic axis can hold, and how many it cannot.
func (l Log) shown() (points plotter.XYs, left int) {
	for i, loss := range l.losses {
		if loss > 0 && !math.IsInf(loss, 0) {
			points = append(points, plotter.XY{X: l.epochs[i], Y: loss})
		} else {
			left++
		}
	}
	return points, left
}

// label says which line a log is, its best possible loss, and what is not drawn.
func (l Log) label() string {
	text := l.Name
	if l.best == l.best {
		text += fmt.Sprintf(", best possible %.4g", l.best)
	}
	if _, left := l.shown(); left > 0 {
		text += fmt.Sprintf(" (%d losses are 0 or not finite)", left)
	}
	return text
}

// Logs returns a figure of losses against epochs, on a logarithmic axis. Thin dashed
// lines are the best possible losses, where these are above 0.
func Logs(list []Log) *Figure {
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = l.label()
	}
	return &Figure{title: "loss of each epoch", about: "Loss against epochs of " + strings.Join(names, "; ") + ".", rows: [][]panel{{lossPanel(list)}}}
}

// lossPanel draws the losses of logs.
func lossPanel(list []Log) panel {
	p := newPlot("loss of each epoch")
	p.X.Label.Text, p.Y.Label.Text = "epoch", "loss"
	p.Y.Scale = plot.LogScale{}
	drawn := false
	for i, l := range list {
		points, _ := l.shown()
		line := &plotter.Line{XYs: points, LineStyle: lineStyle(i)}
		if len(points) > 0 {
			p.Add(line)
			drawn = true
		}
		p.Legend.Add(l.label(), line)
		if l.best > 0 && len(points) > 0 {
			best := lineStyle(i)
			best.Width = 0.75
			best.Dashes = []vg.Length{2, 3}
			p.Add(&plotter.Line{XYs: plotter.XYs{{X: points[0].X, Y: l.best}, {X: points[len(points)-1].X, Y: l.best}}, LineStyle: best})
		}
	}
	if !drawn {
		p.Y.Min, p.Y.Max, p.X.Min, p.X.Max = 0.1, 1, 0, 1
	}
	p.Y.Min, p.Y.Max = decades(p.Y.Min, p.Y.Max, len(list))
	p.X.Min, p.X.Max = 0, max(p.X.Max, 1)
	p.X.Tick.Marker, p.Y.Tick.Marker = steps(6), powers{}
	p.Legend.Top, p.Legend.Padding, p.Legend.ThumbnailWidth = true, 2, 30
	return panel{p, 420, 260}
}

// WithLosses adds the losses of a descent below a figure; none if there is no epoch.
func (f *Figure) WithLosses(l Log) *Figure {
	if len(l.epochs) > 0 {
		f.rows = append(f.rows, []panel{lossPanel([]Log{l})})
		f.about += " Loss against epochs of " + l.label() + "."
	}
	return f
}

// decades widens a range to whole powers of ten, with room above for a legend of n lines.
func decades(low, high float64, n int) (float64, float64) {
	a, b := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	b = max(b, a+1)
	b += math.Ceil((b - a) * 0.08 * float64(n))
	return math.Pow10(max(int(a), -323)), math.Pow10(min(int(b), 308))
}

// powers puts ticks at powers of ten, at most eight with a label.
type powers struct{}

// Ticks returns the ticks.
func (powers) Ticks(low, high float64) []plot.Tick {
	a, b := int(math.Round(math.Log10(low))), int(math.Round(math.Log10(high)))
	every := 1 + (b-a)/8
	var ticks []plot.Tick
	for e := a; e <= b; e++ {
		t := plot.Tick{Value: math.Pow10(e)}
		if (e-a)%every == 0 {
			if t.Label = fmt.Sprintf("1e%d", e); e >= -3 && e <= 3 {
				t.Label = strconv.FormatFloat(t.Value, 'f', -1, 64)
			}
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// LogsText draws the losses of logs with characters: a column for some epochs, a row
// for some part of the logarithm.
func LogsText(w io.Writer, list []Log, width int) error {
	s := &screen{bufio.NewWriter(w), width, None}
	const rows, margin = 16, 10
	columns := max(10, min(width-margin, 70))
	low, high, last := math.Inf(1), math.Inf(-1), 1.0
	for _, l := range list {
		points, _ := l.shown()
		for _, p := range points {
			low, high, last = min(low, math.Log10(p.Y)), max(high, math.Log10(p.Y)), max(last, p.X)
		}
	}
	if math.IsInf(low, 0) {
		low, high = 0, 0
	}
	if high == low {
		low, high = low-0.5, high+0.5
	}
	chart := make([][]byte, rows)
	for i := range chart {
		chart[i] = bytes.Repeat([]byte{' '}, columns)
	}
	const marks = "*o+x#@%&"
	for i, l := range list {
		fmt.Fprintf(s, "%c %s\n", marks[i%len(marks)], l.label())
		points, _ := l.shown()
		for _, p := range points {
			y := int(math.Round((high - math.Log10(p.Y)) / (high - low) * (rows - 1)))
			x := int(math.Round(p.X / last * float64(columns-1)))
			chart[y][x] = marks[i%len(marks)]
		}
	}
	for i, line := range chart {
		label := ""
		if i == 0 || i == rows-1 || i == rows/2 {
			label = fmt.Sprintf("%.3g", math.Pow(10, high-(high-low)*float64(i)/(rows-1)))
		}
		fmt.Fprintf(s, "%8s |%s\n", label, strings.TrimRight(string(line), " "))
	}
	fmt.Fprintf(s, "%8s +%s\n%8s  0%*d epochs\n", "", strings.Repeat("-", columns), "", columns-8, int(last))
	return s.Flush()
}
