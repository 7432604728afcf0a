package accumulate

import (
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// addWindows adds the windows of a row to G where they are summed one by one;
// where they are summed by lag, it takes those away that do not count. unused is
// their number.
func (w *worker) addWindows(top, unused int) {
	if w.p.lags == nil {
		w.collect(top, true, 1)
		return
	}
	if w.layout.BackgroundTerms() > 0 {
		w.addBackground()
	}
	if unused > 0 {
		w.collect(top, false, -1)
	}
}

// addBackground adds the products with the background, for all windows of a row:
// those of its constant with the taps are sums by lag where it is alone.
func (w *worker) addBackground() {
	n, first := w.sums.N(), w.layout.Taps()
	if w.layout.BackgroundTerms() == 1 {
		w.sums.Matrix()[n*n-1] += float64(len(w.y))
		w.matrixUsed = true
		return
	}
	var d [1]float64
	for j := first; j < n; j++ {
		for i := range j + 1 {
			lagvec.DotLags(d[:], 1, 1, w.views[i], len(w.y), len(w.y), w.views[j])
			w.sums.Matrix()[i*n+j] += d[0]
		}
	}
	w.matrixUsed = true
}

// choose reads the row of each output into r and finds which windows count:
// it returns the number of those that do not. Moments are of the others.
func (w *worker) selectWindows(group, oy, top int) (unused int, err error) {
	outputs := len(w.r)
	for i := range w.use {
		w.use[i] = true
	}
	var c train.Counts
	drop := func(i int, n *int) {
		if w.use[i] {
			w.use[i] = false
			*n += outputs
			unused++
		}
	}
	w.dropUnseen(top, func(i int) { drop(i, &c.NotFinite) })
	for k := range outputs {
		plane := group*outputs + k
		y, err := w.p.Y.Row(plane, oy, w.y)
		if err != nil {
			return 0, err
		}
		if w.p.origin == nil || w.p.lags == nil {
			copy(w.r[k], y)
		}
		if !numeric.IsFinite(numeric.Sum(y)) {
			for i, v := range y {
				if !numeric.IsFinite(v) {
					drop(i, &c.NotFinite)
				}
			}
		}
		if m := w.p.Mask; m != nil {
			row, err := m.Row(plane%m.Shape().Planes(), oy, w.mask)
			if err != nil {
				return 0, err
			}
			for i, v := range row {
				if v != v {
					c.MaskNaN++
				}
				if v == 0 || v != v {
					drop(i, &c.Masked)
				}
			}
		}
		if r := w.p.Range; r != nil {
			for i, v := range y {
				if v <= r.Low || v >= r.High {
					drop(i, &c.Saturated)
				}
			}
		}
	}
	c.Used = (len(w.use) - unused) * outputs
	w.counts.Add(c)
	for k := range outputs {
		if w.p.origin == nil {
			w.sums.Outputs()[k].Moments.Add(w.momentsOfRow(w.r[k], unused))
		}
		w.zeroUnused(w.r[k], unused)
	}
	return unused, nil
}

// silence sets the residuals that do not count to zero.
func (w *worker) zeroUnused(r []float64, unused int) {
	if unused == 0 {
		return
	}
	for i, use := range w.use {
		if !use {
			r[i] = 0
		}
	}
}

// dropUnseen drops the windows that see an input that is not finite.
func (w *worker) dropUnseen(top int, drop func(i int)) {
	g := w.p.g
	for i := range w.p.layout.Inputs() {
		for u := range g.KH {
			bad := w.notFinite[i*w.height+top+u*g.Dilation.H]
			if bad == nil {
				continue
			}
			for ox := range w.use {
				for v := range g.KW {
					if bad[ox*g.Stride.W+v*g.Dilation.W] {
						drop(ox)
					}
				}
			}
		}
	}
}

// clean sets what is not finite in a row to zero and tells which it was; nil
// where all is finite.
func zeroNotFinite(row []float64) []bool {
	if numeric.IsFinite(numeric.Sum(row)) {
		return nil
	}
	var bad []bool
	for i, v := range row {
		if !numeric.IsFinite(v) {
			if bad == nil {
				bad = make([]bool, len(row))
			}
			bad[i], row[i] = true, 0
		}
	}
	return bad
}

// momentsOfRow are the moments of the outputs of a row that count.
func (w *worker) momentsOfRow(y []float64, unused int) normal.Moments {
	if unused > 0 {
		used := w.selected[:0]
		for i, v := range y {
			if w.use[i] {
				used = append(used, v)
			}
		}
		y = used
	}
	return normal.MomentsOf(y)
}

// residual makes r = y − aᵀw0 of output k, or what residuals left of that.
func (w *worker) residual(k, unused int) {
	first := 0
	if w.p.lags != nil {
		first = w.layout.Taps()
	}
	for t := first; t < len(w.views); t++ {
		floats.AddScaled(w.r[k], -w.sums.Outputs()[k].Origin[t], w.views[t])
	}
	w.zeroUnused(w.r[k], unused)
}

// addOutput adds the residuals of a row to the loss of output k, and to its
// gradient what addGradients does not.
func (w *worker) addOutput(k int) {
	o, r := &w.sums.Outputs()[k], w.r[k]
	o.Loss += numeric.Dot(r, r)
	first := 0
	if w.p.lags != nil {
		first = w.layout.Taps()
	}
	for t := first; t < len(w.views); t++ {
		o.Gradient[t] += numeric.Dot(w.views[t], r)
	}
}
