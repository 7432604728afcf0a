package match

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// Search says which places are wanted.
type Search struct {
	Count    int       // at most so many; 0 for all
	Limit    *float64  // a score that places must reach, in units of Unit
	Distance corr.Size // of two places, one is so many rows or columns away, at least; 0x0 for half the template
	Whole    bool      // places on elements, not between them
	Unit     float64   // what scores are multiplied with; 0 means 1
}

// slack is how far a score may miss the limit and still be looked at exactly: five
// times what scores in float32 err by, of the limit or of 1 where scores are normalised,
// else of the template's energy.
const slack = 1e-5

// Find finds the best places among the scores of an image. Their own scores are
// exact.
func (p *Plan[T]) Find(ctx context.Context, src tensor.Source[T], scores *tensor.Dense[T], s Search) ([]Peak, error) {
	if s.Unit == 0 {
		s.Unit = 1
	}
	rough := s
	if s.Limit != nil {
		limit := *s.Limit / s.Unit
		size := 1.0
		if !p.o.Score.normalised() {
			size = p.t.energy
		}
		limit -= float64(p.o.Score.sign() * slack * max(size, math.Abs(limit)))
		rough.Limit = &limit
	}
	if s.Distance == (corr.Size{}) {
		rough.Distance = corr.Size{H: max(1, p.t.h/2), W: max(1, p.t.w/2)}
	}
	list := peaks(scores, p.o.Score, rough, p.threads)
	if err := p.exact(ctx, src, list); err != nil {
		return nil, err
	}
	found := list[:0]
	for _, k := range list {
		if k.Score *= s.Unit; s.Limit != nil && p.o.Score.better(*s.Limit, k.Score) {
			continue
		}
		if !s.Whole {
			k = refine(scores, p.o.Score, k)
		}
		found = append(found, k)
	}
	return found, nil
}

// exact computes the scores of peaks anew in float64, by the definition.
func (p *Plan[T]) exact(ctx context.Context, src tensor.Source[T], list []Peak) error {
	r := corr.NewReader(src, p.g)
	row := make([]T, p.g.PadW())
	window := tensor.NewDense[float64](tensor.Shape{N: 1, C: p.t.c, H: p.t.h, W: p.t.w})
	for i := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		for c := range p.t.c {
			for y := range p.t.h {
				if err := r.Row(c, list[i].Row+y, row); err != nil {
					return err
				}
				for x := range p.t.w {
					window.Plane(c)[y*p.t.w+x] = float64(row[list[i].Col+x])
				}
			}
		}
		list[i].Score = p.t.at(window, 0, 0, p.o.Score)
	}
	return nil
}

// Corners are the pixels that the windows of peaks begin at.
func (p *Plan[T]) Corners(peaks []Peak) [][2]int {
	var list [][2]int
	for _, k := range peaks {
		list = append(list, [2]int{k.Row - p.g.Top, k.Col - p.g.Left})
	}
	return list
}
