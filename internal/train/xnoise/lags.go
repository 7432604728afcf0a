package xnoise

import (
	mathbits "math/bits"

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

// lastRows has the last reach+1 rows of residuals, row y at y modulo that. Outputs that
// do not count have the residual 0, and no bit in used.
type lastRows struct {
	first int // row of the band
	r     [reach + 1][]float64
	used  [reach + 1]bits
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
			l.r[i], l.used[i] = make([]float64, len(row.Residuals)), newBits(len(row.Residuals))
		}
		w.above[row.Plane] = l
	}
	if l.first < 0 {
		l.first = row.Y
	}
	r, used := l.r[row.Y%(reach+1)], l.used[row.Y%(reach+1)]
	clear(used)
	for i, v := range row.Residuals {
		switch {
		case i < w.x || i >= w.x+w.columns || !row.Used[i]:
			r[i] = 0
			continue
		case row.Roots != nil:
			v /= row.Roots[i]
		}
		r[i] = v
		used.set(i)
	}
	for k := range lagCount {
		dy, dx := lagOf(k)
		if row.Y-dy < l.first {
			continue
		}
		above := l.r[(row.Y-dy)%(reach+1)]
		from, to := max(0, -dx), min(len(r), len(r)-dx)
		if to <= from {
			continue
		}
		sum, square := productSums(above[from:to], r[from+dx:])
		w.band.sum[k] += sum
		w.band.square[k] += square
		w.band.n[k] += float64(l.used[(row.Y-dy)%(reach+1)].both(used, dx))
	}
	return nil
}

// productSums returns Σ p and Σ p² of the products p = a[i]*b[i] over the length of a, in
// the order of numeric.Dot.
func productSums(a, b []float64) (sum, square float64) {
	b = b[:len(a)]
	var s, q [4]float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		p0, p1, p2, p3 := x[0]*y[0], x[1]*y[1], x[2]*y[2], x[3]*y[3]
		s[0] += p0
		s[1] += p1
		s[2] += p2
		s[3] += p3
		q[0] += p0 * p0
		q[1] += p1 * p1
		q[2] += p2 * p2
		q[3] += p3 * p3
	}
	for ; i < len(a); i++ {
		p := a[i] * b[i]
		s[0] += p
		q[0] += p * p
	}
	return (s[0] + s[1]) + (s[2] + s[3]), (q[0] + q[1]) + (q[2] + q[3])
}

// bits marks outputs of a row.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(i int) { b[i/64] |= 1 << (i % 64) }

// both counts the i with bit i in b and bit i+dx in o, for |dx| < 64. Both have one length.
func (b bits) both(o bits, dx int) (n int) {
	for i, w := range b {
		moved := o[i]
		switch {
		case dx > 0:
			moved >>= dx
			if i+1 < len(o) {
				moved |= o[i+1] << (64 - dx)
			}
		case dx < 0:
			moved <<= -dx
			if i > 0 {
				moved |= o[i-1] >> (64 + dx)
			}
		}
		n += mathbits.OnesCount64(w & moved)
	}
	return n
}
