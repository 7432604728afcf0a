package train

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// refineBelow is the share of Σy² that must be left unexplained for one pass to
// be enough. The sums carry about 1e-15 of Σy²; a loss of 1e-5 of it is then
// right to ten digits.
const refineBelow = 1e-5

// Gather sums up a pair of images: x, and y which is what the kernel sought
// makes of it. Where the best kernel leaves almost nothing unexplained, the
// images are read a second time for the residual itself, so that losses keep
// their digits down to rounding.
//
// Sums are made band by band, the bands are of fixed size and are added in
// order: the result does not depend on the number of threads.
func Gather(ctx context.Context, x, y tensor.Source[float64], s Spec) (*Statistics, error) {
	p, err := newPass(x, y, s)
	if err != nil {
		return nil, err
	}
	st := newStatistics(p.layout)
	if err := p.run(ctx, st, nil); err != nil {
		return nil, err
	}
	best := st.best()
	if st.lossAt(best) >= refineBelow*st.Energy() {
		return st, nil
	}
	residual := newStatistics(p.layout)
	if err := p.run(ctx, residual, best); err != nil {
		return nil, err
	}
	st.recentre(residual)
	return st, nil
}

// recentre takes origin, gradient and loss from a pass about another origin.
func (s *Statistics) recentre(residual *Statistics) {
	for i := range s.systems {
		for k := range s.systems[i].outputs {
			a, b := &s.systems[i].outputs[k], &residual.systems[i].outputs[k]
			a.origin, a.grad, a.loss = b.origin, b.grad, b.loss
		}
	}
}

// pass is one reading of a pair.
type pass struct {
	layout layout
	x, y   tensor.Source[float64]
	g      corr.Geometry
	rows   int // output rows in a band
	bands  int // bands in a plane
	groups int // sets of planes that are summed on their own: images, or planes
}

// bandRows is the output rows in a band: enough that the halo of kh-1 rows
// costs little, few enough that small images spread over the cores.
const bandRows = 32

func newPass(x, y tensor.Source[float64], s Spec) (*pass, error) {
	xs, ys := x.Shape(), y.Shape()
	l, err := newLayout(s, xs, ys)
	if err != nil {
		return nil, err
	}
	g, err := corr.NewGeometry(xs.H, xs.W, s.Kernel, s.Options)
	if err != nil {
		return nil, err
	}
	if err := checkSizes(g, ys.H, ys.W, s.Options); err != nil {
		return nil, err
	}
	if n := l.unknowns(); n > maxUnknowns {
		return nil, fmt.Errorf("a %v kernel of %d input channels has %d unknowns for one output: more than %d cannot be solved for", s.Kernel, l.inputs(), n, maxUnknowns)
	}
	p := &pass{layout: l, x: x, y: y, g: g, rows: bandRows, groups: xs.N}
	if s.Channels != Mix {
		p.groups = xs.Planes()
	}
	p.bands = (g.OutH + p.rows - 1) / p.rows
	return p, nil
}

// maxUnknowns bounds G at half a gigabyte.
const maxUnknowns = 8192

// run adds all bands to st, in order; about origin, without G, where that is
// given.
func (p *pass) run(ctx context.Context, st *Statistics, origin [][]float64) error {
	st.setOrigin(origin)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := p.groups * p.bands
	threads := p.layout.spec.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var all sync.WaitGroup
	line := newQueue(total)
	for range min(threads, total) {
		all.Go(func() {
			w := newWorker(p, origin)
			for i, ok := line.take(); ok; i, ok = line.take() {
				err := context.Cause(ctx)
				if err == nil {
					err = w.band(i/p.bands, i%p.bands)
				}
				if err != nil {
					cancel(err)
				}
				line.pass(i, func() {
					if err == nil {
						st.systems[w.system].add(&w.sums)
					}
				})
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

func (s *Statistics) setOrigin(origin [][]float64) {
	if origin == nil {
		return
	}
	for o, w := range origin {
		i, k := s.layout.place(o)
		s.systems[i].outputs[k].origin = w
	}
}

// place is the system of output channel o and its number there.
func (l layout) place(o int) (sys, k int) {
	if l.spec.Channels == Separate {
		return o, 0
	}
	return 0, o
}

// queue gives out the numbers 0, 1, … and lets their results pass in order.
type queue struct {
	mu           sync.Mutex
	turn         *sync.Cond
	next, passed int
	total        int
}

func newQueue(total int) *queue {
	q := &queue{total: total}
	q.turn = sync.NewCond(&q.mu)
	return q
}

func (q *queue) take() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == q.total {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}

// pass runs f when all lower numbers have passed.
func (q *queue) pass(i int, f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.passed != i {
		q.turn.Wait()
	}
	f()
	q.passed++
	q.turn.Broadcast()
}
