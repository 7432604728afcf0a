// Package operator has what is built of correlations as linear operators: chains of
// kernels, the adjoint, and the matrices that unroll them.
package operator

import (
	"context"
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// Adjoint is the transposed operator of a correlation: with A the matrix that
// makes Y of X (see Operator), it gives A'Y, so that for all X and Y
//
//	<A X, Y> = <X, A' Y>.
//
// Each element of Y is multiplied with the kernel and added to the elements of
// the padded image that its window saw,
//
//	P[i][y*sy + u*dy][x*sx + v*dx] += Σ_o Y[o][y][x] * K[o][i][u][v],
//
// and each element of P to the element of the image that the border put there;
// what falls on a border of constants is dropped. It is PyTorch's
// conv_transpose2d with the weight of its conv2d. A single bias of the kernel is
// added to every result.
//
// P is a correlation of Y, its elements moved apart by the stride, with the
// flipped kernel, and is computed as one, over bands. Where the border is not
// constant the result rests in memory while it is added up.
type Adjoint[T tensor.Float] struct {
	plan  *corr.Plan[T] // makes P, or the part of it that is the result
	emit  *corr.Plan[T] // where P is folded: hands the sum on
	y     tensor.Shape
	out   tensor.Shape
	g     corr.Geometry // of the correlation
	first corr.Size     // the row and column of P that plan begins with
}

// NewAdjoint plans the adjoint for images of the shape y. The correlation is
// that of an image of the given size; where that is zero, of the smallest that
// gives y.
func NewAdjoint[T tensor.Float](y tensor.Shape, k tensor.Kernel, size corr.Size, o corr.Options, c corr.Config) (*Adjoint[T], error) {
	g, err := adjointGeometry(y, corr.Size{H: k.H, W: k.W}, size, o)
	if err != nil {
		return nil, err
	}
	switch {
	case k.Mixes && k.Out != y.C:
		return nil, &corr.ChannelsError{Kernel: k, Image: y, Adjoint: true}
	case len(k.Bias) > 1:
		return nil, fmt.Errorf("the adjoint has no place for %d biases: they belong to the channels of the image it is given", len(k.Bias))
	}
	a := &Adjoint[T]{y: y, g: g, out: tensor.Shape{N: y.N, C: y.C, H: g.InH, W: g.InW}}
	if k.Mixes {
		a.out.C = k.In
	}
	if !o.Convolve {
		k = k.Flip()
	}
	turned, bias := turn(k), k.Bias
	rows, cols := g.PadH(), g.PadW()
	if constant := g.Border.Mode == corr.Zeros || g.Border.Mode == corr.Constant; constant || !g.Padded() {
		a.first, rows, cols = corr.Size{H: g.Top, W: g.Left}, g.InH, g.InW
		turned.Bias = bias
	} else {
		one := tensor.Matrix(1, 1, 1)
		one.Bias = bias
		if a.emit, err = corr.NewPlan[T](a.out, one, corr.Options{}, c); err != nil {
			return nil, err
		}
	}
	reach := g.Reach()
	from := tensor.Shape{N: y.N, C: y.C, H: rows + reach.H - 1, W: cols + reach.W - 1}
	a.plan, err = corr.NewPlan[T](from, turned, corr.Options{Dilation: g.Dilation}, c)
	return a, err
}

// adjointGeometry is the geometry of the correlation whose result has the shape
// y: of an image of the given size, or of the smallest.
func adjointGeometry(y tensor.Shape, k, size corr.Size, o corr.Options) (corr.Geometry, error) {
	stride, dilation := geometry.OneIfZero(o.Stride), geometry.OneIfZero(o.Dilation)
	least := corr.Size{
		H: smallest(y.H, stride.H, dilation.H*(k.H-1)+1, o.Padding, o.Padding.Top+o.Padding.Bottom),
		W: smallest(y.W, stride.W, dilation.W*(k.W-1)+1, o.Padding, o.Padding.Left+o.Padding.Right),
	}
	if size == (corr.Size{}) {
		size = least
	}
	g, err := geometry.New(size.H, size.W, k, o)
	if err == nil && (g.OutH != y.H || g.OutW != y.W) {
		err = fmt.Errorf("an image of %v gives a result of %dx%d, and the adjoint was given %dx%d", size, g.OutH, g.OutW, y.H, y.W)
		if size != least {
			err = fmt.Errorf("%w; the smallest that gives it is %v", err, least)
		}
	}
	return g, err
}

// smallest is the number of elements from which n outputs come, at least, or 1
// where even that gives more.
func smallest(n, stride, reach int, p corr.Padding, explicit int) int {
	padded := (n-1)*stride + reach
	switch p.Mode {
	case corr.Same:
		return max(1, padded-(reach-1))
	case corr.Full:
		return max(1, padded-2*(reach-1))
	case corr.Explicit:
		return max(1, padded-explicit)
	}
	return padded
}

// turn exchanges the channels that go in and out.
func turn(k tensor.Kernel) tensor.Kernel {
	t := tensor.Kernel{Mixes: k.Mixes, Out: k.In, In: k.Out, H: k.H, W: k.W}
	n := k.H * k.W
	for i := range k.In {
		for o := range k.Out {
			t.Taps = append(t.Taps, k.Taps[(o*k.In+i)*n:][:n]...)
		}
	}
	return t
}

// Out is the shape of the result.
func (a *Adjoint[T]) Out() tensor.Shape { return a.out }

// Describe says in one line how the result is computed.
func (a *Adjoint[T]) Describe() string { return "adjoint, by " + a.plan.Describe() }

// Run computes the result, as Plan.Run does.
func (a *Adjoint[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	apart := &upsample[T]{src: src, shape: a.plan.In(), stride: a.g.Stride}
	// Row 0 of what the plan reads is reach-1 rows above the first row of P.
	reach := a.g.Reach()
	apart.top, apart.left = a.first.H-(reach.H-1), a.first.W-(reach.W-1)
	if a.emit == nil {
		return a.plan.Run(ctx, apart, sink)
	}
	sum := &borderAccumulator[T]{g: a.g, sum: tensor.NewDense[T](a.out)}
	if err := a.plan.Run(ctx, apart, sum); err != nil {
		return err
	}
	return a.emit.Run(ctx, sum.sum, sink)
}

// Origin is that of the operator whose adjoint it is, the other way round: at
// stride 1; with a larger one there is none for most results.
func (a *Adjoint[T]) Origin() corr.Origin {
	o := a.g.Origin()
	return corr.Origin{Top: -o.Top, Left: -o.Left, StrideH: 1, StrideW: 1}
}
