package edges

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/edges/rowvec"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// gradient is a pair of derivatives that see the same windows, and what is made of
// them element by element.
type gradient[T tensor.Float] struct {
	x, y    *corr.Plan[T]
	words   string
	threads int
	combine func(x, y []T) // into x
	thin    bool
}

// newGradient plans the magnitude or the angle of a pair of correlations. Where
// the two kernels differ in size, the smaller is filled up with zeros, so that both
// see the same windows.
func newGradient[T tensor.Float](in tensor.Shape, o Options, g corr.Options, c corr.Config) (Plan[T], error) {
	x, y, err := o.pair()
	if err != nil {
		return nil, err
	}
	x, y = share(x, y, g)
	p := &gradient[T]{threads: c.Threads, words: "gradient " + OutputNames[o.Output]}
	if p.x, err = corr.NewPlan[T](in, x, g, c); err != nil {
		return nil, err
	}
	if p.y, err = corr.NewPlan[T](in, y, g, c); err != nil {
		return nil, err
	}
	if o.Thin {
		p.words = "thinned " + p.words
	}
	p.combine, p.thin = combiner[T](o), o.Thin
	return p, nil
}

func (p *gradient[T]) Out() tensor.Shape { return p.x.Out() }

func (p *gradient[T]) Geometry() corr.Geometry { return p.x.Geometry() }

func (p *gradient[T]) Describe() string { return p.words + ", " + p.x.Describe() }

func (p *gradient[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	if p.thin {
		return p.runThin(ctx, src, sink)
	}
	rows := corr.BandRows(p.x, p.y)
	threads := corr.MaxPairWorkers(p.threads, rows, 2, sink.Order(), p.x)
	return schedule.Deliver(ctx, p.Out(), rows, threads, sink, func() func(tensor.Band[T]) error {
		j, other, packed := corr.NewPlanPair(src, p.x, p.y), []T(nil), []T(nil)
		return func(b tensor.Band[T]) error {
			n := b.Rows * b.W
			other = tensor.Grow(other, n)
			x := b.Data
			if b.Stride != b.W {
				packed = tensor.Grow(packed, n)
				x = packed
			}
			if err := j.Rows(b.P, b.Y, b.Rows, x, other); err != nil {
				return err
			}
			p.combine(x[:n], other[:n])
			if b.Stride != b.W {
				for r := range b.Rows {
					copy(b.Row(r), x[r*b.W:(r+1)*b.W])
				}
			}
			return nil
		}
	})
}

// runThin computes a row more above and below each band.
func (p *gradient[T]) runThin(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	out := p.Out()
	rows := max(1, corr.BandRows(p.x, p.y)-2)
	threads := corr.MaxPairWorkers(p.threads, rows+2, 6, sink.Order(), p.x)
	return schedule.Deliver(ctx, out, rows, threads, sink, func() func(tensor.Band[T]) error {
		j := corr.NewPlanPair(src, p.x, p.y)
		x, y := make([]T, (rows+2)*out.W), make([]T, (rows+2)*out.W)
		nothing, lines := newSlope[T](out.W), make([]slope[T], rows+2)
		for i := range lines {
			lines[i] = newSlope[T](out.W)
		}
		return func(b tensor.Band[T]) error {
			first, end := max(b.Y-1, 0), min(b.Y+b.Rows+1, out.H)
			if err := j.Rows(b.P, first, end-first, x, y); err != nil {
				return err
			}
			for r := range end - first {
				l, from := &lines[r], r*out.W
				copy(l.x[1:], x[from:from+out.W])
				copy(l.y[1:], y[from:from+out.W])
				copy(l.m[1:], x[from:from+out.W])
				p.combine(l.m[1:1+out.W], y[from:from+out.W])
			}
			at := func(y int) *slope[T] {
				if y < first || y >= end {
					return &nothing
				}
				return &lines[y-first]
			}
			for r := range b.Rows {
				y := b.Y + r
				(&three[T]{at(y - 1), at(y), at(y + 1)}).thin(b.Row(r))
			}
			return nil
		}
	})
}

// combiner makes the function that turns derivatives into what was asked for.
func combiner[T tensor.Float](o Options) func(x, y []T) {
	s := o.Like.shrink()
	switch {
	case o.Output == Angle:
		return angles[T]
	case o.Norm == L1:
		return func(x, y []T) {
			rowvec.Absolutes(x, x, y)
			if s != 1 {
				scale(x, T(s))
			}
		}
	}
	return func(x, y []T) { rowvec.Lengths(x, y, s) }
}

// scale multiplies all elements by s.
func scale[T tensor.Float](x []T, s T) {
	for i := range x {
		x[i] *= s
	}
}

// angles sets x to atan2(y, x) in degrees, from 0 to below 360.
func angles[T tensor.Float](x, y []T) {
	for i, v := range x {
		x[i] = angle(v, y[i])
	}
}

func angle[T tensor.Float](x, y T) T {
	if x == 0 && y == 0 {
		return 0 // of any sign
	}
	a := float64(math.Atan2(float64(y), float64(x)) * (180 / math.Pi))
	if a < 0 {
		a += 360
	}
	if t := T(a); t < 360 || t != t {
		return t
	}
	return 0 // rounded up to a full turn
}
