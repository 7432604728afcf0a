package accumulate

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"gonum.org/v1/gonum/floats"
)

// scan is one reading of a pair.
type scan struct {
	train.Pair
	layout    train.Layout
	g         corr.Geometry
	groups    int // sets of planes that are summed separately: images, or planes
	bands     []band
	lags      *lagPlan    // nil: windows are summed one by one
	tile      int         // side of the tiles whose spectra make sums by lag; 0: products do
	origin    [][]float64 // nil: zero; else G is summed only with weights
	residuals Residuals   // nil: residuals count as they are
	observer  Observer    // nil: nobody sees the residuals
	stored    bool        // Y is in linear RGB, and residuals of stored values are summed
	way       way         // in which G is summed
	removed   float64     // trace of what was subtracted from G
	variance  float64     // that rounding leaves in an entry of G, by estimate
	sample    int         // G is summed over one tile of so many; below 2: over all
	sampled   [2]float64  // Σ|w| over all windows and over those summed
	lossOnly  bool        // no gradients
	progress  func(done, total int)
	mean      float64      // taken from x, see centre.go; 0: none
	hidden    bool         // the constant is none of the fit's unknowns, but summed
	outer     train.Layout // of the fit, if hidden
	start     [][]float64  // origin in the unknowns of centred sums
}

// bandRows is the number of output rows in a band. More rows lessen the cost of the
// kh-1 rows that are read twice. Fewer rows stay in cache, and spread small images
// over the cores.
const bandRows = 32

// maxSpan bounds the padded rows that each thread holds, at 1 GB.
const maxSpan = 1 << 27

// maxUnknowns bounds G at 128 MB; each thread has one.
const maxUnknowns = 4096

func newScan(pair train.Pair, s train.Spec) (*scan, error) {
	if err := pair.Check(); err != nil {
		return nil, err
	}
	pair = pair.WithoutExcludedX().InUnits(s.Units)
	xs, ys := pair.X.Shape(), pair.Y.Shape()
	l, err := train.NewLayout(s, xs, ys)
	if err != nil {
		return nil, err
	}
	options := s.Options
	options.Border.Value = math.Ldexp(options.Border.Value, -s.Units.X)
	g, err := geometry.New(xs.H, xs.W, s.Kernel, options)
	if err != nil {
		return nil, err
	}
	if err := train.CheckSizes(g, ys.H, ys.W, s.Options); err != nil {
		return nil, err
	}
	n := l.Unknowns()
	if n > maxUnknowns {
		return nil, train.NewSizeError(xs.H, xs.W, ys.H, ys.W, s.Options, "a %v kernel of %d input channels has %d unknowns per output: the limit is %d", s.Kernel, l.Inputs(), n, maxUnknowns)
	}
	if span := float64(g.Reach().H+2*g.KH*g.Stride.H) * float64(g.PadW()) * float64(l.Inputs()); span > maxSpan {
		return nil, fmt.Errorf("the windows of a row of outputs span %.3g padded numbers, and %d are the limit: use a smaller dilation, stride or padding", span, maxSpan)
	}
	if w := pair.Weights; w != nil && w.Shape().Planes() > 1 && l.Outputs() > 1 {
		return nil, fmt.Errorf("the map of weights or variances has %d planes, but kernels that mix channels need the same weight for all planes of an output: give a map of one plane, or --channels shared or separate", w.Shape().Planes())
	}
	p := &scan{Pair: pair, layout: l, g: g, groups: xs.N}
	if p.mean, err = meanToSubtract(pair.X); err != nil {
		return nil, err
	}
	if l.BackgroundTerms() == 0 && p.mean != 0 {
		p.outer, p.hidden = l, true
		p.layout.Spec.Bias = true
		l = p.layout
		n = l.Unknowns()
	}
	if s.Channels != train.Mix {
		p.groups = xs.Planes()
	}
	one := corr.Size{H: 1, W: 1}
	if g.Stride == one && g.Dilation == one && g.OutW >= 2*g.KW {
		p.lags = newLagPlan(l.Inputs(), s.Kernel, g.OutW, n, l.BackgroundTerms() == 1)
		p.way.lags = true
		p.setTile(tileSide(l, g, segments(g.OutH, g.KH)))
		return p, nil
	}
	p.setTile(0)
	return p, nil
}

