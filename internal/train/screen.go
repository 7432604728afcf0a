package train

import (
	"context"
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// witnesses is the number of pairs whose sizes are compared: with three, a wrong one
// is outvoted.
const witnesses = 3

// Screen opens every input. It returns as good those that one kernel, with any
// padding, can fit together with most of the first three; the others are returned
// with the reason. A search over many kernels needs the same pairs in every fit.
func Screen(ctx context.Context, inputs []Input, o corr.Options) (good []Input, bad []*Failure, err error) {
	type sized struct {
		in Input
		pairSizes
	}
	var list []sized
	for _, in := range inputs {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		sizes, err := readSizes(in)
		if err != nil {
			bad = append(bad, &Failure{in.Name, err})
			continue
		}
		list = append(list, sized{in, sizes})
	}
	best, most := 0, 0
	for i := range min(witnesses, len(list)) {
		votes := 0
		for _, other := range list[:min(witnesses, len(list))] {
			if list[i].compatible(other.pairSizes, o) {
				votes++
			}
		}
		if votes > most {
			best, most = i, votes
		}
	}
	for _, p := range list {
		if p.compatible(list[best].pairSizes, o) {
			good = append(good, p.in)
			continue
		}
		l := list[best]
		bad = append(bad, &Failure{p.in.Name, fmt.Errorf("no kernel fits these sizes, X %v and Y %v, and those of %s (%v and %v)", p.x, p.y, l.in.Name, l.x, l.y)})
	}
	return good, bad, nil
}

// pairSizes has the shapes of a pair.
type pairSizes struct{ x, y tensor.Shape }

func readSizes(in Input) (pairSizes, error) {
	pair, done, err := in.Open()
	if err != nil {
		return pairSizes{}, err
	}
	defer done()
	return pairSizes{pair.X.Shape(), pair.Y.Shape()}, pair.Check()
}

// compatible reports whether some kernel size fits both pairs.
func (p pairSizes) compatible(q pairSizes, o corr.Options) bool {
	if p.x.C != q.x.C || p.y.C != q.y.C {
		return false
	}
	for _, mode := range []geometry.PaddingMode{corr.Valid, corr.Same, corr.Full, corr.Explicit} {
		if mode == corr.Explicit && o.Padding.Mode != mode {
			continue
		}
		v, h := vertical(o), horizontal(o)
		v.mode, h.mode = mode, mode
		if intersect(sizes(p.x.H, p.y.H, v), sizes(q.x.H, q.y.H, v)) && intersect(sizes(p.x.W, p.y.W, h), sizes(q.x.W, q.y.W, h)) {
			return true
		}
	}
	return false
}

// intersect reports whether two spans have a size in common.
func intersect(a, b Span) bool { return max(a.Low, b.Low) <= min(a.High, b.High) }
