package corr

import (
	"context"

	"github.com/convkit/convkit/internal/tensor"
)

// Run computes the correlation: rows are taken from src as they are needed and
// the result goes to sink band by band. The result does not depend on the
// number of threads. A cancelled context or the first error ends it.
func (p *Plan[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	_, lends := sink.(tensor.Lender[T])
	stream := lends && p.out.Len()*elementSize[T]() >= streamBytes
	return deliver(ctx, newJobs(p.out, p.rows, p.k.Mixes, sink.Order()), p.threads, sink, func() (func(job, []view[T]) error, func()) {
		w := p.hire(src)
		w.stream = stream
		return w.do, func() { p.rested.Put(w) }
	})
}

// streamBytes is the size of a result from which stores around the cache pay:
// half of a shared cache of 32 MiB.
const streamBytes = 16 << 20

// worker is one goroutine's buffers.
type worker[T tensor.Float] struct {
	p      *Plan[T]
	src    tensor.Source[T]
	reader *Reader[T]
	method bandWorker[T]
	stream bool // results go to memory that outgrows the cache
	in     []view[T]
	inBuf  []T
}

func newWorker[T tensor.Float](p *Plan[T], src tensor.Source[T]) *worker[T] {
	return &worker[T]{p: p, src: src, reader: NewReader(src, p.g), method: p.method.NewWorker()}
}

// hire returns a worker, with the buffers of an earlier run where there are any:
// to make and clear those of tiles takes as long as to filter a small image.
func (p *Plan[T]) hire(src tensor.Source[T]) *worker[T] {
	w, ok := p.rested.Get().(*worker[T])
	if !ok {
		return newWorker(p, src)
	}
	w.src, w.reader = src, NewReader(src, p.g)
	return w
}

// do computes the bands of one job.
func (w *worker[T]) do(b job, out []view[T]) error {
	if err := w.load(b); err != nil {
		return err
	}
	w.method.Correlate(out, w.channel(b), b.rows, w.in, w.stream)
	return nil
}

// channel is the kernel's output channel of a job's first plane.
func (w *worker[T]) channel(b job) int {
	if w.p.k.Mixes {
		return b.o
	}
	return 0
}

// load sets w.in to the padded rows that a job sees, of each plane it needs:
// the source's own memory where that is possible, else a buffer that is filled.
func (w *worker[T]) load(b job) error {
	g := w.p.g
	first, planes := b.n*w.p.in.C+b.o, 1
	if w.p.k.Mixes {
		first, planes = b.n*w.p.in.C, w.p.in.C
	}
	y, rows := b.y*g.Stride.H, (b.rows-1)*g.Stride.H+g.Reach().H
	w.in = w.in[:0]
	if d, ok := w.src.(*tensor.Dense[T]); ok && !g.Padded() {
		for q := range planes {
			data, stride := d.Lend(first+q, y, rows)
			w.in = append(w.in, view[T]{data, stride})
		}
		return nil
	}
	stride := g.PadW()
	w.inBuf = grow(w.inBuf, planes*rows*stride)
	for q := range planes {
		v := view[T]{w.inBuf[q*rows*stride:][:rows*stride], stride}
		for r := range rows {
			if err := w.reader.Row(first+q, y+r, v.row(r, stride)); err != nil {
				return err
			}
		}
		w.in = append(w.in, v)
	}
	return nil
}

// grow returns a slice of n elements, in s where it is large enough.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
