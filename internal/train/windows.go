package train

import (
	"github.com/convkit/convkit/internal/corr"
)

// worker sums the windows of one band at a time. It belongs to one goroutine.
type worker struct {
	p      *pass
	reader *corr.Reader[float64]
	origin [][]float64
	system int    // of the band in sums
	sums   system // of the band

	padded []float64     // padded rows of the band, plane by plane
	taps   [][][]float64 // [plane*rows + row][v]: what tap column v sees of a padded row
	split  []float64     // memory of taps where a stride takes them apart
	views  [][]float64   // one for each tap of the current row of windows
	yRow   []float64
	r      []float64 // y − aᵀw0
}

func newWorker(p *pass, origin [][]float64) *worker {
	w := &worker{p: p, reader: corr.NewReader(p.x, p.g), origin: origin}
	w.yRow, w.r = make([]float64, p.g.OutW), make([]float64, p.g.OutW)
	w.views = make([][]float64, p.layout.taps())
	one := newStatistics(p.layout)
	w.sums = one.systems[0]
	return w
}

// band sums the windows of one band of rows of a group: an image where
// channels are mixed, else a plane.
func (w *worker) band(group, band int) error {
	p := w.p
	w.clear(group)
	y0 := band * p.rows
	rows := min(p.rows, p.g.OutH-y0)
	if err := w.load(group, y0, rows); err != nil {
		return err
	}
	for oy := y0; oy < y0+rows; oy++ {
		w.row(oy - y0)
		if w.origin == nil {
			w.addG()
		}
		for k := range w.sums.outputs {
			if err := w.addOutput(group, oy, k); err != nil {
				return err
			}
		}
	}
	w.mirror()
	return nil
}

// clear sets the sums to zero, about the origin of the group's system.
func (w *worker) clear(group int) {
	w.system = 0
	if w.p.layout.spec.Channels == Separate {
		w.system = group % w.p.layout.outC
	}
	clear(w.sums.g)
	for k := range w.sums.outputs {
		o := &w.sums.outputs[k]
		clear(o.grad)
		o.loss, o.y = 0, moments{}
		if w.origin != nil {
			o.origin = w.origin[w.system+k]
		}
	}
}

// load reads the padded rows that output rows [y0, y0+rows) see.
func (w *worker) load(group, y0, rows int) error {
	g, planes := w.p.g, w.p.layout.inputs()
	height := (rows-1)*g.Stride.H + g.Reach().H
	width := g.PadW()
	w.padded = grow(w.padded, planes*height*width)
	w.taps = grow(w.taps, planes*height)
	if g.Stride.W > 1 {
		w.split = grow(w.split, planes*height*g.KW*g.OutW)
	}
	for i := range planes * height {
		row := w.padded[i*width : (i+1)*width]
		if err := w.reader.Row(group*planes+i/height, y0*g.Stride.H+i%height, row); err != nil {
			return err
		}
		w.taps[i] = w.columns(w.taps[i], row, i)
	}
	return nil
}

// columns are the parts of a padded row that the tap columns see: row[v*dx +
// ox*sx] for ox = 0, 1, …
func (w *worker) columns(dst [][]float64, row []float64, i int) [][]float64 {
	g := w.p.g
	dst = dst[:0]
	for v := range g.KW {
		from := row[v*g.Dilation.W:]
		if g.Stride.W == 1 {
			dst = append(dst, from[:g.OutW])
			continue
		}
		part := w.split[(i*g.KW+v)*g.OutW:][:g.OutW]
		for ox := range part {
			part[ox] = from[ox*g.Stride.W]
		}
		dst = append(dst, part)
	}
	return dst
}

// row sets the views to output row oy of the band.
func (w *worker) row(oy int) {
	g := w.p.g
	height := len(w.taps) / w.p.layout.inputs()
	t := 0
	for i := range w.p.layout.inputs() {
		for u := range g.KH {
			t += copy(w.views[t:], w.taps[i*height+oy*g.Stride.H+u*g.Dilation.H])
		}
	}
}

// addG adds Σ a aᵀ of one row of windows to the upper half of G.
func (w *worker) addG() {
	n, m := w.sums.n, len(w.views)
	for i, a := range w.views {
		row := w.sums.g[i*n : (i+1)*n]
		for j := i; j < m; j++ {
			row[j] += dot(a, w.views[j])
		}
		if n > m {
			row[m] += sum(a)
		}
	}
	if n > m {
		w.sums.g[n*n-1] += float64(w.p.g.OutW)
	}
}

// mirror copies the upper half of G below the diagonal.
func (w *worker) mirror() {
	n, g := w.sums.n, w.sums.g
	for i := range n {
		for j := range i {
			g[i*n+j] = g[j*n+i]
		}
	}
}

// addOutput adds residual, gradient and moments of one row of output k.
func (w *worker) addOutput(group, oy, k int) error {
	o := &w.sums.outputs[k]
	y, err := w.p.y.Row(group*len(w.sums.outputs)+k, oy, w.yRow)
	if err != nil {
		return err
	}
	r := y
	if w.origin == nil {
		o.y.add(momentsOf(y))
	} else {
		r = w.residual(y, o.origin)
	}
	o.loss += dot(r, r)
	for i, a := range w.views {
		o.grad[i] += dot(a, r)
	}
	if m := len(w.views); m < w.sums.n {
		o.grad[m] += sum(r)
	}
	return nil
}

// residual is y − aᵀw0 of one row.
func (w *worker) residual(y, w0 []float64) []float64 {
	bias := 0.0
	if m := len(w.views); m < len(w0) {
		bias = w0[m]
	}
	for i, v := range y {
		w.r[i] = v - bias
	}
	for t, a := range w.views {
		f := w0[t]
		for i, v := range a[:len(w.r)] {
			w.r[i] -= f * v
		}
	}
	return w.r
}

func sum(a []float64) float64 {
	s := 0.0
	for _, v := range a {
		s += v
	}
	return s
}

// momentsOf are the moments of one row.
func momentsOf(y []float64) moments {
	m := moments{n: len(y), mean: sum(y) / float64(len(y))}
	for _, v := range y {
		m.m2 += (v - m.mean) * (v - m.mean)
	}
	return m
}

// grow returns a slice of n elements, in s where it is large enough.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
