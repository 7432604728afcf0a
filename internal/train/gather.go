package train

import (
	"context"
	"math"
	"runtime"
	"sync"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// cancelledBelow is the share of the diagonal of G that must remain when the
// windows that do not count are taken away from the sums over all. Below it
// they are left out one by one instead.
const cancelledBelow = 1e-3

// Gather sums up a pair of images: x, and y which is what the kernel sought
// makes of it. It is GatherPair with every window.
func Gather(ctx context.Context, x, y tensor.Source[float64], s Spec) (*Statistics, error) {
	return GatherPair(ctx, Pair{X: x, Y: y}, s)
}

// GatherPair sums up a pair. Where that loses digits, the images are read again
// for the residual itself: see Set.refine.
//
// Sums are made band by band, the bands are of fixed size and are added in
// order: the result does not depend on the number of threads. Where no window
// counts, the error is a *NoWindowsError.
func GatherPair(ctx context.Context, pair Pair, s Spec) (*Statistics, error) {
	set, err := GatherSet(ctx, []Input{One(pair)}, s, SetOptions{})
	if err != nil {
		return nil, err
	}
	return set.Statistics, nil
}

// gatherOnce reads the pair once, for everything about the origin zero.
func gatherOnce(ctx context.Context, pair Pair, s Spec) (*Statistics, error) {
	p, err := newPass(pair, s)
	if err != nil {
		return nil, err
	}
	st := newStatistics(p.layout)
	if err := p.run(ctx, st); err != nil {
		return nil, err
	}
	if st.counts.Used == 0 {
		return nil, &NoWindowsError{st.counts}
	}
	if p.lags != nil && !(st.trace() >= cancelledBelow*(st.trace()+p.removed)) {
		p.lags, p.removed = nil, 0
		p.setTile(0)
		st = newStatistics(p.layout)
		st.sumDirectly()
		if err := p.run(ctx, st); err != nil {
			return nil, err
		}
	}
	if pair.Weight != 0 {
		st.weigh(pair.Weight)
	}
	return st, nil
}

// pass is one reading of a pair.
type pass struct {
	Pair
	layout    layout
	g         corr.Geometry
	groups    int // sets of planes that are summed on their own: images, or planes
	jobs      []job
	lags      *lagPlan    // nil: every window on its own
	tile      int         // side of the tiles whose spectra make sums by lag; 0: products do
	origin    [][]float64 // nil: zero; else G is not summed
	residuals Residuals   // nil: residuals count as they are
	stored    bool        // Y is linear: residuals of stored values count
	removed   float64     // trace of what was taken away from G
	offset    float64     // of x, see shift.go; 0: none
	start     [][]float64 // origin as in shifted sums
}

// bandRows is the output rows in a band: many, so that the kh-1 rows that are
// read twice cost little; few, so that the rows stay in cache and small images
// spread over the cores.
const bandRows = 32

// maxUnknowns bounds G at 128 MB, of which each thread has one.
const maxUnknowns = 4096

func newPass(pair Pair, s Spec) (*pass, error) {
	pair = pair.in(s.Units)
	xs, ys := pair.X.Shape(), pair.Y.Shape()
	l, err := newLayout(s, xs, ys)
	if err != nil {
		return nil, err
	}
	options := s.Options
	options.Border.Value = math.Ldexp(options.Border.Value, -s.Units.X)
	g, err := corr.NewGeometry(xs.H, xs.W, s.Kernel, options)
	if err != nil {
		return nil, err
	}
	if err := checkSizes(g, ys.H, ys.W, s.Options); err != nil {
		return nil, err
	}
	if err := pair.check(); err != nil {
		return nil, err
	}
	n := l.unknowns()
	if n > maxUnknowns {
		return nil, sizeError(xs.H, xs.W, ys.H, ys.W, s.Options, "a %v kernel of %d input channels has %d unknowns for one output: more than %d cannot be solved for", s.Kernel, l.inputs(), n, maxUnknowns)
	}
	p := &pass{Pair: pair, layout: l, g: g, groups: xs.N}
	if l.background() > 0 {
		if p.offset, err = offset(pair.X); err != nil {
			return nil, err
		}
	}
	if s.Channels != Mix {
		p.groups = xs.Planes()
	}
	one := corr.Size{H: 1, W: 1}
	if g.Stride == one && g.Dilation == one && g.OutW >= 2*g.KW {
		p.lags = newLagPlan(l.inputs(), s.Kernel, g.OutW, n, l.background() == 1)
		p.setTile(tileSide(l, g, segments(g.OutH, g.KH)))
		return p, nil
	}
	p.setTile(0)
	return p, nil
}

// setTile sets the side of the tiles, 0 for none, and makes the jobs: where there
// are tiles, they are as high.
func (p *pass) setTile(n int) {
	p.tile = n
	height := max(bandRows, 2*p.g.KH)
	if p.tile > 0 {
		height = tileRows(p.tile, p.layout.spec.Kernel)
	}
	p.jobs = newJobs(p.groups, segments(p.g.OutH, p.g.KH), height)
}

// target is what jobs add to: the sums of one system over all windows, or over
// those held out.
type target struct {
	sys     *system
	lags    *lagSums
	spectra *spectra // nil: none
}

// run adds all jobs to st, in order.
func (p *pass) run(ctx context.Context, st *Statistics) error {
	st.setOrigin(p.origin)
	p.start = p.inner(p.origin)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	threads := p.layout.spec.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	all, held := p.targets(st.systems), p.targets(st.held)
	var wait sync.WaitGroup
	line := newQueue(len(p.jobs))
	// The workers are made before the first one runs and changes p.
	workers := make([]*worker, min(threads, len(p.jobs)))
	for i := range workers {
		workers[i] = newWorker(p)
	}
	for _, w := range workers {
		wait.Go(func() {
			for i, ok := line.take(); ok; i, ok = line.take() {
				err := context.Cause(ctx)
				if err == nil {
					err = w.do(p.jobs[i])
				}
				if err != nil {
					cancel(err)
				}
				line.pass(i, func() {
					if err != nil {
						return
					}
					st.addCounts(w.counts)
					p.removed += w.removed
					if w.residualRows != nil {
						w.residualRows.Commit()
					}
					w.addTo(all[w.system])
					if p.jobs[i].segment.held {
						w.addTo(held[w.system])
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
	p.restore(all)
	p.restore(held)
	return nil
}

func (p *pass) targets(systems []system) []target {
	list := make([]target, len(systems))
	for i := range systems {
		list[i].sys = &systems[i]
		if p.lags != nil {
			list[i].lags = p.lags.newSums()
		}
		if p.tile > 0 {
			list[i].spectra = newSpectra(p.tile, p.layout.outputs())
		}
	}
	return list
}

// sumsG tells whether G is summed: once, about the origin zero, and with weights.
func (p *pass) sumsG() bool {
	return p.origin == nil || p.residuals != nil && p.residuals.Weighted()
}

// finish makes G of the sums by lag and completes its lower half.
func (p *pass) finish(list []target) {
	for _, t := range list {
		t.settle(p)
	}
	if !p.sumsG() {
		return
	}
	for _, t := range list {
		if p.lags != nil && p.origin == nil {
			for _, group := range p.lags.groups {
				for _, l := range group {
					t.lags.spread(p.lags, t.sys.g, l, 0, p.g.KH-1)
				}
			}
		}
		n, g := t.sys.n, t.sys.g
		for i := range n {
			for j := range i {
				g[i*n+j] = g[j*n+i]
			}
		}
	}
}
