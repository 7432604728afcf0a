package diagnose

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
)

// observer sums what the tests need. It implements accumulate.Observer.
type observer struct {
	g           corr.Geometry
	limit       float64 // residuals beyond it are outliers, which no test counts
	pair, total sums
}

func newObserver(mean, deviation, limit float64) *observer {
	empty := func() sums { return sums{levels: newLevels(mean, deviation)} }
	return &observer{limit: limit, pair: empty(), total: empty()}
}

func (o *observer) BeginPair(_ train.Pair, g corr.Geometry) {
	o.g = g
	o.pair.clear()
}

func (o *observer) EndPair(weight float64) {
	if weight != 1 {
		o.pair.weigh(weight)
	}
	o.total.add(&o.pair)
}

func (o *observer) Rows() accumulate.ObserverRows {
	r := &rows{observer: o, above: map[int]*aboveRow{}}
	r.band.levels = newLevels(o.total.levels.mean, 0)
	r.band.levels.step = o.total.levels.step
	r.y, r.inRows, r.x, r.inColumns = o.g.Inner()
	return r
}

// rows is the part of an observer that belongs to one goroutine.
type rows struct {
	*observer
	band                    sums
	above                   map[int]*aboveRow // by plane
	y, inRows, x, inColumns int               // outputs that depend on no padding
}

// aboveRow is a row of residuals that was seen last. NaN marks those that do not count.
type aboveRow struct {
	y int
	r []float64
}

func (w *rows) Begin() {
	w.band.clear()
	for _, a := range w.above {
		a.y = -1
	}
}

func (w *rows) Commit() { w.pair.add(&w.band) }

func (w *rows) Row(row *accumulate.ObservedRow) error {
	above := w.above[row.Plane]
	if above == nil {
		above = &aboveRow{y: -1, r: make([]float64, len(row.Residuals))}
		w.above[row.Plane] = above
	}
	down := &w.band.down[row.Y%period]
	if above.y != row.Y-1 {
		down = nil
	}
	cells := w.band.field[row.Y*grid/w.g.OutH*grid:][:grid]
	inside := row.Y >= w.y && row.Y < w.y+w.inRows
	deep := row.Y >= w.y+ring && row.Y < w.y+w.inRows-ring
	left := math.NaN()
	for i, r := range row.Residuals {
		counts := row.Used[i] && math.Abs(r) <= w.limit
		if edge := !inside || i < w.x || i >= w.x+w.inColumns; !counts || edge {
			if counts {
				w.band.edge.count(r)
			}
			left, above.r[i] = math.NaN(), math.NaN()
			continue
		}
		w.band.all.count(r)
		cells[i*grid/w.g.OutW].count(r)
		if p := left * r; p == p {
			w.band.along[i%period].count(p)
		}
		if p := above.r[i] * r; down != nil && p == p {
			down.count(p)
		}
		left, above.r[i] = r, r
		if !deep || i < w.x+ring || i >= w.x+w.inColumns-ring {
			w.band.beside.count(r)
		}
		y, prediction := row.Outputs[i], row.Outputs[i]-r
		if row.Roots != nil {
			prediction = y - r/row.Roots[i]
		}
		w.band.levels.bins[w.band.levels.bin(prediction)].count(r)
		w.band.maxima.count(y, 1)
	}
	above.y = row.Y
	return nil
}