// setTile sets the side of the tiles, 0 for none, and makes the bands, which are as
// high as a tile.
func (p *scan) setTile(n int) {
	p.tile = n
	if n > 0 && p.way.tile > 0 {
		p.tile = p.way.tile
	}
	height := max(bandRows, 2*p.g.KH)
	if side := max(p.tile, p.way.tile); side > 0 {
		height = tileRows(side, p.layout.Spec.Kernel)
	}
	p.bands = newBands(p.groups, segments(p.g.OutH, p.g.KH), height)
}

// total is what bands are added to: the sums of one system over all windows, or over
// the held-out ones.
type total struct {
	sys     *normal.System
	lags    *lagSums
	spectra *spectra // nil: none
}

// run adds all bands to st, in order.
func (p *scan) run(ctx context.Context, st *normal.Equations) error {
	p.extendOrigin()
	st.SetOrigin(p.origin)
	p.start = p.toCentred(p.origin)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	threads := p.layout.Spec.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	all, held := p.targets(st.Systems()), p.targets(st.HeldOutSystems())
	var wait sync.WaitGroup
	line := newQueue(len(p.bands))
	// The workers are made before the first one runs and changes p.
	workers := make([]*worker, min(threads, len(p.bands)))
	for i := range workers {
		workers[i] = newWorker(p)
	}
	for _, w := range workers {
		wait.Go(func() {
			for i, ok := line.take(); ok; i, ok = line.take() {
				err := context.Cause(ctx)
				if err == nil {
					err = w.do(p.bands[i])
				}
				if err != nil {
					cancel(err)
				}
				line.pass(i, func() {
					if err != nil {
						return
					}
					st.AddCounts(w.counts)
					p.removed += w.removed
					p.variance += w.variance
					p.sampled[0] += w.sampled[0]
					p.sampled[1] += w.sampled[1]
					if w.residualRows != nil {
						w.residualRows.Commit()
					}
					if w.observer != nil {
						w.observer.Commit()
					}
					w.addTo(all[w.system])
					if p.bands[i].segment.heldOut {
						w.addTo(held[w.system])
					}
					if p.progress != nil {
						p.progress(i+1, len(p.bands))
					}
				})
			}
			if w.residualRows != nil {
				w.residualRows.Close()
			}
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	p.finish(all)
	p.finish(held)
	p.uncentre(all)
	p.uncentre(held)
	return nil
}

func (p *scan) targets(systems []normal.System) []total {
	list := make([]total, len(systems))
	for i := range systems {
		list[i].sys = &systems[i]
		if p.lags != nil {
			list[i].lags = p.lags.newSums()
		}
		if p.tile > 0 {
			list[i].spectra = newSpectra(p.tile, p.layout.Outputs())
		}
	}
	return list
}

// sumsG reports whether G is summed: about the origin zero, or with weights.
func (p *scan) sumsG() bool {
	return p.origin == nil || p.weighted()
}

// finish makes G of the sums by lag and completes its lower half.
func (p *scan) finish(list []total) {
	for _, t := range list {
		t.addSpectra(p)
	}
	if !p.sumsG() {
		return
	}
	for _, t := range list {
		if p.byLag() {
			for _, group := range p.lags.groups {
				for _, l := range group {
					t.lags.distribute(p.lags, t.sys.Matrix(), l, 0, p.g.KH-1)
				}
			}
		}
		n, g := t.sys.N(), t.sys.Matrix()
		if p.sample > 1 && p.sampled[1] > 0 {
			floats.Scale(p.sampled[0]/p.sampled[1], g)
		}
		for i := range n {
			for j := range i {
				g[i*n+j] = g[j*n+i]
			}
		}
	}
}
