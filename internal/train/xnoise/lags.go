package xnoise

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
)

// reach is the largest lag of residuals, along rows and columns, whose products are
// summed. The noise of a pixel reaches all windows that see it; near ones tell most.
const reach = 2

// lagCount is the number of lags (dy, dx) with dy > 0, or dy = 0 and dx >= 0.
const lagCount = reach + 1 + reach*(2*reach+1)

// lagOf returns lag i.
func lagOf(i int) (dy, dx int) {
	if i <= reach {
		return 0, i
	}
	i -= reach + 1
	return 1 + i/(2*reach+1), i%(2*reach+1) - reach
}

// lagSums has Σ r r' over pairs of residuals at each lag, its variance Σ (r r')² for
// independent residuals, and the number of pairs.
type lagSums struct {
	sum, square, n [lagCount]float64
}

func (s *lagSums) add(o *lagSums, f float64) {
	for i := range s.sum {
		s.sum[i] += f * o.sum[i]
		s.square[i] += f * f * o.square[i]
		s.n[i] += o.n[i]
	}
}

// Lags sums products of the residuals of used outputs that depend on no padding.
// It implements accumulate.Observer. Pairs count with their weights.
type Lags struct {
	g           corr.Geometry
	pair, total lagSums
}

// NewLags returns an observer without sums.
func NewLags() *Lags { return &Lags{} }

// BeginPair implements accumulate.Observer.
func (o *Lags) BeginPair(_ train.Pair, g corr.Geometry) { o.g, o.pair = g, lagSums{} }

// EndPair implements accumulate.Observer.
func (o *Lags) EndPair(weight float64) { o.total.add(&o.pair, weight) }

// Rows implements accumulate.Observer.
func (o *Lags) Rows() accumulate.ObserverRows {
	r := &lagRows{Lags: o, above: map[int]*lastRows{}}
	r.y, r.rows, r.x, r.columns = o.g.Inner()
	return r
}

// lagRows is the part of a Lags that belongs to one goroutine.
type lagRows struct {
	*Lags
	band                lagSums
	above               map[int]*lastRows // by plane
	y, rows, x, columns int
}

// lastRows has the last reach+1 rows of residuals, row y at y modulo that. NaN marks
// outputs that do not count.
type lastRows struct {
	first int // row of the band
	r     [reach + 1][]float64
}

func (w *lagRows) Begin() {
	w.band = lagSums{}
	for _, l := range w.above {
		l.first = -1
	}
}

func (w *lagRows) Commit() { w.pair.add(&w.band, 1) }

func (w *lagRows) Row(row *accumulate.ObservedRow) error {
	if row.Y < w.y || row.Y >= w.y+w.rows {
		return nil
	}
	l := w.above[row.Plane]
	if l == nil {
		l = &lastRows{first: -1}
		for i := range l.r {
			l.r[i] = make([]float64, len(row.Residuals))
		}
		w.above[row.Plane] = l
	}
	if l.first < 0 {
		l.first = row.Y
	}
	r := l.r[row.Y%(reach+1)]
	for i, v := range row.Residuals {
		switch {
		case i < w.x || i >= w.x+w.columns || !row.Used[i]:
			v = math.NaN()
		case row.Roots != nil:
			v /= row.Roots[i]
		}
		r[i] = v
	}
	for k := range lagCount {
		dy, dx := lagOf(k)
		if row.Y-dy < l.first {
			continue
		}
		above, sum, square, n := l.r[(row.Y-dy)%(reach+1)], 0.0, 0.0, 0
		for i := max(0, -dx); i < min(len(r), len(r)-dx); i++ {
			if p := above[i] * r[i+dx]; p == p {
				sum += p
				square += p * p
				n++
			}
		}
		w.band.sum[k] += sum
		w.band.square[k] += square
		w.band.n[k] += float64(n)
	}
	return nil
}
