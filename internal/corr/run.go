package corr

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/convkit/convkit/internal/tensor"
)

// job is a band of one image's result: output rows [y, y+rows) of planes
// planes, beginning with channel o of image n.
type job struct{ n, o, planes, y, rows int }

// jobs numbers the bands of a result in the order a sink wants them.
type jobs struct {
	out         tensor.Shape
	rows        int // rows in a band
	bands       int // bands in a plane
	group       int // planes in a job
	groups      int // jobs side by side in one band of an image
	planeByRows bool
}

func newJobs(out tensor.Shape, rows int, mixes bool, order tensor.Order) jobs {
	j := jobs{out: out, rows: rows, bands: (out.H + rows - 1) / rows, group: 1, planeByRows: order == tensor.PlaneByPlane}
	if mixes && !j.planeByRows {
		j.group = out.C
	}
	j.groups = out.C / j.group
	return j
}

func (j jobs) len() int { return j.out.N * j.groups * j.bands }

func (j jobs) at(i int) job {
	n, i := i/(j.groups*j.bands), i%(j.groups*j.bands)
	band, group := i/j.groups, i%j.groups
	if j.planeByRows {
		group, band = i/j.bands, i%j.bands
	}
	y := band * j.rows
	return job{n: n, o: group * j.group, planes: j.group, y: y, rows: min(j.rows, j.out.H-y)}
}

// Run computes the correlation: rows are taken from src as they are needed and
// the result goes to sink band by band. The result does not depend on the
// number of threads. A cancelled context or the first error ends it.
func (p *Plan[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	list := newJobs(p.out, p.rows, p.k.Mixes, sink.Order())
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	gate, near := newTurnstile(), newLeash(jobsAhead*p.threads)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(p.threads, list.len()) {
		all.Go(func() {
			_, lends := sink.(tensor.Lender[T])
			w := worker[T]{stream: lends && p.out.Len()*elementSize[T]() >= streamBytes, p: p, src: src, sink: sink, reader: NewReader(src, p.g), method: p.method.NewWorker()}
			for i := int(next.Add(1)) - 1; i < list.len(); i = int(next.Add(1)) - 1 {
				near.begin(i)
				err := context.Cause(ctx)
				if err == nil {
					err = w.do(list.at(i), i, gate)
				}
				if err != nil {
					cancel(err)
					gate.stop(err)
					near.release()
					return
				}
				near.finish(i)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// jobsAhead is how many jobs a thread, with all threads, may run ahead of the
// slowest: enough that none waits while another writes a band out.
const jobsAhead = 4

// streamBytes is the size of a result from which stores around the cache pay:
// half of a shared cache of 32 MiB.
const streamBytes = 16 << 20

// worker is one goroutine's buffers.
type worker[T tensor.Float] struct {
	p       *Plan[T]
	src     tensor.Source[T]
	sink    tensor.Sink[T]
	reader  *Reader[T]
	method  bandWorker[T]
	stream  bool // results go to memory that outgrows the cache
	in, out []view[T]
	inBuf   []T
	outBuf  []T
}

// do computes one job and hands its bands to the sink.
func (w *worker[T]) do(b job, i int, gate *turnstile) error {
	if err := w.load(b); err != nil {
		return err
	}
	w.room(b)
	w.method.Correlate(w.out, w.channel(b), b.rows, w.in, w.stream)
	commits := make([]func() error, 0, 4)
	for j, v := range w.out {
		commit, err := w.sink.Put(tensor.Band[T]{P: b.n*w.p.out.C + b.o + j, Y: b.y, Rows: b.rows, W: w.p.out.W, Stride: v.stride, Data: v.data})
		if err != nil {
			return err
		}
		commits = append(commits, commit)
	}
	if w.sink.Order() == tensor.AnyOrder {
		return nil
	}
	return gate.pass(i, func() error {
		for _, commit := range commits {
			if commit == nil {
				continue
			}
			if err := commit(); err != nil {
				return err
			}
		}
		return nil
	})
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

// room sets w.out to where the job's result goes: memory that the sink lends,
// else a buffer.
func (w *worker[T]) room(b job) {
	w.out = w.out[:0]
	if l, ok := w.sink.(tensor.Lender[T]); ok {
		for j := range b.planes {
			data, stride := l.Lend(b.n*w.p.out.C+b.o+j, b.y, b.rows)
			w.out = append(w.out, view[T]{data, stride})
		}
		return
	}
	n := b.rows * w.p.out.W
	w.outBuf = grow(w.outBuf, b.planes*n)
	for j := range b.planes {
		w.out = append(w.out, view[T]{w.outBuf[j*n:][:n], w.p.out.W})
	}
}

// grow returns a slice of n elements, in s where it is large enough.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
