package accumulate

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/gram"
)

// weighing is how a worker sums G over windows with weights.
type weighing struct {
	sums     *gram.Sums
	weights  []float64   // of the windows of the band
	any      bool        // not all are zero
	function [][]float64 // of the background, for the rows of the band
	root     []float64   // of the weight of each output of a row; nil: all weigh one
	variance float64     // that rounding leaves in an entry of the band's sums
	sampled  [2]float64  // Σ|w| over all windows of the band and over those summed
	removed  float64     // trace of what was taken away from G
}

func newWeighing(p *scan) weighing {
	var w weighing
	if p.Weights != nil {
		w.root = make([]float64, p.g.OutW)
	}
	if p.sumsG() {
		w.sums = gram.New(p.shape(), p.way.tile, p.way.precision, p.way.centre)
	}
	return w
}

// shape is that of the windows.
func (p *scan) shape() gram.Shape {
	return gram.Shape{Inputs: p.layout.Inputs(), Functions: p.layout.BackgroundTerms(), Kernel: p.layout.Spec.Kernel, OutW: p.g.OutW, Stride: p.g.Stride, Dilation: p.g.Dilation}
}

// beginWeights makes room for the weights of a band.
func (w *worker) beginWeights(j band) {
	w.any, w.variance, w.removed, w.sampled = false, 0, 0, [2]float64{}
	if w.weighing.sums != nil && !w.p.byLag() { // else most bands need none
		w.makeWeights(j)
	}
}

// makeWeights makes room for the weights of a band, all zero, and for the functions of
// the background.
func (w *worker) makeWeights(j band) {
	size := (j.y1 - j.y0) * w.p.g.OutW
	w.weights = tensor.Grow(w.weights, size)
	clear(w.weights)
	if terms := w.layout.BackgroundTerms(); len(w.function) < terms {
		w.function = make([][]float64, terms)
	}
	for k := range w.function {
		w.function[k] = tensor.Grow(w.function[k], size)
	}
}

// setWeights sets the weights that the windows of a row have in G: where all were
// summed by lag, what is to be added to their weight of one.
func (w *worker) setWeights(j band, oy, unused int) {
	if w.weighing.sums == nil || w.p.byLag() && (unused == 0 || w.p.way.unweighted) {
		return
	}
	if w.p.byLag() && !w.any {
		w.makeWeights(j)
	}
	at := (oy - j.y0) * w.p.g.OutW
	row := w.weights[at:][:w.p.g.OutW]
	for k, f := range w.background.rows {
		copy(w.function[k][at:], f[:w.p.g.OutW])
	}
	switch {
	case w.p.byLag():
		w.any = true
		for i, use := range w.use {
			row[i] = 0
			if !use {
				row[i] = -1
			}
		}
	case w.p.weighted():
		w.any = true
		clear(row) // for the residuals to set
	default:
		w.any = w.any || unused < len(row)
		for i, use := range w.use {
			row[i] = 0
			if use {
				row[i] = w.weightOf(i)
			}
		}
	}
}

// weightOf is the weight of output i of the current row, one that is used.
func (w *worker) weightOf(i int) float64 {
	if w.root == nil {
		return 1
	}
	return w.root[i] * w.root[i]
}

// readWeights reads the roots of the weights of a row, and drops the outputs that
// have none: those of zero, NaN and infinite ones.
func (w *worker) readWeights(plane, oy int, drop func(i int)) error {
	m := w.p.Weights
	row, err := m.Row(plane%m.Shape().Planes(), oy, w.mask)
	if err != nil {
		return err
	}
	for i, v := range row {
		switch {
		case v < 0:
			return fmt.Errorf("output %d,%d of plane %d has a negative weight or variance: give numbers from 0 on (0 excludes)", oy, i, plane)
		case v == 0 || v != v || math.IsInf(v, 0):
			w.root[i] = 0
			drop(i)
		default:
			w.root[i] = math.Sqrt(v)
		}
	}
	return nil
}

// scaleByRoots multiplies residuals by the roots of the weights.
func (w *worker) scaleByRoots(r []float64) {
	for i, f := range w.root {
		r[i] *= f
	}
}

// scaleWeights multiplies the weights of a row, which a Residuals has set, by those
// of the outputs.
func (w *worker) scaleWeights(weights []float64) {
	if weights == nil {
		return
	}
	for i, f := range w.root {
		weights[i] *= f * f
	}
}

// addWeighted adds the windows of the band, with their weights, to G.
func (w *worker) addWeighted(j band) {
	if w.weighing.sums == nil || !w.any {
		return
	}
	before := 0.0
	if w.matrixUsed {
		before = w.sums.Trace()
	}
	w.matrixUsed = true
	w.thin(j)
	b := gram.Band{Rows: j.y1 - j.y0, W: w.weights, X: w.padded.from(0, 0), Height: w.height, Width: w.padded.width, F: w.function}
	w.variance = w.weighing.sums.Add(w.sums.Matrix(), b)
	if w.p.byLag() {
		w.removed = before - w.sums.Trace()
	}
}

// thin leaves of the weights of a band those of some of its tiles, where G is summed
// over a sample.
func (w *worker) thin(j band) {
	if w.p.sample < 2 {
		return
	}
	outW, cols := w.p.g.OutW, w.p.way.tile-w.p.g.KW+1
	first := j.y0 / (w.p.way.tile - w.p.g.KH + 1)
	for x := 0; x < outW; x += cols {
		keep, total := (first+x/cols)%w.p.sample == 0, 0.0
		for oy := range j.y1 - j.y0 {
			row := w.weights[oy*outW+x : oy*outW+min(x+cols, outW)]
			for _, v := range row {
				total += math.Abs(v)
			}
			if !keep {
				clear(row)
			}
		}
		w.sampled[0] += total
		if keep {
			w.sampled[1] += total
		}
	}
}
