package accumulate

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

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
	if !w.p.ExcludesX() { // else another reason comes first
		w.dropUnseen(top, func(i int) { drop(i, &c.NotFinite) })
	}
	if w.root != nil {
		if err := w.readWeights(group*outputs, oy, func(i int) { drop(i, &c.NoWeight) }); err != nil {
			return 0, err
		}
	}
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
			n, nan := maskRow(w.use, row)
			unused, c.Masked, c.MaskNaN = unused+n, c.Masked+n*outputs, c.MaskNaN+nan
		}
		if r := w.p.Range; r != nil {
			for i, v := range y {
				if v <= r.Low || v >= r.High {
					drop(i, &c.Saturated)
				}
			}
		}
	}
	if w.p.ExcludesX() {
		w.dropUnseen(top, func(i int) { drop(i, &c.SeeExcluded) })
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
	factors := [2]uint64{0, math.MaxUint64} // a branch would be mispredicted half of the time
	for i, use := range w.use {
		r[i] = math.Float64frombits(math.Float64bits(r[i]) & factors[toInt(use)])
	}
}

// maskRow drops the windows of a row where the mask is 0 or NaN. It returns how many
// it dropped, and the number of NaN. It has no branches, since masks may be random.
func maskRow(use []bool, row []float64) (dropped, nan int) {
	for i, v := range row {
		was, isNumber, counts := toInt(use[i]), toInt(v == v), toInt(v != 0)
		keep := was & isNumber & counts
		nan += 1 - isNumber
		dropped += was - keep
		use[i] = keep != 0
	}
	return dropped, nan
}

// toInt is 1 for true; the compiler makes no branch of it.
func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
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
			for ox, sees := range bad {
				if sees {
					drop(ox)
				}
			}
		}
	}
}

// zeroNotFinite sets what is not finite in a padded row to zero. It returns which of the
// windows in a row of outputs see it with a row of taps; nil if all is finite.
func zeroNotFinite(row []float64, g corr.Geometry) []bool {
	if numeric.IsFinite(numeric.Sum(row)) {
		return nil
	}
	var sees []bool
	for i, v := range row {
		if numeric.IsFinite(v) {
			continue
		}
		row[i] = 0
		if sees == nil {
			sees = make([]bool, g.OutW)
		}
		for v := range g.KW {
			at := i - v*g.Dilation.W
			if at >= 0 && at%g.Stride.W == 0 && at/g.Stride.W < g.OutW {
				sees[at/g.Stride.W] = true
			}
		}
	}
	return sees
}

// momentsOfRow are the moments of the outputs of a row that count.
func (w *worker) momentsOfRow(y []float64, unused int) normal.Moments {
	if unused == 0 && w.root == nil {
		return normal.MomentsOf(y)
	}
	return w.momentsOf(y, w.use)
}

// momentsOf are the moments of some outputs of a row.
func (w *worker) momentsOf(y []float64, kept []bool) normal.Moments {
	some, weights := w.selected[:0], []float64(nil)
	for i, v := range y {
		if !kept[i] {
			continue
		}
		some = append(some, v)
		if w.root != nil {
			weights = append(weights, w.weightOf(i))
		}
	}
	if weights != nil {
		return normal.WeightedMomentsOf(some, weights)
	}
	return normal.MomentsOf(some)
}

// residual makes r = y − aᵀw0 of output k, or what residuals left of that.
func (w *worker) residual(k, unused int) {
	w0, constant := w.sums.Outputs()[k].Origin, w.layout.Taps()
	first := 0
	if w.p.lags != nil {
		first = constant
	}
	// Of centred sums the constant comes first: beside it, y is large, and what is left
	// is as small as the contrast. Where sums go by lag, residuals has done that.
	centred := w.p.mean != 0
	if centred && w.p.lags == nil {
		floats.AddConst(-w0[constant], w.r[k])
	}
	for t := first; t < len(w.views); t++ {
		if t == constant && centred {
			continue
		}
		floats.AddScaled(w.r[k], -w0[t], w.views[t])
	}
	w.zeroUnused(w.r[k], unused)
}

// addOutput adds the residuals of a row to the loss of output k, and to its
// gradient what addGradients does not.
func (w *worker) addOutput(k int) {
	o, r := &w.sums.Outputs()[k], w.r[k]
	o.Loss += numeric.Dot(r, r)
	if w.p.lossOnly {
		return
	}
	w.scaleByRoots(r)
	first := 0
	if w.p.lags != nil {
		first = w.layout.Taps()
	}
	for t := first; t < len(w.views); t++ {
		o.Gradient[t] += numeric.Dot(w.views[t], r)
	}
}
