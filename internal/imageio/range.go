package imageio

import (
	"math"
	"sync"

	"github.com/convkit/convkit/internal/tensor"
)

// RangeSink takes a result to find the range of it that MapRescale spreads: the
// smallest and the largest finite number. Where alpha is filtered, these are of
// the colours, divided by their alpha.
func RangeSink[T tensor.Float](w *Writer) tensor.Sink[T] {
	w.lo, w.hi = math.Inf(1), math.Inf(-1)
	r := &rangeSink[T]{w: w}
	if !w.premultiplied {
		return r
	}
	unit := alphaUnit[T](w)
	return &gather[T]{planes: w.result.C, all: func(planes []tensor.Band[T]) error {
		alpha := planes[len(planes)-1]
		quotient := make([]T, alpha.W)
		for _, c := range planes[:len(planes)-1] {
			for i := range c.Rows {
				divideRow(quotient, c.Row(i), alpha.Row(i), unit, 0)
				r.extend(quotient, alpha.Row(i))
			}
		}
		return nil
	}}
}

type rangeSink[T tensor.Float] struct {
	mu sync.Mutex
	w  *Writer
}

func (r *rangeSink[T]) Order() tensor.Order { return tensor.AnyOrder }

func (r *rangeSink[T]) Put(b tensor.Band[T]) (func() error, error) {
	for i := range b.Rows {
		r.extend(b.Row(i), nil)
	}
	return nil, nil
}

// extend looks at a row, but not where it has an alpha that is not positive:
// there is no colour.
func (r *rangeSink[T]) extend(row, alpha []T) {
	lo, hi := T(math.Inf(1)), T(math.Inf(-1))
	for x, v := range row {
		if v-v == 0 && (alpha == nil || alpha[x] > 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.w.lo, r.w.hi = min(r.w.lo, float64(lo)), max(r.w.hi, float64(hi))
}
