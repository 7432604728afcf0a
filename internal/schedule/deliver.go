// Package schedule computes an image in bands of rows on several goroutines and hands the
// bands to a sink in the order that it needs, with a bound on what is in memory.
//
// Jobs numbers the bands. Run lets workers take them in order, keeps them within
// a look-ahead limit, and commits their results in sequence if order matters.
// Deliver is Run for one plane a band. The result does not depend on the number of
// workers.
package schedule

import (
	"context"
	"sync/atomic"

	"github.com/convkit/convkit/internal/tensor"
)

// Deliver computes an image of shape out in bands of the given number of rows, on
// so many threads (0 for one a processor), and hands them to the sink. start
// is called once for each goroutine. The function that it returns fills the band that it
// is given. A cancelled context or the first error ends the run and is returned.
func Deliver[T tensor.Float](ctx context.Context, out tensor.Shape, rows, threads int, sink tensor.Sink[T], start func() func(tensor.Band[T]) error) error {
	return Run(ctx, NewJobs(out, rows, false, sink.Order()), Workers(threads), sink, func() Worker[T] {
		fill := start()
		return Worker[T]{Do: func(b Job, dst []tensor.View[T]) error { return fill(bandOf(b, out, 0, dst[0])) }}
	})
}

// Worker is what one goroutine works with. Do computes a job into its views, one for each
// plane. End, which may be nil, is called when the goroutine has no more jobs.
type Worker[T tensor.Float] struct {
	Do  func(Job, []tensor.View[T]) error
	End func()
}

// Run lets workers take the jobs in order and passes their bands to the sink, in
// sequence where order matters. start is called once for each goroutine.
func Run[T tensor.Float](ctx context.Context, list Jobs, workers int, sink tensor.Sink[T], start func() Worker[T]) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	turn, ahead := newSequencer(), newLookAhead(limitOf(list.Bytes(tensor.ElementSize[T]()), workers))
	var next atomic.Int64
	Parallel(min(workers, list.Len()), func() {
		w := start()
		if w.End != nil {
			defer w.End()
		}
		d := delivery[T]{out: list.out, rows: min(list.rows, list.out.H), sink: sink, do: w.Do}
		for i := int(next.Add(1)) - 1; i < list.Len(); i = int(next.Add(1)) - 1 {
			ahead.begin(i)
			err := context.Cause(ctx)
			if err == nil {
				err = d.job(list.At(i), i, turn)
			}
			if err != nil {
				cancel(err)
				turn.stop(err)
				ahead.lift()
				return
			}
			ahead.finish(i)
		}
	})
	return context.Cause(ctx)
}

// delivery takes one goroutine's bands to the sink.
type delivery[T tensor.Float] struct {
	out   tensor.Shape
	rows  int // of a job, at most
	sink  tensor.Sink[T]
	do    func(Job, []tensor.View[T]) error
	views []tensor.View[T]
	buf   []T
}

// job computes one job and hands its bands to the sink.
func (d *delivery[T]) job(b Job, i int, turn *sequencer) error {
	d.room(b)
	if err := d.do(b, d.views); err != nil {
		return err
	}
	commits := make([]func() error, 0, 4)
	for j, v := range d.views {
		commit, err := d.sink.Put(bandOf(b, d.out, j, v))
		if err != nil {
			return err
		}
		commits = append(commits, commit)
	}
	if d.sink.Order() == tensor.AnyOrder {
		return nil
	}
	return turn.run(i, func() error {
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

// room sets d.views to the memory of a job's result: what the sink lends, else a
// buffer.
func (d *delivery[T]) room(b Job) {
	d.views = d.views[:0]
	if l, ok := d.sink.(tensor.Lender[T]); ok {
		for j := range b.Planes {
			data, stride := l.Lend(b.N*d.out.C+b.O+j, b.Y, b.Rows)
			d.views = append(d.views, tensor.View[T]{Data: data, Stride: stride})
		}
		return
	}
	n := b.Rows * d.out.W
	if d.buf == nil { // the last job may be lower, and come first
		d.buf = make([]T, b.Planes*d.rows*d.out.W)
	}
	for j := range b.Planes {
		d.views = append(d.views, tensor.View[T]{Data: d.buf[j*n:][:n], Stride: d.out.W})
	}
}

// bandOf returns plane j of a job as a sink takes it.
func bandOf[T tensor.Float](b Job, out tensor.Shape, j int, v tensor.View[T]) tensor.Band[T] {
	return tensor.Band[T]{P: b.N*out.C + b.O + j, Y: b.Y, Rows: b.Rows, W: out.W, Stride: v.Stride, Data: v.Data}
}
