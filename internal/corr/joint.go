package corr

import "github.com/convkit/convkit/internal/tensor"

// Joint computes rows of several correlations that see the same windows of one
// image, such as the two derivatives of a gradient: each window is read once. It
// belongs to one goroutine.
type Joint[T tensor.Float] struct {
	workers []*worker[T]
}

// NewJoint prepares the plans, whose geometries are equal and whose kernels are
// plain.
func NewJoint[T tensor.Float](src tensor.Source[T], plans ...*Plan[T]) *Joint[T] {
	j := &Joint[T]{}
	for _, p := range plans {
		if p.g != plans[0].g || p.k.Mixes {
			panic("corr: plans of different windows")
		}
		j.workers = append(j.workers, newWorker(p, src))
		j.workers[0].parted = j.workers[0].parted && p.method.Parted()
	}
	j.workers[0].read(src)
	return j
}

// Rows computes rows [y, y+rows) of plane p of each result into dst, one after
// the other without gaps.
func (j *Joint[T]) Rows(p, y, rows int, dst ...[]T) error {
	first := j.workers[0]
	out := first.p.out
	b := job{n: p / out.C, o: p % out.C, planes: 1, y: y, rows: rows}
	var some [5]area
	for _, a := range first.areas(b, some[:0]) {
		if err := first.load(b, a); err != nil {
			return err
		}
		for i, w := range j.workers {
			w.compute(b, a, first.in, []view[T]{{dst[i], out.W}})
		}
	}
	return nil
}

// BandRows is how many rows the plans of a Joint compute at a time. Where a
// method looks at a block of values as a whole, it does not depend on the
// threads.
func BandRows[T tensor.Float](plans ...*Plan[T]) int {
	fixed := 0
	for _, p := range plans {
		fixed = max(fixed, p.method.Rows())
	}
	if fixed > 0 {
		return min(fixed, plans[0].g.OutH)
	}
	return plans[0].rows
}

// JointCrew is how many of so many threads have room for a Joint each that gives
// rows at a time, of which each takes several copies, to a sink of the given order.
func JointCrew[T tensor.Float](threads, rows, copies int, order tensor.Order, p *Plan[T]) int {
	g, size := p.g, elementSize[T]()
	results := rows * g.OutW * size
	return crew(threadsOf(threads), g.held(rows, size)+(copies-1)*results, results, order)
}
