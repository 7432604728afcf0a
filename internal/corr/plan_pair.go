package corr

import (
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// PlanPair computes rows of several correlations that see the same windows of one
// image, such as the two derivatives of a gradient: each window is read once. It
// belongs to one goroutine.
type PlanPair[T tensor.Float] struct {
	workers []*worker[T]
}

// NewPlanPair prepares the plans, whose geometries are equal and whose kernels are
// plain.
func NewPlanPair[T tensor.Float](src tensor.Source[T], plans ...*Plan[T]) *PlanPair[T] {
	j := &PlanPair[T]{}
	for _, p := range plans {
		if p.g != plans[0].g || p.k.Mixes {
			panic("corr: plans of different windows")
		}
		j.workers = append(j.workers, newWorker(p, src))
		j.workers[0].separates = j.workers[0].separates && p.method.Separates()
	}
	j.workers[0].read(src)
	return j
}

// Rows computes rows [y, y+rows) of plane p of each result into dst, one after
// the other without gaps.
func (j *PlanPair[T]) Rows(p, y, rows int, dst ...[]T) error {
	first := j.workers[0]
	out := first.p.out
	b := schedule.Job{N: p / out.C, O: p % out.C, Planes: 1, Y: y, Rows: rows}
	var some [5]region
	for _, a := range first.regions(b, some[:0]) {
		if err := first.load(b, a); err != nil {
			return err
		}
		for i, w := range j.workers {
			w.compute(b, a, first.in, []tensor.View[T]{{Data: dst[i], Stride: out.W}})
		}
	}
	return nil
}

// BandRows is how many rows the plans of a PlanPair compute at a time. Where a
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

// MaxPairWorkers is how many of so many threads have room for a PlanPair each that gives
// rows at a time, of which each takes several copies, to a sink of the given order.
func MaxPairWorkers[T tensor.Float](threads, rows, copies int, order tensor.Order, p *Plan[T]) int {
	g, size := p.g, tensor.ElementSize[T]()
	results := rows * g.OutW * size
	return schedule.MaxWorkers(schedule.Workers(threads), g.BandBytes(rows, size)+(copies-1)*results, results, order)
}
