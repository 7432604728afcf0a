package accumulate

import (
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/train/lagvec"
	"gonum.org/v1/gonum/floats"
)

// addLags adds the band's own padded rows to the sums by lag: each is once the upper
// row of its pairs. Pairs that count for only some u go to G at once.
func (w *worker) addLags(j band) {
	if w.p.tile > 0 {
		w.addTiles(j)
	}
	for _, group := range w.p.lags.groups {
		w.addCore(j, group)
		for _, l := range group {
			w.addEdges(j, l)
		}
	}
}

// lower returns the plane and row that hold the lower row of a pair.
func (w *worker) lower(l lagRow, r int) (*plane, int) {
	if l.j == ones {
		return &w.ones, 0
	}
	return &w.padded, l.j*w.height + r
}

// addCore adds the pairs that count for every u: upper rows [y0, y1) of the band, and
// lower rows from kh−1 below the start of the segment on. For one lower row the upper
// ones are contiguous.
func (w *worker) addCore(j band, group []lagRow) {
	kh, first, last := w.p.g.KH, group[0].ly, group[len(group)-1].ly
	for below := max(0, j.segment.y0+kh-1-j.y0); below < j.y1-j.y0+kh-1; below++ {
		from, to := max(first, below-(j.y1-j.y0-1)), min(last, below)
		if from > to {
			continue
		}
		l := group[from-first]
		b, row := w.lower(l, below)
		rows, top := group[from-first:to-first+1], l.i*w.height+below-to
		if w.p.tile == 0 || l.j == ones {
			w.lags.addMiddle(w.p.lags, rows, &w.padded, top, b, row)
		}
		w.lags.addSides(w.p.lags, rows, &w.padded, top, b, row)
	}
}

// addEdges adds the other pairs: those at the top of the segment, and those whose
// upper row lies below its last output row.
func (w *worker) addEdges(j band, l lagRow) {
	p, kh := w.p.lags, w.p.g.KH
	own := j.y1 - j.y0
	if j.y1 == j.segment.y1 {
		own += kh - 1
	}
	for r := range own {
		y := j.y0 + r
		u0, u1 := p.owners(j.segment, y)
		if u1 = min(u1, kh-1-l.ly); u0 > u1 || (y < j.segment.y1 && y+l.ly >= j.segment.y0+kh-1) {
			continue
		}
		b, row := w.lower(l, r+l.ly)
		w.edge.clearRow(l)
		w.edge.addMiddle(p, []lagRow{l}, &w.padded, l.i*w.height+r, b, row)
		w.edge.addSides(p, []lagRow{l}, &w.padded, l.i*w.height+r, b, row)
		w.edge.distribute(p, w.sums.Matrix(), l, u0, u1)
		w.matrixUsed = true
	}
}

// addGradients adds Σ a r of the taps, row by row of the padded input. Each row meets
// up to kh rows of residuals, one for each row of taps.
func (w *worker) addGradients(j band) {
	if w.p.tile > 0 {
		w.addTileGradients(j)
		return
	}
	g := w.p.g
	n := j.y1 - j.y0
	sums := w.edge.rows
	for k := range w.rows {
		grad := w.sums.Outputs()[k].Gradient
		for i := range w.p.layout.Inputs() {
			for below := range n + g.KH - 1 {
				from, to := max(0, below-g.KH+1), min(n-1, below)
				m := to - from + 1
				lagvec.DotLags(sums[:m*g.KW], m, g.KW, w.rows[k][from*g.OutW:], g.OutW, g.OutW, w.padded.from(i*w.height+below, 0))
				for r := range m {
					u := below - from - r
					floats.Add(grad[(i*g.KH+u)*g.KW:][:g.KW], sums[r*g.KW:(r+1)*g.KW])
				}
			}
		}
	}
}

// residuals sets the rows of the band to y − aᵀw0, without the background.
func (w *worker) residuals(j band) error {
	g, inputs := w.p.g, w.p.layout.Inputs()
	for k, rows := range w.rows {
		for oy := j.y0; oy < j.y1; oy++ {
			y, err := w.p.Y.Row(j.group*len(w.rows)+k, oy, w.y)
			if err != nil {
				return err
			}
			copy(rows[(oy-j.y0)*g.OutW:], y)
		}
		w0 := w.sums.Outputs()[k].Origin
		if w.p.mean != 0 {
			floats.AddConst(-w0[w.layout.Taps()], rows[:(j.y1-j.y0)*g.OutW])
		}
		for i := range inputs {
			minus := make([]float64, g.KH*g.KW)
			for t := range minus {
				minus[t] = -w0[i*len(minus)+t]
			}
			vec.Correlate(rows, g.OutW, w.padded.from(i*w.height, 0), w.padded.width, vec.NewTaps(minus, g.KH, g.KW), 1, j.y1-j.y0, g.OutW, 0, vec.Add)
		}
	}
	return nil
}
