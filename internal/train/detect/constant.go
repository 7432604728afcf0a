package detect

import (
	"context"
	"errors"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/numeric"
)

// constantMost bounds the pixels of images whose constant border is sought: the answer of
// the kernel is kept in memory.
const constantMost = 1 << 22

// constantBorder returns the constant beyond the edge of X that explains Y best, with the
// taps that the outputs without a border determine. With q the sum of the taps that stand
// beyond the edge and r the residual with zeros there, it is Σqr/Σq². ok is false if
// there is no such output, several pairs, a mask, or mixed channels.
func (d *detector) constantBorder(ctx context.Context, s train.Spec, b taps) (v float64, ok bool, err error) {
	if len(d.inputs) != 1 || s.Channels == train.Mix || d.x.Planes() != d.y.Planes() || d.x.Len() > constantMost {
		return 0, false, nil
	}
	inputs, within := train.Borderless(d.inputs, s)
	set, err := accumulate.Pairs(ctx, inputs, within, accumulate.Options{})
	var none *train.NoWindowsError
	if errors.As(err, &none) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	b.Background = true
	part := set.Part(b.Block)
	if part.Rank() < part.Unknowns() || len(part.Best()) != 1 {
		return 0, false, nil
	}
	best := part.Best()[0]
	k := tensor.Matrix(s.Kernel.H, s.Kernel.W, make([]float64, s.Kernel.H*s.Kernel.W)...)
	for i := range b.Size.H * b.Size.W {
		k.Taps[(b.Top+i/b.Size.W)*k.W+b.Left+i%b.Size.W] = best[i]
	}
	pair, done, err := d.inputs[0].Open()
	if err != nil {
		return 0, false, d.inputs[0].Wrap(err)
	}
	defer done()
	if pair.Mask != nil || pair.Weights != nil {
		return 0, false, nil
	}
	s.Options.Border = corr.Border{Mode: corr.Zeros}
	return borderConstant(ctx, pair, s, k, best[len(best)-1])
}

// borderConstant is constantBorder for a known kernel and bias.
func borderConstant(ctx context.Context, pair train.Pair, s train.Spec, k tensor.Kernel, bias float64) (v float64, ok bool, err error) {
	inside, err := answer(ctx, pair.X, k, s)
	if err != nil {
		return 0, false, err
	}
	one := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: pair.X.Shape().H, W: pair.X.Shape().W})
	for i := range one.Data {
		one.Data[i] = 1
	}
	seen, err := answer(ctx, one, k, s)
	if err != nil {
		return 0, false, err
	}
	sum, most := numeric.Sum(k.Taps), 0.0
	for _, t := range k.Taps {
		most = math.Max(most, math.Abs(t))
	}
	qr, qq, rr, yy, n := 0.0, 0.0, 0.0, 0.0, 0.0
	shape := pair.Y.Shape()
	buf := make([]float64, shape.W)
	for p := range shape.Planes() {
		for i := range shape.H {
			y, err := pair.Y.Row(p, i, buf)
			if err != nil {
				return 0, false, err
			}
			for j, value := range y {
				q := sum - seen.Data[i*shape.W+j]
				r := value - inside.Plane(p)[i*shape.W+j] - bias
				if math.Abs(q) < 1e-6*most || !numeric.IsFinite(r) || pair.Range != nil && (value <= pair.Range.Low || value >= pair.Range.High) {
					continue
				}
				qr, qq, rr, yy, n = qr+q*r, qq+q*q, rr+r*r, yy+value*value, n+1
			}
		}
	}
	if qq == 0 || n < 2 {
		return 0, false, nil
	}
	v = qr / qq
	v = plainest(v, math.Sqrt(math.Max(0, rr-v*qr)/(n*qq))+constantRounding*math.Sqrt(yy/qq))
	return v, v != 0, nil
}

// constantRounding of the root mean square of Y is what rounding may make of a constant
// that is zero.
const constantRounding = 1e-13

// plainest returns the number of the fewest decimals within three errors of v; of pixels
// the nearest one, if that is as near.
func plainest(v, e float64) float64 {
	e = 3*e + 1e-9*math.Abs(v)
	for scale := 1.0; scale <= 1e4; scale *= 10 {
		if w := math.Round(v*scale) / scale; math.Abs(w-v) <= e {
			return w
		}
	}
	if w := math.Round(v*255) / 255; math.Abs(w-v) <= e {
		return w
	}
	return v
}

// answer returns what a kernel makes of an image.
func answer(ctx context.Context, x tensor.Source[float64], k tensor.Kernel, s train.Spec) (*tensor.Dense[float64], error) {
	p, err := corr.NewPlan[float64](x.Shape(), k, s.Options, corr.Config{Threads: s.Threads})
	if err != nil {
		return nil, err
	}
	y := tensor.NewDense[float64](p.Out())
	return y, p.Run(ctx, x, y)
}
