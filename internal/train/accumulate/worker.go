package accumulate

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"gonum.org/v1/gonum/floats"
)

// worker sums the windows of one band at a time. It belongs to one goroutine.
type worker struct {
	p      *scan
	reader *corr.Reader[float64]
	background
	weighing

	// The sums of the band.
	system       int
	sums         normal.System // the upper half of G
	lags         *lagSums
	edge         *lagSums // of one padded row
	spectra      *spectra // nil: none
	tile         *fft.Tile[float64]
	counts       train.Counts
	residualRows ResidualRows // nil: residuals count as they are
	observer     ObserverRows // nil: nobody sees the residuals
	matrixUsed   bool         // the matrix of sums is not all zeros

	height    int         // padded rows of an input plane
	padded    plane       // those of all input planes
	notFinite [][]bool    // for each padded row, the windows that see a number there which is not finite; nil for none
	columns   [][]float64 // [row*kw + v]: what tap column v sees of a padded row
	split     []float64   // memory of columns where a stride takes them apart

	views    [][]float64 // one for each unknown, of the current row of windows
	ones     plane
	y, mask  []float64
	selected []float64   // of y, those that are used
	rows     [][]float64 // for each output, r of the rows of the band
	r        [][]float64 // of the current row: y, then y − aᵀw0; 0 where excluded
	use      []bool      // windows that are used
}

func newWorker(p *scan) *worker {
	n, m, outW := p.layout.Unknowns(), p.layout.Taps(), p.g.OutW
	w := &worker{p: p, reader: corr.NewReader(p.X, p.g)}
	w.y, w.mask, w.use = make([]float64, outW), make([]float64, outW), make([]bool, outW)
	w.selected, w.views = make([]float64, outW), make([][]float64, n)
	w.sums = normal.NewSystem(p.layout)
	w.r, w.rows = make([][]float64, len(w.sums.Outputs())), make([][]float64, len(w.sums.Outputs()))
	w.padded = newPlane(p.g.PadW(), p.g.KW)
	if p.residuals != nil {
		w.residualRows = p.residuals.Rows(outW)
	}
	if p.observer != nil {
		w.observer = p.observer.Rows()
	}
	w.background, w.weighing = newBackground(p.layout, p.g.OutH, outW), newWeighing(p)
	copy(w.views[m:], w.background.rows)
	if p.lags != nil {
		w.lags, w.edge = p.lags.newSums(), p.lags.newSums()
		if p.tile > 0 {
			w.spectra, w.tile = newSpectra(p.tile, p.layout.Outputs()), fft.NewTile[float64](p.tile)
		}
		w.ones = newPlane(p.g.PadW(), p.g.KW)
		w.ones.resize(1)
		for i := range w.ones.row(0) {
			w.ones.row(0)[i] = 1
		}
	}
	return w
}

// do sums a band.
func (w *worker) do(j band) error {
	w.clear(j.group)
	if err := w.load(j); err != nil {
		return err
	}
	if w.p.origin != nil && w.p.lags != nil {
		if err := w.residuals(j); err != nil {
			return err
		}
	}
	for oy := j.y0; oy < j.y1; oy++ {
		if err := w.row(j, oy); err != nil {
			return err
		}
	}
	w.addWeighted(j)
	if w.p.lags == nil {
		return nil
	}
	if !w.p.lossOnly {
		w.addGradients(j)
	}
	if w.p.byLag() {
		w.addLags(j)
	}
	return nil
}

// clear sets the sums to zero, about the origin of the group's system.
func (w *worker) clear(group int) {
	w.system, w.counts = 0, train.Counts{}
	if w.residualRows != nil {
		w.residualRows.Clear()
	}
	if w.observer != nil {
		w.observer.Begin()
	}
	if w.p.layout.Spec.Channels == train.Separate {
		w.system = group % w.p.layout.OutputChannels
	}
	if w.matrixUsed {
		clear(w.sums.Matrix())
		w.matrixUsed = false
	}
	if w.lags != nil {
		w.lags.clear()
	}
	if w.spectra != nil {
		w.spectra.clear()
	}
	for k := range w.sums.Outputs() {
		o := &w.sums.Outputs()[k]
		clear(o.Gradient)
		o.Loss, o.Moments = 0, normal.Moments{}
		if w.p.origin != nil {
			o.Origin = w.p.start[w.system+k]
		}
	}
}

