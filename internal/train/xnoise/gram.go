package xnoise

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/diagnose"
	"gonum.org/v1/gonum/floats"
)

// Gram returns D = Σ w_t D_t over the used windows of all pairs: for each system, a
// matrix of its taps in row-major order. It reads the images once. Every pair needs
// XVariances.
func Gram(ctx context.Context, set *accumulate.Set, w [][]float64) ([][]float64, error) {
	l := set.Layout()
	o := &gramObserver{noise: newNoise(l), systems: l.Systems(), taps: l.Taps()}
	o.total, o.pair = o.matrices(), o.matrices()
	if _, err := set.Scan(ctx, accumulate.Request{Origin: w, Observer: o, LossOnly: true}); err != nil {
		return nil, err
	}
	return o.total, nil
}

func newNoise(l train.Layout) noise {
	return noise{inputs: l.Inputs(), outputs: l.Outputs(), scale: math.Ldexp(1, -2*l.Spec.Units.X)}
}

// gramObserver sums D. It implements accumulate.Observer.
type gramObserver struct {
	noise
	systems, taps int
	pair, total   [][]float64
}

func (o *gramObserver) matrices() [][]float64 {
	m := make([][]float64, o.systems)
	for i := range m {
		m[i] = make([]float64, o.taps*o.taps)
	}
	return m
}

func (o *gramObserver) BeginPair(p train.Pair, g corr.Geometry) {
	o.begin(p, g)
	for _, m := range o.pair {
		clear(m)
	}
}

func (o *gramObserver) EndPair(weight float64) {
	for i, m := range o.pair {
		floats.AddScaled(o.total[i], weight, m)
	}
}

func (o *gramObserver) Rows() accumulate.ObserverRows {
	return &gramRows{o: o, noiseRows: noiseRows{noise: &o.noise}, matrix: matrix{o.taps, make([]float64, o.taps*o.taps)}, system: -1}
}

// gramRows is the part of a gramObserver that belongs to one goroutine.
type gramRows struct {
	o *gramObserver
	noiseRows
	matrix matrix
	system int // of the band; -1: it has no rows yet
}

func (w *gramRows) Begin() {
	if w.system >= 0 {
		clear(w.matrix.d)
	}
	w.system = -1
}

func (w *gramRows) Row(r *accumulate.ObservedRow) error {
	w.system = r.System
	if r.K > 0 {
		return nil // the outputs of a system share their windows
	}
	return w.to(&w.matrix, r, 0, len(r.Used))
}

func (w *gramRows) Commit() {
	if w.system >= 0 {
		floats.Add(w.o.pair[w.system], w.matrix.d)
	}
}

// matrix is a target: D itself.
type matrix struct {
	n int
	d []float64
}

func (m *matrix) diagonal(f float64) {
	for i := range m.n {
		m.d[i*(m.n+1)] += f
	}
}

func (m *matrix) add(u, v int, f float64) { m.d[u*m.n+v] += f }

// product is a target: Dk for given taps, added to a gradient.
type product struct {
	taps, gradient []float64
}

func (p *product) diagonal(f float64) { floats.AddScaled(p.gradient[:len(p.taps)], f, p.taps) }

func (p *product) add(u, v int, f float64) { p.gradient[u] += f * p.taps[v] }

// extra adds Dk to the gradients of blocks. It implements diagnose.Extra.
type extra struct {
	noise
	layout train.Layout
	w      [][]float64 // unknowns by output channel
}

// BeginPair implements diagnose.Extra.
func (e *extra) BeginPair(p train.Pair, g corr.Geometry) { e.begin(p, g) }

// Rows implements diagnose.Extra.
func (e *extra) Rows() diagnose.ExtraRows {
	return &extraRows{e: e, noiseRows: noiseRows{noise: &e.noise}}
}

// extraRows is the part of an extra that belongs to one goroutine.
type extraRows struct {
	e *extra
	noiseRows
}

// Add implements diagnose.ExtraRows.
func (x *extraRows) Add(r *accumulate.ObservedRow, from, to int, gradient []float64) error {
	c := r.K
	if x.e.layout.Spec.Channels == train.Separate {
		c = r.System
	}
	return x.to(&product{x.e.w[c][:x.e.layout.Taps()], gradient}, r, from, to)
}
