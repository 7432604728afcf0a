package corr

import (
	"context"
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
	bottomUp    bool
}

func newJobs(out tensor.Shape, rows int, mixes bool, order tensor.Order) jobs {
	j := jobs{out: out, rows: rows, bands: (out.H + rows - 1) / rows, group: 1, planeByRows: order == tensor.PlaneByPlane, bottomUp: order == tensor.BottomUp}
	if mixes && !j.planeByRows {
		j.group = out.C
	}
	j.groups = out.C / j.group
	return j
}

// bytes is the size of a job's results in elements of the given size.
func (j jobs) bytes(size int) int { return min(j.rows, j.out.H) * j.out.W * j.group * size }

func (j jobs) len() int { return j.out.N * j.groups * j.bands }

func (j jobs) at(i int) job {
	n, i := i/(j.groups*j.bands), i%(j.groups*j.bands)
	band, group := i/j.groups, i%j.groups
	if j.planeByRows {
		group, band = i/j.bands, i%j.bands
	}
	if j.bottomUp {
		band = j.bands - 1 - band
	}
	y := band * j.rows
	return job{n: n, o: group * j.group, planes: j.group, y: y, rows: min(j.rows, j.out.H-y)}
}

// bandOf is plane j of a job as a sink takes it.
func bandOf[T tensor.Float](b job, out tensor.Shape, j int, v view[T]) tensor.Band[T] {
	return tensor.Band[T]{P: b.n*out.C + b.o + j, Y: b.y, Rows: b.rows, W: out.W, Stride: v.stride, Data: v.data}
}

// Deliver computes an image of any kind as Run does a correlation: bands of the
// given number of rows, several at once, handed to sink in the order it wants.
// start makes the function of one goroutine, which fills the band it is given.
func Deliver[T tensor.Float](ctx context.Context, out tensor.Shape, rows, threads int, sink tensor.Sink[T], start func() func(tensor.Band[T]) error) error {
	return deliver(ctx, newJobs(out, rows, false, sink.Order()), threadsOf(threads), sink, func() (func(job, []view[T]) error, func()) {
		fill := start()
		return func(b job, dst []view[T]) error { return fill(bandOf(b, out, 0, dst[0])) }, func() {}
	})
}

// deliver lets one worker a thread take the jobs in order and passes their bands
// to the sink, in turn where order matters.
func deliver[T tensor.Float](ctx context.Context, list jobs, threads int, sink tensor.Sink[T], start func() (do func(job, []view[T]) error, end func())) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	gate, near := newTurnstile(), newLeash(jobsNear(list.bytes(elementSize[T]()), threads))
	var next atomic.Int64
	together(min(threads, list.len()), func() {
		do, end := start()
		defer end()
		d := courier[T]{out: list.out, rows: min(list.rows, list.out.H), sink: sink, do: do}
		for i := int(next.Add(1)) - 1; i < list.len(); i = int(next.Add(1)) - 1 {
			near.begin(i)
			err := context.Cause(ctx)
			if err == nil {
				err = d.carry(list.at(i), i, gate)
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
	return context.Cause(ctx)
}

// jobsAhead is how many jobs a thread, with all threads, may run ahead of the
// slowest: enough that none waits while another writes a band out.
const jobsAhead = 4

// jobsNear is how many jobs of so many bytes may be under way or finished
// ahead of the lowest: fewer of very large ones, of which a sink may have to
// keep all.
func jobsNear(bytes, threads int) int {
	const most = 32 << 20
	return min(jobsAhead*threads, max(2*threads, most/max(bytes, 1)))
}

// courier takes one goroutine's bands to the sink.
type courier[T tensor.Float] struct {
	out   tensor.Shape
	rows  int // of a job, at most
	sink  tensor.Sink[T]
	do    func(job, []view[T]) error
	views []view[T]
	buf   []T
}

// carry computes one job and hands its bands to the sink.
func (d *courier[T]) carry(b job, i int, gate *turnstile) error {
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

// room sets d.views to where a job's result goes: memory that the sink lends,
// else a buffer.
func (d *courier[T]) room(b job) {
	d.views = d.views[:0]
	if l, ok := d.sink.(tensor.Lender[T]); ok {
		for j := range b.planes {
			data, stride := l.Lend(b.n*d.out.C+b.o+j, b.y, b.rows)
			d.views = append(d.views, view[T]{data, stride})
		}
		return
	}
	n := b.rows * d.out.W
	if d.buf == nil { // the last job may be lower, and come first
		d.buf = make([]T, b.planes*d.rows*d.out.W)
	}
	for j := range b.planes {
		d.views = append(d.views, view[T]{d.buf[j*n:][:n], d.out.W})
	}
}
