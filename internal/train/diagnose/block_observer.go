package diagnose

import (
	"maps"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// blockObserver sums the gradients of blocks. It implements accumulate.Observer.
type blockObserver struct {
	systems []normal.System
	taps    int
	n       int // unknowns
	g       corr.Geometry
	side    int // of the smallest blocks
	planes  map[int]*cells
	extra   Extra // nil: none
	sums    [blockSizes]blockSums
}

// blockSums is the sum over the blocks of one size.
type blockSums struct {
	meat   Meat
	blocks int
}

// cells has the gradients of the smallest blocks of a plane of outputs, n numbers for
// each, and their share of the energy.
type cells struct {
	system, k int
	mean      float64 // that the taps' windows are less
	first     int     // row of cells
	cols      int
	gradient  []float64
	energy    []float64
}

// reach makes room for a row of cells.
func (c *cells) reach(row, n int) {
	if rows := row - c.first + 1; len(c.energy) < rows*c.cols {
		c.energy = append(c.energy, make([]float64, rows*c.cols-len(c.energy))...)
		c.gradient = append(c.gradient, make([]float64, rows*c.cols*n-len(c.gradient))...)
	}
}

func (o *blockObserver) BeginPair(p train.Pair, g corr.Geometry) {
	o.g = g
	if o.extra != nil {
		o.extra.BeginPair(p, g)
	}
	planes := p.Y.Shape().Planes()
	most := float64(min(mostBlocks, max(leastBlocks, mostNumbers/(o.n*planes))))
	outputs := float64(g.OutH) * float64(g.OutW)
	o.side = period * int(math.Ceil(math.Sqrt(outputs/most)/period))
	if few := 2 * leastBlocks; outputs < float64(few*o.side*o.side) { // of a small image
		o.side = max(1, int(math.Sqrt(outputs/float64(few))))
	}
	o.planes = map[int]*cells{}
}

func (o *blockObserver) Rows() accumulate.ObserverRows {
	w := &blockRows{blockObserver: o, band: map[int]*cells{}}
	if o.extra != nil {
		w.extra = o.extra.Rows()
	}
	return w
}

// blockRows is the part of a blockObserver that belongs to one goroutine.
type blockRows struct {
	*blockObserver
	band    map[int]*cells
	product []float64
	extra   ExtraRows // nil: none
}

func (w *blockRows) Begin() { clear(w.band) }

func (w *blockRows) Row(row *accumulate.ObservedRow) error {
	at := row.Y / w.side
	c := w.band[row.Plane]
	if c == nil {
		c = &cells{system: row.System, k: row.K, mean: row.Mean, first: at, cols: (w.g.OutW + w.side - 1) / w.side}
		w.band[row.Plane] = c
	}
	c.reach(at, w.n)
	r := row.Residuals
	if row.Roots != nil {
		w.product = tensor.Grow(w.product, len(r))
		r = floats.MulTo(w.product, r, row.Roots)
	}
	for x := range c.cols {
		from, to := x*w.side, min((x+1)*w.side, len(r))
		i := (at-c.first)*c.cols + x
		g := c.gradient[i*w.n:][:w.n]
		for t := range g {
			g[t] += numeric.Dot(row.Windows[t][from:to], r[from:to])
		}
		if w.extra != nil {
			if err := w.extra.Add(row, from, to, g); err != nil {
				return err
			}
		}
		offset := 0.0
		if w.n < len(row.Windows) { // a constant that is none of the unknowns
			offset = row.Mean
			floats.AddConst(offset*numeric.Sum(r[from:to]), g)
		}
		for j, v := range row.Windows[w.taps/2][from:to] {
			v += offset
			switch {
			case !row.Used[from+j]:
			case row.Roots != nil:
				c.energy[i] += v * v * row.Roots[from+j] * row.Roots[from+j]
			default:
				c.energy[i] += v * v
			}
		}
	}
	return nil
}

// Commit adds the cells of the band to those of the pair.
func (w *blockRows) Commit() {
	for _, plane := range slices.Sorted(maps.Keys(w.band)) {
		b := w.band[plane]
		c := w.planes[plane]
		if c == nil {
			c = &cells{system: b.system, k: b.k, mean: b.mean, cols: b.cols}
			w.planes[plane] = c
		}
		c.reach(b.first+len(b.energy)/b.cols-1, w.n)
		floats.Add(c.gradient[b.first*b.cols*w.n:][:len(b.gradient)], b.gradient)
		floats.Add(c.energy[b.first*b.cols:][:len(b.energy)], b.energy)
	}
}

// EndPair adds the products of the pair's gradients to M.
func (o *blockObserver) EndPair(weight float64) {
	for _, plane := range slices.Sorted(maps.Keys(o.planes)) {
		c := o.planes[plane]
		floats.Scale(weight, c.gradient)
		floats.Scale(weight, c.energy)
		o.recentre(c)
		for s := range o.sums {
			o.sums[s].add(o, c)
			c = c.halved(o.n)
		}
	}
	o.planes = nil
}

// recentre turns gradients for windows less one mean into those of the system's.
func (o *blockObserver) recentre(c *cells) {
	mean, constant, ok := o.systems[c.system].Centring()
	by := c.mean
	if ok {
		by -= mean
	} else {
		constant = o.taps
	}
	if by == 0 || constant >= o.n {
		return
	}
	for i := range c.energy {
		g := c.gradient[i*o.n:][:o.n]
		for t := range o.taps {
			g[t] += by * g[constant]
		}
	}
}

// halved returns the cells of twice the side.
func (c *cells) halved(n int) *cells {
	h := &cells{system: c.system, k: c.k, cols: (c.cols + 1) / 2}
	for i := range c.energy {
		y, x := i/c.cols/2, i%c.cols/2
		h.reach(y, n)
		to := y*h.cols + x
		h.energy[to] += c.energy[i]
		floats.Add(h.gradient[to*n:][:n], c.gradient[i*n:][:n])
	}
	return h
}

// add adds the products of the gradients of cells.
func (s *blockSums) add(o *blockObserver, c *cells) {
	sys := &o.systems[c.system]
	centred := sys.Centred()
	whole := centred.Matrix()[o.taps/2*(o.n+1)]
	rows := mat.NewDense(len(c.energy), o.n, c.gradient)
	scaled := mat.NewDense(len(c.energy), o.n, nil)
	for i, e := range c.energy {
		if e == 0 {
			continue
		}
		s.blocks++
		g := scaled.RawRowView(i)
		floats.AddScaled(g, 1/(1-math.Min(mostShare, e/whole)), rows.RawRowView(i))
	}
	var product mat.SymDense
	product.SymOuterK(1, scaled.T())
	m := s.meat[c.system][c.k]
	m.AddSym(m, &product)
}
