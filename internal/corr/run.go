package corr

import (
	"context"

	"github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// Run computes the correlation: rows are taken from src as they are needed and
// the result goes to sink band by band. The result does not depend on the
// number of threads. A cancelled context or the first error ends it.
func (p *Plan[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	if p.k.Mixes && p.out.C > 1 && sink.Order() == tensor.PlaneByPlane && p.out.Len()*tensor.ElementSize[T]() <= gatherBytes {
		return p.gather(ctx, src, sink)
	}
	_, lends := sink.(tensor.Lender[T])
	stream := lends && p.out.Len()*tensor.ElementSize[T]() >= method.StreamBytes
	list := schedule.NewJobs(p.out, p.rows, p.k.Mixes, sink.Order())
	return schedule.Run(ctx, list, p.maxWorkers(list, src, sink), sink, func() schedule.Worker[T] {
		w := p.acquire(src)
		w.stream = stream
		return schedule.Worker[T]{Do: w.do, End: func() { p.idle.Put(w) }}
	})
}

// maxWorkers is how many goroutines have room for their bands. What is in memory
// anyway needs none.
func (p *Plan[T]) maxWorkers(list schedule.Jobs, src tensor.Source[T], sink tensor.Sink[T]) int {
	seen, results := 0, list.Bytes(tensor.ElementSize[T]())
	if _, ok := src.(*tensor.Dense[T]); !ok {
		seen = p.inputPlanes() * p.g.InputRows(p.rows) * p.g.PadW() * tensor.ElementSize[T]()
	}
	if _, ok := sink.(tensor.Lender[T]); ok {
		results = 0
	}
	return schedule.MaxWorkers(p.threads, seen+results, results, sink.Order())
}

// gatherBytes is the largest result that waits in memory for a sink that takes
// one plane after the other: channels that are mixed are computed side by side,
// and for each plane by itself all of the input would be read again.
const gatherBytes = 32 << 20

// gather computes the result in memory and hands it over plane by plane.
func (p *Plan[T]) gather(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	y := tensor.NewDense[T](p.out)
	if err := p.Run(ctx, src, y); err != nil {
		return err
	}
	rows := max(p.rows, aimedBytes/(p.out.W*tensor.ElementSize[T]()))
	return schedule.Deliver(ctx, p.out, min(rows, p.out.H), p.threads, sink, func() func(tensor.Band[T]) error {
		return func(b tensor.Band[T]) error {
			for i := range b.Rows {
				row, _ := y.Row(b.P, b.Y+i, nil)
				copy(b.Row(i), row)
			}
			return nil
		}
	})
}

// worker is what one goroutine works with.
type worker[T tensor.Float] struct {
	p         *Plan[T]
	src       tensor.Source[T]
	reader    *Reader[T]
	method    method.Worker[T]
	stream    bool   // results go to memory that outgrows the cache
	separates bool   // a region may be computed without what stands beside it
	inner     region // what is computed from the image's own memory
	in        []tensor.View[T]
	out       []tensor.View[T]
	inBuf     []T
	have      rowsOf // that stand in inBuf
}

// rowsOf is padded rows of several planes, as they stand one after the other.
type rowsOf struct{ plane, planes, y, rows int }

func newWorker[T tensor.Float](p *Plan[T], src tensor.Source[T]) *worker[T] {
	w := &worker[T]{p: p, method: p.method.NewWorker(), separates: p.method.Separates()}
	w.read(src)
	return w
}

// read sets where the worker takes its rows from.
func (w *worker[T]) read(src tensor.Source[T]) {
	w.src, w.reader, w.inner, w.have = src, NewReader(src, w.p.g), reachable(src, w.p.g, w.separates), rowsOf{}
}

// acquire returns a worker, with the buffers of an earlier run where there are any:
// to make and clear those of tiles takes as long as to filter a small image.
func (p *Plan[T]) acquire(src tensor.Source[T]) *worker[T] {
	w, ok := p.idle.Get().(*worker[T])
	if !ok {
		return newWorker(p, src)
	}
	w.read(src)
	return w
}

// do computes the bands of one job.
func (w *worker[T]) do(b schedule.Job, out []tensor.View[T]) error {
	var some [5]region
	for _, a := range w.regions(b, some[:0]) {
		if err := w.load(b, a); err != nil {
			return err
		}
		w.compute(b, a, w.in, out)
	}
	return nil
}

// compute computes a region of a job's bands from the rows and columns it sees.
func (w *worker[T]) compute(b schedule.Job, a region, in, out []tensor.View[T]) {
	w.out = w.out[:0]
	for _, v := range out {
		w.out = append(w.out, tensor.View[T]{Data: v.Data[(a.y-b.Y)*v.Stride+a.x:], Stride: v.Stride})
	}
	w.method.Correlate(w.out, w.channel(b), a.rows, a.cols, in, w.stream)
}

// channel is the kernel's output channel of a job's first plane.
func (w *worker[T]) channel(b schedule.Job) int {
	if w.p.k.Mixes {
		return b.O
	}
	return 0
}

// load sets w.in to the padded rows and columns that a region sees, of each plane
// it needs: the source's own memory where that is possible, else a buffer that
// is filled.
func (w *worker[T]) load(b schedule.Job, a region) error {
	g := w.p.g
	first, planes := b.N*w.p.in.C+b.O, 1
	if w.p.k.Mixes {
		first, planes = b.N*w.p.in.C, w.p.in.C
	}
	y, rows := a.y*g.Stride.H, g.InputRows(a.rows)
	x, cols := a.x*g.Stride.W, (a.cols-1)*g.Stride.W+g.Reach().W
	w.in = w.in[:0]
	if a.inside {
		for q := range planes {
			data, stride := w.src.(*tensor.Dense[T]).Lend(first+q, y-g.Top, rows)
			w.in = append(w.in, tensor.View[T]{Data: data[x-g.Left:], Stride: stride})
		}
		return nil
	}
	if a.cols == g.OutW {
		return w.loadRows(rowsOf{first, planes, y, rows})
	}
	w.have = rowsOf{}
	w.inBuf = tensor.Grow(w.inBuf, planes*rows*cols)
	for q := range planes {
		v := tensor.View[T]{Data: w.inBuf[q*rows*cols:][:rows*cols], Stride: cols}
		w.in = append(w.in, v)
		data, stride := w.src.(*tensor.Dense[T]).Lend(first+q, y-g.Top, rows)
		w.reader.side(v, tensor.View[T]{Data: data, Stride: stride}, x, rows)
	}
	return nil
}

// loadRows fills the buffer with whole padded rows. Those of the band before,
// which stand in it already, are moved: to read them may mean to parse them.
func (w *worker[T]) loadRows(want rowsOf) error {
	cols := w.p.g.PadW()
	n := want.rows * cols
	if cap(w.inBuf) < want.planes*n { // the last band may be lower, and come first
		w.inBuf, w.have = make([]T, want.planes*max(n, w.p.g.InputRows(w.p.rows)*cols)), rowsOf{}
	}
	w.inBuf = w.inBuf[:want.planes*n]
	have, keep, from, to := w.have, 0, 0, 0
	if have.plane == want.plane && have.planes == want.planes && have.rows == want.rows {
		from, to = max(want.y-have.y, 0), max(have.y-want.y, 0)
		keep = max(want.rows-from-to, 0)
	}
	w.have = rowsOf{} // until all is read
	for q := range want.planes {
		v := tensor.View[T]{Data: w.inBuf[q*n:][:n], Stride: cols}
		w.in = append(w.in, v)
		if keep > 0 {
			copy(v.Data[to*cols:(to+keep)*cols], v.Data[from*cols:])
		}
		for r := range want.rows {
			if r >= to && r < to+keep {
				continue
			}
			if err := w.reader.Row(want.plane+q, want.y+r, v.Row(r, cols)); err != nil {
				return err
			}
		}
	}
	w.have = want
	return nil
}