// addTo adds the sums of the band to t.
func (w *worker) addTo(t total) {
	for k := range t.sys.Outputs() {
		a, b := &t.sys.Outputs()[k], &w.sums.Outputs()[k]
		floats.Add(a.Gradient, b.Gradient)
		a.Loss += b.Loss
		a.Moments.Add(b.Moments)
	}
	if w.matrixUsed {
		floats.Add(t.sys.Matrix(), w.sums.Matrix())
	}
	if t.lags != nil && w.p.byLag() {
		t.lags.add(w.lags)
	}
	if t.spectra != nil {
		t.spectra.add(w.spectra, w.p.byLag())
	}
}

// load reads the padded rows that the band sees.
func (w *worker) load(j band) error {
	g, planes := w.p.g, w.p.layout.Inputs()
	w.height = (j.y1-j.y0-1)*g.Stride.H + g.Reach().H
	w.padded.resize(planes * w.height)
	for k := range w.rows {
		w.rows[k] = tensor.Grow(w.rows[k], (j.y1-j.y0)*g.OutW)
	}
	w.notFinite = tensor.Grow(w.notFinite, planes*w.height)
	w.beginWeights(j)
	w.columns = tensor.Grow(w.columns, planes*w.height*g.KW)
	if g.Stride.W > 1 {
		w.split = tensor.Grow(w.split, planes*w.height*g.KW*g.OutW)
	}
	for i := range planes * w.height {
		row := w.padded.row(i)
		if err := w.reader.Row(j.group*planes+i/w.height, j.y0*g.Stride.H+i%w.height, row); err != nil {
			return err
		}
		if m := w.p.mean; m != 0 {
			for x := range row {
				row[x] -= m
			}
		}
		w.notFinite[i] = zeroNotFinite(row, g)
		for v := range g.KW {
			w.columns[i*g.KW+v] = w.column(row, i, v)
		}
	}
	return nil
}

// column returns what tap column v sees of a padded row: row[v*dx + ox*sx] for ox =
// 0, 1, …
func (w *worker) column(row []float64, i, v int) []float64 {
	g := w.p.g
	row = row[v*g.Dilation.W:]
	if g.Stride.W == 1 {
		return row[:g.OutW]
	}
	part := w.split[(i*g.KW+v)*g.OutW:][:g.OutW]
	for ox := range part {
		part[ox] = row[ox*g.Stride.W]
	}
	return part
}

// setRow sets what the windows of output row oy see, and where its residuals stand.
func (w *worker) setRow(j band, oy int) (top int) {
	g, t := w.p.g, 0
	top = (oy - j.y0) * g.Stride.H
	for i := range w.p.layout.Inputs() {
		for u := range g.KH {
			at := (i*w.height + top + u*g.Dilation.H) * g.KW
			t += copy(w.views[t:], w.columns[at:at+g.KW])
		}
	}
	w.background.row(oy)
	for k := range w.r {
		w.r[k] = w.rows[k][(oy-j.y0)*g.OutW:][:g.OutW]
	}
	return top
}

// row sums one row of windows.
func (w *worker) row(j band, oy int) error {
	top := w.setRow(j, oy)
	unused, err := w.selectWindows(j.group, oy, top)
	if err != nil {
		return err
	}
	w.setWeights(j, oy, unused)
	if w.p.byLag() && w.layout.BackgroundTerms() > 0 {
		w.addBackground()
	}
	var weights []float64
	if w.p.weighted() {
		weights = w.weights[(oy-j.y0)*w.p.g.OutW:][:w.p.g.OutW]
	}
	for k := range w.r {
		if w.p.origin != nil {
			w.residual(k, unused)
		}
		if w.p.stored {
			y, err := w.p.Y.(train.LinearRGB).Source.Row(j.group*len(w.r)+k, oy, w.y)
			if err != nil {
				return err
			}
			train.StoredResiduals(w.r[k], y)
		}
		w.scaleByRoots(w.r[k])
		if w.observer != nil {
			if err := w.observe(j, oy, k); err != nil {
				return err
			}
		}
		if w.residualRows != nil {
			if err := w.replace(j.group*len(w.r)+k, oy, k, weights); err != nil {
				return err
			}
		}
		w.addOutput(k)
	}
	w.scaleWeights(weights)
	return nil
}
