package operator

import (
	"context"
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/varying"
)

// Varying is a correlation with a kernel that varies over the field:
//
//	Y(y, x) = bias + Σ_p P_p(y, x) (X ⋆ K_p)(y, x)
//
// for each plane. It is computed directly, term after term, in bands of rows.
type Varying[T tensor.Float] struct {
	in, out tensor.Shape
	g       corr.Geometry
	k       *varying.Kernel
	taps    []*vec.Taps[T]
	threads int
}

// varyingRows is the number of rows of a band.
const varyingRows = 32

// NewVarying checks a correlation of images of one shape with a kernel that varies. The
// result must have the size of the kernel's field, and stride and dilation be 1.
func NewVarying[T tensor.Float](in tensor.Shape, k *varying.Kernel, o corr.Options, c corr.Config) (*Varying[T], error) {
	g, err := geometry.New(in.H, in.W, corr.Size{H: k.H, W: k.W}, o)
	if err != nil {
		return nil, err
	}
	one := corr.Size{H: 1, W: 1}
	switch {
	case g.Stride != one || g.Dilation != one:
		return nil, fmt.Errorf("a kernel that varies needs stride and dilation 1")
	case g.OutH != k.Field.H || g.OutW != k.Field.W:
		return nil, fmt.Errorf("the kernel varies over a field of %dx%d, and the result is %dx%d: use the image size and padding with which the kernel was learned", k.Field.H, k.Field.W, g.OutH, g.OutW)
	}
	if o.Convolve {
		k = k.Flip()
	}
	p := &Varying[T]{in: in, out: tensor.Shape{N: in.N, C: in.C, H: g.OutH, W: g.OutW}, g: g, k: k, threads: c.Threads}
	for _, taps := range k.Taps {
		list := make([]T, len(taps))
		for i, v := range taps {
			list[i] = T(v)
		}
		p.taps = append(p.taps, vec.NewTaps(list, k.H, k.W))
	}
	return p, nil
}

// Out is the shape of the result.
func (p *Varying[T]) Out() tensor.Shape { return p.out }

// Origin is that of its windows.
func (p *Varying[T]) Origin() corr.Origin { return p.g.Origin() }

// Describe names what is done.
func (p *Varying[T]) Describe() string {
	return fmt.Sprintf("direct, %d terms of %dx%d over a field of %dx%d", len(p.taps), p.k.H, p.k.W, p.k.Field.H, p.k.Field.W)
}

// Run computes the result of an image.
func (p *Varying[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	return schedule.Deliver(ctx, p.out, varyingRows, p.threads, sink, func() func(tensor.Band[T]) error {
		reader, polys, width := corr.NewReader(src, p.g), legendre.NewRows(p.k.Field), p.g.PadW()
		x, one := make([]T, (varyingRows+p.k.H-1)*width), make([]T, varyingRows*p.out.W)
		poly, orders := make([]float64, p.out.W), legendre.Orders(p.k.Field.Degree)
		return func(b tensor.Band[T]) error {
			for r := range b.Rows + p.k.H - 1 {
				if err := reader.Row(b.P, b.Y+r, x[r*width:]); err != nil {
					return err
				}
			}
			for t, taps := range p.taps {
				vec.Correlate(one, p.out.W, x, width, taps, 1, b.Rows, p.out.W, 0, 0)
				for r := range b.Rows {
					row := b.Row(r)
					polys.Set(poly, orders[t], b.Y+r)
					for i, v := range one[r*p.out.W:][:p.out.W] {
						if t == 0 {
							row[i] = v
							if p.k.Bias != nil {
								row[i] += T(*p.k.Bias)
							}
							continue
						}
						row[i] += T(T(poly[i]) * v)
					}
				}
			}
			return nil
		}
	})
}
