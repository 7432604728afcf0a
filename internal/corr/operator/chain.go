package operator

import (
	"context"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// Chain is kernels that are applied one after the other, each under the same
// options to the result of the one before, as in a pipe:
//
//	Y = corr(… corr(corr(X, K1), K2) …, Kn),
//
// with nothing rounded to pixels on the way. Neighbours become one kernel where
// that is exact (see fuse) and expected to take less time. What lies between two
// that do not rests in memory as numbers of type T.
type Chain[T tensor.Float] struct{ stages []*corr.Plan[T] }

// NewChain plans one kernel after the other.
func NewChain[T tensor.Float](in tensor.Shape, kernels []tensor.Kernel, o corr.Options, c corr.Config) (*Chain[T], error) {
	var chain Chain[T]
	last, options := tensor.Kernel{}, o // of the last stage, before it was planned
	for i, k := range kernels {
		from := in
		if i > 0 {
			from = chain.Out()
		}
		p, err := corr.NewPlan[T](from, k, o, c)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			before := chain.stages[len(chain.stages)-1]
			if both, bo, ok := fuse(last, options, before.Geometry(), k, o, p.Geometry()); ok {
				q, err := corr.NewPlan[T](before.In(), both, bo, c)
				if err == nil && q.Expected() <= before.Expected()+p.Expected() {
					chain.stages[len(chain.stages)-1], last, options = q, both, bo
					continue
				}
			}
		}
		chain.stages, last, options = append(chain.stages, p), k, o
	}
	return &chain, nil
}

// Out is the shape of the result.
func (c *Chain[T]) Out() tensor.Shape { return c.stages[len(c.stages)-1].Out() }

// Between are the shapes of the results that rest in memory.
func (c *Chain[T]) Between() []tensor.Shape {
	var s []tensor.Shape
	for _, p := range c.stages[:len(c.stages)-1] {
		s = append(s, p.Out())
	}
	return s
}

// Origin is that of all stages together.
func (c *Chain[T]) Origin() corr.Origin {
	all := corr.Origin{StrideH: 1, StrideW: 1}
	for _, p := range c.stages {
		o := p.Origin()
		all.Top, all.Left = all.Top+all.StrideH*o.Top, all.Left+all.StrideW*o.Left
		all.StrideH, all.StrideW = all.StrideH*o.StrideH, all.StrideW*o.StrideW
	}
	return all
}

// Describe says in one line how the result is computed.
func (c *Chain[T]) Describe() string {
	var s []string
	for _, p := range c.stages {
		s = append(s, p.Describe())
	}
	return strings.Join(s, ", then ")
}

// Run computes the result, as Plan.Run does.
func (c *Chain[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	src, last, err := c.last(ctx, src)
	if err != nil {
		return err
	}
	return last.Run(ctx, src, sink)
}

// last computes all but the last stage.
func (c *Chain[T]) last(ctx context.Context, src tensor.Source[T]) (tensor.Source[T], *corr.Plan[T], error) {
	n := len(c.stages) - 1
	for _, p := range c.stages[:n] {
		between := tensor.NewDense[T](p.Out())
		if err := p.Run(ctx, src, between); err != nil {
			return nil, nil, err
		}
		src = between
	}
	return src, c.stages[n], nil
}

// fuse makes one kernel of two plain ones at stride 1, where it gives the same
// result up to rounding everywhere:
//
//	C[w] = Σ_u A[u] B[w-u], bias a ΣB + b.
//
// Inside that is always so. At the edges it is where there are none (valid),
// where both see all of a zero surrounding (full, and a adds nothing to it), and
// where the image goes on in a circle and keeps its size.
func fuse(a tensor.Kernel, oa corr.Options, ga corr.Geometry, b tensor.Kernel, ob corr.Options, gb corr.Geometry) (c tensor.Kernel, o corr.Options, ok bool) {
	one := corr.Size{H: 1, W: 1}
	if a.Mixes || b.Mixes || ga.Stride != one || gb.Stride != one {
		return c, o, false
	}
	o = ob
	switch {
	case oa.Padding.Mode == corr.Valid && ob.Padding.Mode == corr.Valid:
	case oa.Padding.Mode == corr.Full && ob.Padding.Mode == corr.Full && ob.Border.Mode == corr.Zeros && a.BiasOf(0) == 0:
	case ob.Border.Mode == corr.Circular && ga.OutH == ga.InH && ga.OutW == ga.InW:
		o.Padding = corr.Padding{Mode: corr.Explicit, Top: ga.Top + gb.Top, Bottom: ga.Bottom + gb.Bottom, Left: ga.Left + gb.Left, Right: ga.Right + gb.Right}
	default:
		return c, o, false
	}
	c = tensor.Matrix(a.H+b.H-1, a.W+b.W-1, make([]float64, (a.H+b.H-1)*(a.W+b.W-1))...)
	sum := 0.0
	for u := range b.H {
		for v := range b.W {
			tap := b.Taps[u*b.W+v]
			sum += tap
			for i := range a.H {
				for j, t := range a.Taps[i*a.W : (i+1)*a.W] {
					c.Taps[(u+i)*c.W+v+j] += float64(t * tap)
				}
			}
		}
	}
	if len(a.Bias)+len(b.Bias) > 0 {
		c.Bias = []float64{float64(a.BiasOf(0)*sum) + b.BiasOf(0)}
	}
	return c, o, true
}
