package main

import (
	"context"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/operator"
	"github.com/convkit/convkit/internal/edges"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/varying"
)

// operation is what a filter does to images: kernels one after the other, the
// adjoint of one, or a detector of edges.
type operation struct {
	kernels []tensor.Kernel
	adjoint bool

	renormalize bool            // sums run over what is known, and are divided by its share
	size        corr.Size       // of the adjoint's result, zero for the smallest
	edges       *edges.Options  // what edges detects, nil for corr
	varying     *varying.Kernel // instead of kernels; nil: none
}

// runner is an operator made ready for images of one shape.
type runner[T tensor.Float] interface {
	Out() tensor.Shape
	Origin() corr.Origin
	Describe() string
	Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error
}

// detector is a plan of edges.
type detector[T tensor.Float] struct{ edges.Plan[T] }

// Origin is that of its windows.
func (d detector[T]) Origin() corr.Origin { return d.Geometry().Origin() }

// plan makes the filter's operator ready. What it would hold in memory must stay
// within --max-pixels.
func plan[T tensor.Float](f *filter, img *imageio.Image) (runner[T], error) {
	op, in, c := f.operation, img.Shape(), corr.Config{Method: f.method, Threads: f.threads}
	switch {
	case op.edges != nil:
		o := *op.edges
		if img.Kind() == imageio.Pixels && img.Values() == imageio.RawValues {
			o.White = max(o.White, img.Full())
		}
		if _, full, ok := img.Stored(); ok {
			o.Unit = full
		}
		p, err := edges.NewPlan[T](in, o, f.geometry, c)
		return detector[T]{p}, err
	case op.varying != nil:
		p, err := operator.NewVarying[T](in, op.varying, f.geometry, c)
		return p, asData(err)
	case op.adjoint:
		p, err := operator.NewAdjoint[T](in, op.kernels[0], op.size, f.geometry, c)
		if err == nil && img.HasAlpha() && f.read.Alpha == imageio.AlphaKeep && f.geometry.Stride != (corr.Size{H: 1, W: 1}) {
			err = usage("--alpha filter or drop", "with a stride the adjoint has no pixel to take alpha from")
		}
		return p, asData(err)
	case len(op.kernels) > 1:
		p, err := operator.NewChain[T](in, op.kernels, f.geometry, c)
		if err != nil {
			return nil, err
		}
		for _, s := range p.Between() {
			if err := f.checkSize(s); err != nil {
				return nil, err
			}
		}
		return p, nil
	}
	if op.renormalize {
		p, err := operator.NewRenormalized[T](in, op.kernels[0], f.geometry, c)
		return p, err
	}
	return corr.NewPlan[T](in, op.kernels[0], f.geometry, c)
}

// outgrows reports whether whole kernels on whole numbers up to full may give sums,
// on the way too, that float32 does not hold exactly: float64 does.
func (op *operation) outgrows(full float64) bool {
	const exact = 1 << 24
	bound := full
	for _, k := range op.kernels {
		sums, bias := make([]float64, max(k.Out, k.In)), 0.0 // Σ|k| of each result
		for i, v := range k.Taps {
			if v != math.Trunc(v) {
				return false
			}
			channel := i / (k.H * k.W)
			if op.adjoint {
				sums[channel%k.In] += math.Abs(v)
			} else {
				sums[channel/k.In] += math.Abs(v)
			}
		}
		for _, b := range k.Bias {
			if b != math.Trunc(b) {
				return false
			}
			bias = max(bias, math.Abs(b))
		}
		bound = bound*slices.Max(sums) + bias
	}
	return bound > exact
}

// inUnits gives biases that count stored pixels the unit of the image's numbers.
func (f *filter) inUnits(img *imageio.Image) *filter {
	if img.Kind() != imageio.Pixels || img.Values() == imageio.RawValues {
		return f
	}
	g := *f
	g.kernels = slices.Clone(f.kernels)
	for i, k := range g.kernels {
		if k.StoredBias {
			k, _, _ = operator.Scaled(k, f.geometry, 1/img.Full())
			k.StoredBias = false
			g.kernels[i] = k
		}
	}
	return &g
}

// onStored has pixels that become pixels filtered as they are stored, where
// that makes halves between two pixels exact.
func (f *filter) onStored(img *imageio.Image) (*filter, *imageio.Image) {
	g := *f
	if f.edges != nil {
		if img.Kind() == imageio.Pixels && img.Values() == imageio.RawValues && f.write.Depth > img.Depth() {
			o := *f.edges
			o.White = float64(uint(1)<<f.write.Depth - 1) // marks are white in deeper pixels, too
			g.edges = &o
		}
		return &g, img
	}
	if f.varying != nil {
		return f, img
	}
	if k := f.kernels[0]; len(f.kernels) == 1 && f.method == corr.Auto && f.like.SumsDirectly(len(k.Taps), img.Depth()) {
		g.method = corr.Direct
	}
	stored, full, ok := img.Stored()
	if !ok {
		return &g, img
	}
	g.kernels, ok = nil, false
	for _, k := range f.kernels {
		scaled, o, worth := operator.Scaled(k, f.geometry, full)
		g.kernels, g.geometry, ok = append(g.kernels, scaled), o, ok || worth
	}
	if !ok {
		return f, img
	}
	return &g, stored
}

// halvesToEven reports whether numbers are whole where they become pixels unchanged
// but for rounding, and a half is to become the even one.
func (f *filter) halvesToEven(img *imageio.Image, w *imageio.Writer) bool {
	stored := img.Values() == imageio.RawValues && img.Kind() == imageio.Pixels && w.Depth() == img.Depth() && img.Full() == float64(int(1)<<img.Depth()-1)
	return f.like.EvenHalves && stored && (f.write.Map == imageio.MapClip || f.write.Map == imageio.MapAbs)
}
