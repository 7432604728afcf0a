package accumulate

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/gram"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/normal"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// way is how a scan sums G.
type way struct {
	// lags: by lag over all windows, of which those that do not count are taken
	// away. Else each window has its weight.
	lags      bool
	tile      int // of package gram
	precision gram.Precision
	centre    float64 // taken off x where there are tiles
	// unweighted: the windows that do not count stay in sums by lag, and all weigh one.
	unweighted bool
}

const (
	// lookedAtRows is the rows of outputs of which it is seen how many windows count.
	lookedAtRows = 16
	// lagCost is what sums by lag cost for each window, in the unit of package
	// gram.
	lagCost = 20
	// singleFrom is the cost of the sums in float64 from which float32 is used: a
	// fifth of a second of one thread.
	singleFrom = 2e8
	// singleCondition is the condition number up to which float32 is tried.
	singleCondition = 1e5
	// singleError is what float32 may change of a variance, as a share: half of it
	// of a standard error.
	singleError = 1e-3
)

// shares are parts of the windows of a pair, as some rows have them.
type shares struct {
	used float64
	// flat is the share of those that do not count within long runs of clipped
	// outputs, whose windows hold one value: they cost nothing.
	flat float64
	// bytes: what windows see are whole numbers that bytes hold.
	bytes bool
}

// choose decides how G is summed, from some rows of the images: by lag where few
// windows do not count and all others weigh the same.
func (p *scan) choose(ctx context.Context, single, tapsOnly bool) error {
	if p.lags == nil {
		p.way = way{}
		return nil
	}
	p.way = way{lags: p.Weights == nil}
	s, err := p.look()
	if err != nil || p.way.lags && s.used == 1 {
		return err
	}
	single = single && p.large()
	cost := p.cheapest(s, single)
	if tapsOnly && p.tapsAreCheaper(cost) {
		p.way = way{lags: true, unweighted: true}
		p.setTile(tileSide(p.layout, p.g, segments(p.g.OutH, p.g.KH)))
		return nil
	}
	if p.way.precision == gram.Single {
		ok, err := p.conditionAllows(ctx)
		if err != nil {
			return err
		}
		if !ok {
			p.cheapest(s, false)
		}
	}
	return p.prepare()
}

// cheapest sets the way that is cheapest, for which it returns the cost, in the unit of
// package gram.
func (p *scan) cheapest(s shares, single bool) float64 {
	least := math.Inf(1)
	try := func(w way, cost float64) {
		if cost < least {
			least, p.way = cost, w
		}
	}
	shape, rows := p.shape(), p.g.OutH
	precisions := []gram.Precision{gram.Double}
	if single {
		precisions[0] = gram.Single
	}
	if s.bytes && p.Weights == nil {
		precisions = append(precisions, gram.Bytes)
	}
	for _, precision := range precisions {
		if p.Weights == nil {
			byLag := lagCost*float64(rows*p.g.OutW) + gram.Cost(shape, rows, 1-s.used-s.flat, 0, precision)
			try(way{lags: true, precision: precision}, byLag)
		}
		w := way{precision: precision}
		if precision != gram.Bytes {
			w.tile = gram.Tile(shape, rows, s.used, precision)
		}
		try(w, gram.Cost(shape, rows, s.used, w.tile, precision))
	}
	return least
}

// large reports whether sums in float64 would take long.
func (p *scan) large() bool {
	return gram.Cost(p.shape(), p.g.OutH*p.groups, 1, 256, gram.Double) >= singleFrom
}

// weigh chooses tiles for windows of which a share has a weight.
func (p *scan) weigh(used float64, single bool) error {
	p.way = way{}
	if single {
		p.way.precision = gram.Single
	}
	p.way.tile = gram.Tile(p.shape(), p.g.OutH, used, p.way.precision)
	return p.prepare()
}

// prepare finds the centre of x for the way, and makes its bands.
func (p *scan) prepare() error {
	if p.way.tile > 0 || p.way.precision == gram.Single {
		m, err := sampleMoments(p.X)
		if err != nil {
			return err
		}
		p.way.centre = m.Mean - p.mean
	}
	p.setTile(p.tile)
	return nil
}

// look reads some rows of outputs for the share of windows that count.
func (p *scan) look() (shares, error) {
	q := *p // without the memory of sums
	q.lags, q.tile, q.way, q.origin = nil, 0, way{}, [][]float64{}
	w, outputs := newWorker(&q), p.layout.Outputs()
	var c train.Counts
	flat, rows := 0, min(lookedAtRows, p.g.OutH)
	whole, least, most := lagvec.HasQuads(), math.Inf(1), math.Inf(-1)
	for i := range rows {
		oy := (2*i + 1) * p.g.OutH / (2 * rows)
		b := band{group: i % p.groups, y0: oy, y1: oy + 1}
		w.counts = train.Counts{}
		if err := w.load(b); err != nil {
			return shares{}, err
		}
		w.setRow(b, oy)
		if _, err := w.selectWindows(b.group, oy, 0); err != nil {
			return shares{}, err
		}
		for i := range p.layout.Inputs() * w.height {
			low, high, ok := gram.WholeRange(w.padded.row(i))
			whole, least, most = whole && ok, min(least, low), max(most, high)
		}
		c.Add(w.counts)
		if p.Range != nil && outputs == 1 {
			flat += w.flatRuns()
		}
	}
	total := float64(c.Total())
	return shares{float64(c.Used) / total, float64(flat) / total, whole && gram.HoldsBytes(least, most)}, nil
}

