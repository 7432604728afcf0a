package operator

import (
	"context"
	"math"
	"sync"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/tensor"
)

// Renormalized is a correlation of an image whose unknown values are NaN. Each sum
// runs over the known values of its window, and is divided by their share of the
// kernel:
//
//	Y = bias + Σ' k x / s,   s = Σ' k / Σ k   or, if Σ k is 0,   s = Σ' |k| / Σ |k|
//
// where Σ' leaves NaN out. An output whose share is 0 is NaN. Values of a constant
// border are known; other borders repeat what is unknown. The rule is that of
// astropy.convolution's interpolation for kernels that do not sum to 0.
type Renormalized[T tensor.Float] struct {
	*corr.Plan[T]
	shares *corr.Plan[float64]
	bias   []float64 // of each output channel, or empty
}

const (
	// noSum is the part of Σ|k| up to which Σk counts as 0.
	noSum = 1e-9
	// noShare is the share up to which nothing of a window is known. Fourier sums of
	// zeros beside known values reach 1e-16.
	noShare = 1e-12
	// allKnown is how far a share may be from 1, by rounding, if all is known.
	allKnown = 1e-12
)

// NewRenormalized plans the correlation of images of a shape.
func NewRenormalized[T tensor.Float](in tensor.Shape, k tensor.Kernel, o corr.Options, c corr.Config) (*Renormalized[T], error) {
	p, err := corr.NewPlan[T](in, k, o, c)
	if err != nil {
		return nil, err
	}
	if o.Border.Mode == geometry.Zeros || o.Border.Mode == geometry.Constant {
		o.Border = geometry.Border{Mode: geometry.Constant, Value: 1}
	}
	s, err := corr.NewPlan[float64](in, shareKernel(k), o, c)
	return &Renormalized[T]{p, s, k.Bias}, err
}

// shareKernel returns the kernel whose correlation with 1 for known and 0 for
// unknown values is the share.
func shareKernel(k tensor.Kernel) tensor.Kernel {
	k.Bias = nil
	taps := make([]float64, len(k.Taps))
	n := len(k.Taps) / k.Out
	for o := range k.Out {
		sum, size := 0.0, 0.0
		for _, v := range k.Taps[o*n : (o+1)*n] {
			sum += v
			size += math.Abs(v)
		}
		for i, v := range k.Taps[o*n : (o+1)*n] {
			switch {
			case math.Abs(sum) > noSum*size:
				taps[o*n+i] = v / sum
			case size > 0:
				taps[o*n+i] = math.Abs(v) / size
			default:
				taps[o*n+i] = 1 / float64(n) // a kernel of zeros
			}
		}
	}
	k.Taps = taps
	return k
}

// Run correlates. If the image has NaN, the shares of all outputs are held in
// memory; else the result is that of the plain plan.
func (r *Renormalized[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	some, err := hasNaN(ctx, src)
	if err != nil {
		return err
	}
	if !some {
		return r.Plan.Run(ctx, src, sink)
	}
	out := r.shares.Out()
	if err := memory.Need(memory.Times(out.Planes(), out.H, out.W, 8), "the shares of %v outputs", out); err != nil {
		return err
	}
	shares := tensor.NewDense[float64](out)
	if err := r.shares.Run(ctx, &known[T]{src: src}, shares); err != nil {
		return err
	}
	return r.Plan.Run(ctx, filled[T]{src}, dividing[T]{sink, shares, r.bias})
}

// hasNaN looks for a NaN in an image.
func hasNaN[T tensor.Float](ctx context.Context, src tensor.Source[T]) (bool, error) {
	s := src.Shape()
	buf := make([]T, s.W)
	for p := range s.Planes() {
		for y := range s.H {
			row, err := src.Row(p, y, buf)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return false, err
			}
			for _, v := range row {
				if v != v {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

// known is 1 where an image is a number, and 0 where it is NaN.
type known[T tensor.Float] struct {
	src  tensor.Source[T]
	bufs sync.Pool
}

func (k *known[T]) Shape() tensor.Shape { return k.src.Shape() }

// Row fills buf with ones and zeros.
func (k *known[T]) Row(p, y int, buf []float64) ([]float64, error) {
	w := k.src.Shape().W
	b, ok := k.bufs.Get().(*[]T)
	if !ok {
		row := make([]T, w)
		b = &row
	}
	defer k.bufs.Put(b)
	row, err := k.src.Row(p, y, *b)
	if err != nil {
		return nil, err
	}
	buf = buf[:w]
	for i, v := range row {
		buf[i] = 1
		if v != v {
			buf[i] = 0
		}
	}
	return buf, nil
}

// filled is an image with 0 in place of NaN.
type filled[T tensor.Float] struct{ tensor.Source[T] }

// Row fills buf with a row.
func (f filled[T]) Row(p, y int, buf []T) ([]T, error) {
	row, err := f.Source.Row(p, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:len(row)]
	for i, v := range row {
		if v != v {
			v = 0
		}
		buf[i] = v
	}
	return buf, nil
}

// dividing divides results by their shares.
type dividing[T tensor.Float] struct {
	tensor.Sink[T]
	shares *tensor.Dense[float64]
	bias   []float64
}

// Put divides a band before the sink gets it.
func (d dividing[T]) Put(b tensor.Band[T]) (func() error, error) {
	bias := 0.0
	if len(d.bias) > 0 {
		bias = d.bias[b.P%len(d.bias)]
	}
	plane := d.shares.Plane(b.P)
	for i := range b.Rows {
		row, shares := b.Row(i), plane[(b.Y+i)*b.W:]
		for x, v := range row {
			s := shares[x]
			switch {
			case math.Abs(s) <= noShare:
				row[x] = T(math.NaN())
			case math.Abs(s-1) > allKnown:
				row[x] = T((float64(v)-bias)/s + bias)
			}
		}
	}
	return d.Sink.Put(b)
}
