package train

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// Borderless restricts the inputs to the outputs whose windows lie within X. It
// returns them with a Spec of padding valid, which has the same windows. Opening an
// input without such an output is a *NoWindowsError.
func Borderless(inputs []Input, s Spec) ([]Input, Spec) {
	var list []Input
	for _, in := range inputs {
		open := in.Open
		in.Open = func() (Pair, func(), error) {
			p, done, err := open()
			if err != nil {
				return p, done, err
			}
			if p, err = p.borderless(s); err != nil {
				done()
			}
			return p, done, err
		}
		list = append(list, in)
	}
	valid := s // the pairs are opened later, and use s as it was
	valid.Options.Padding = corr.Padding{Mode: corr.Valid}
	return list, valid
}

func (p Pair) borderless(s Spec) (Pair, error) {
	if err := p.Check(); err != nil {
		return p, err
	}
	xs, ys := p.X.Shape(), p.Y.Shape()
	g, err := geometry.New(xs.H, xs.W, s.Kernel, s.Options)
	if err != nil {
		return p, err
	}
	if err := CheckSizes(g, ys.H, ys.W, s.Options); err != nil {
		return p, err
	}
	reach := g.Reach()
	y0, h := interiorRange(g.InH, g.OutH, g.Top, g.Stride.H, reach.H)
	x0, w := interiorRange(g.InW, g.OutW, g.Left, g.Stride.W, reach.W)
	if h <= 0 || w <= 0 {
		return p, &NoWindowsError{Counts{Masked: ys.Len()}}
	}
	p.X = crop{p.X, y0*g.Stride.H - g.Top, x0*g.Stride.W - g.Left, (h-1)*g.Stride.H + reach.H, (w-1)*g.Stride.W + reach.W}
	p.Y = crop{p.Y, y0, x0, h, w}
	if p.Mask != nil {
		p.Mask = crop{p.Mask, y0, x0, h, w}
	}
	if p.Weights != nil {
		p.Weights = crop{p.Weights, y0, x0, h, w}
	}
	return p, nil
}

// interiorRange returns the first output of an axis whose window lies within the
// image, and how many there are: 0 <= i*stride − pad and i*stride − pad + reach <= in.
func interiorRange(in, out, pad, stride, reach int) (first, count int) {
	first = (pad + stride - 1) / stride
	if in+pad < reach {
		return first, 0
	}
	return first, min(out, (in+pad-reach)/stride+1) - first
}

// crop is a rectangle of every plane of a source.
type crop struct {
	tensor.Source[float64]
	top, left, h, w int
}

func (c crop) Shape() tensor.Shape {
	s := c.Source.Shape()
	s.H, s.W = c.h, c.w
	return s
}

func (c crop) Row(p, y int, buf []float64) ([]float64, error) {
	if full := c.Source.Shape().W; full > c.w {
		buf = make([]float64, full)
	}
	row, err := c.Source.Row(p, y+c.top, buf)
	if err != nil {
		return nil, err
	}
	return row[c.left : c.left+c.w], nil
}