// flatRuns is the number of windows that do not count in runs of more than twice
// the kernel's width of the current row.
func (w *worker) flatRuns() (n int) {
	run := 0
	for i := range len(w.use) + 1 {
		if i < len(w.use) && !w.use[i] {
			run++
			continue
		}
		if run > 2*w.p.g.KW {
			n += run - w.p.g.KW
		}
		run = 0
	}
	return n
}

// conditionAllows reports whether the condition of G leaves float32 enough digits,
// by some rows of windows, four for each unknown.
func (p *scan) conditionAllows(ctx context.Context) (bool, error) {
	rows := 4*p.layout.Unknowns()/p.g.OutW + 2
	if rows > p.g.OutH/2 {
		return false, nil
	}
	q := *p
	q.way, q.tile, q.bands = way{}, 0, nil
	for i := range rows {
		oy := (2*i + 1) * p.g.OutH / (2 * rows)
		q.bands = append(q.bands, band{group: i % p.groups, y0: oy, y1: oy + 1, segment: segment{y0: oy, y1: oy + 1}})
	}
	st := normal.New(p.layout)
	if err := q.run(ctx, st); err != nil {
		return false, err
	}
	for i := range st.Systems() {
		taps := p.tapsAlone(&st.Systems()[i])
		if !(taps.LargestEigenvalue() < singleCondition*taps.SmallestEigenvalue()) {
			return false, nil
		}
	}
	return true, nil
}

// imprecise reports whether the rounding of the sums, of the variance estimated for
// an entry, may change a variance of the taps by more than singleError. Errors of
// all entries may add up in one direction: n times the deviation bounds that.
func (p *scan) imprecise(st *normal.Equations) bool {
	if p.way.precision != gram.Single {
		return false
	}
	for i := range st.Systems() {
		sys := &st.Systems()[i]
		most := 0.0
		for t := range p.layout.Taps() {
			most = math.Max(most, sys.Matrix()[t*(sys.N()+1)])
		}
		wrong := float64(p.layout.Taps())*math.Sqrt(p.variance) + gram.DiagonalError/math.Sqrt(float64(len(p.bands)))*most
		if taps := p.tapsAlone(sys); !(wrong <= singleError*taps.SmallestEigenvalue()) {
			return true
		}
	}
	return false
}

// tapsAlone is the system of the taps, of which the background explains its part:
// with b the functions of the background, the Schur complement
//
//	G_tt − G_tb G_bb⁻¹ G_bt
//
// It is the inverse of the covariance of the taps, and the rounding of spectra, which
// make G_tt alone, is added to it. It is sys itself where there is no background.
func (p *scan) tapsAlone(sys *normal.System) *normal.System {
	n, m := sys.N(), p.layout.Taps()
	if n == m {
		return sys
	}
	l := p.layout
	l.Spec.Bias, l.Spec.Background = false, 0
	taps, g := normal.NewSystem(l), sys.Matrix()
	gbb, gbt := mat.NewSymDense(n-m, nil), mat.NewDense(n-m, m, nil)
	for i := range n - m {
		for j := range n - m {
			gbb.SetSym(i, j, g[(m+i)*n+m+j])
		}
		copy(gbt.RawRowView(i), g[(m+i)*n:][:m])
	}
	for t := range m {
		copy(taps.Matrix()[t*m:(t+1)*m], g[t*n:])
	}
	var c mat.Cholesky
	var x, explained mat.Dense
	if !c.Factorize(gbb) || c.SolveTo(&x, gbt) != nil {
		return sys
	}
	explained.Mul(gbt.T(), &x)
	for t := range m {
		floats.Sub(taps.Matrix()[t*m:(t+1)*m], explained.RawRowView(t))
	}
	return &taps
}

// setSample has G summed over one tile of so many, where there are enough of them.
func (p *scan) setSample(n int) {
	if t := p.way.tile; t > 0 {
		tiles := (p.g.OutW / (t - p.g.KW + 1)) * (p.g.OutH / (t - p.g.KH + 1)) * p.groups
		p.sample = min(n, tiles/leastTiles)
	}
}

// leastTiles is the number of tiles of a sample that represent an image.
const leastTiles = 16

// byLag reports whether this scan sums G by lag.
func (p *scan) byLag() bool { return p.way.lags && p.origin == nil }

// weighted reports whether the residuals weigh the windows.
func (p *scan) weighted() bool { return p.residuals != nil && p.residuals.Weighted() }
