// Package heldout sums a tenth of the windows of a fit, in small blocks spread over the
// field, for figures on windows that a refit does not see. A row of blocks may hold a
// bright star as a whole; small blocks hold a part of it.
package heldout

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

const (
	share = 10 // one block in so many
	// leastBlocks are wanted in an image, of sides up to mostSide.
	leastBlocks = 64
	mostSide    = 16
	// mostProducts bounds the products of windows that are summed one by one: a tenth of
	// a second of one thread. Larger fits keep the held-out rows that were summed with
	// them.
	mostProducts = 5e8
)

// Windows sums the held-out windows of a set about given unknowns. It implements
// accumulate.Observer.
type Windows struct {
	layout train.Layout
	w      [][]float64
	g      corr.Geometry
	side   int
	hidden bool // the windows have a constant that is none of the unknowns
	mean   float64
	pair   *normal.Equations // in the unknowns of the windows
	total  *normal.Equations
}

// New returns an observer of residuals about the unknowns w, by output channel; nil if
// the sums would take long.
func New(set *accumulate.Set, w [][]float64) *Windows {
	l := set.Layout()
	if n := float64(l.Unknowns()); float64(set.Windows())/share*n*n/2 > mostProducts {
		return nil
	}
	total := normal.New(l)
	total.SetOrigin(w)
	return &Windows{layout: l, w: w, total: total}
}

// Side returns the side of the blocks of an image of so many outputs.
func Side(outputs int) int {
	return min(max(1, int(math.Sqrt(float64(outputs)/(share*leastBlocks)))), mostSide)
}

// HeldOut reports whether the output at row y, column x is held out, of an image with
// blocks of a given side. In each row and each column of blocks one in ten is.
func HeldOut(y, x, side int) bool { return (x/side+3*(y/side))%share == share/2 }

// Apply makes the sums the held-out part of equations of the same fit.
func (o *Windows) Apply(s *normal.Equations) { s.ReplaceHeldOut(o.total) }

// BeginPair implements accumulate.Observer.
func (o *Windows) BeginPair(_ train.Pair, g corr.Geometry) {
	o.g, o.side = g, Side(g.OutH*g.OutW)
	o.pair, o.mean = nil, 0
}

// begin makes the sums of a pair when its first row is seen.
func (o *Windows) begin(hidden bool, mean float64) {
	if o.pair != nil {
		return
	}
	l := o.layout
	l.Spec.Bias = l.Spec.Bias || hidden
	o.pair, o.hidden, o.mean = normal.New(l), hidden, mean
}

// EndPair implements accumulate.Observer.
func (o *Windows) EndPair(weight float64) {
	if o.pair == nil {
		return
	}
	n := o.layout.Unknowns()
	if o.hidden {
		n++
	}
	for i := range o.pair.HeldOutSystems() {
		sys := &o.pair.HeldOutSystems()[i]
		g := sys.Matrix()
		for r := range n {
			for c := range r {
				g[r*n+c] = g[c*n+r]
			}
		}
		if o.mean == 0 {
			continue
		}
		constant := o.layout.Taps()
		for k := range sys.Outputs() {
			grad := sys.Outputs()[k].Gradient
			floats.AddConst(o.mean*grad[constant], grad[:constant])
		}
		sys.UncentreMatrix(o.mean, constant)
	}
	pair := o.pair
	if o.hidden {
		pair = pair.HideConstant(o.layout)
	}
	pair.SetOrigin(o.w)
	if weight != 1 {
		pair.Weigh(weight)
	}
	for i := range o.total.HeldOutSystems() {
		o.total.HeldOutSystems()[i].Add(&pair.HeldOutSystems()[i])
	}
}

// Rows implements accumulate.Observer.
func (o *Windows) Rows() accumulate.ObserverRows { return &rows{o: o} }

// rows is the part of a Windows that belongs to one goroutine.
type rows struct {
	o      *Windows
	band   *normal.Equations
	system int
	used   bool // the band has held-out windows
	hidden bool
	mean   float64

	windows       []float64 // gathered, each in a row of stride numbers
	values, roots []float64
	residual      []float64
}

func (w *rows) Begin() {
	if w.used {
		sys := &w.band.HeldOutSystems()[w.system]
		clear(sys.Matrix())
		for k := range sys.Outputs() {
			out := &sys.Outputs()[k]
			clear(out.Gradient)
			out.Loss, out.Moments = 0, normal.Moments{}
		}
	}
	w.used = false
}

func (w *rows) Commit() {
	if !w.used {
		return
	}
	w.o.begin(w.hidden, w.mean)
	from, to := &w.band.HeldOutSystems()[w.system], &w.o.pair.HeldOutSystems()[w.system]
	floats.Add(to.Matrix(), from.Matrix())
	for k := range to.Outputs() {
		a, b := &to.Outputs()[k], &from.Outputs()[k]
		floats.Add(a.Gradient, b.Gradient)
		a.Loss += b.Loss
		a.Moments.Add(b.Moments)
	}
}

// Row adds the held-out windows of a row.
func (w *rows) Row(r *accumulate.ObservedRow) error {
	n := len(r.Windows)
	if w.band == nil {
		w.hidden, w.mean = n > w.o.layout.Unknowns(), r.Mean
		l := w.o.layout
		l.Spec.Bias = l.Spec.Bias || w.hidden
		w.band = normal.New(l)
	}
	stride := (n + lagvec.GramWidth - 1) / lagvec.GramWidth * lagvec.GramWidth
	w.windows, w.values, w.residual, w.roots = w.windows[:0], w.values[:0], w.residual[:0], w.roots[:0]
	count := 0
	for x, used := range r.Used {
		if !used || !HeldOut(r.Y, x, w.o.side) {
			continue
		}
		count++
		root := 1.0
		if r.Roots != nil {
			root = r.Roots[x]
		}
		w.windows = append(w.windows, make([]float64, stride)...)
		row := w.windows[(count-1)*stride:]
		for t := range n {
			row[t] = r.Windows[t][x] * root
		}
		w.values, w.residual, w.roots = append(w.values, r.Outputs[x]), append(w.residual, r.Residuals[x]), append(w.roots, root*root)
	}
	if count == 0 {
		return nil
	}
	w.used, w.system = true, r.System
	sys := &w.band.HeldOutSystems()[r.System]
	if r.K == 0 { // the outputs of a system share their windows
		lagvec.AddGram(sys.Matrix(), n, w.windows, stride, count, 1)
	}
	out := &sys.Outputs()[r.K]
	for i, v := range w.residual {
		floats.AddScaled(out.Gradient, v, w.windows[i*stride:][:n])
	}
	out.Loss += numeric.Dot(w.residual, w.residual)
	if r.Roots == nil {
		out.Moments.Add(normal.MomentsOf(w.values))
	} else {
		out.Moments.Add(normal.WeightedMomentsOf(w.values, w.roots))
	}
	return nil
}
