package corr

import (
	"fmt"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// direct computes a correlation by its definition. In the arithmetic T with
// unit roundoff u, the error of an output is at most (n+1)*u*(|bias| + Σ|x||k|)
// over its n = In*kh*kw taps, to first order.
type direct[T tensor.Float] struct {
	g      Geometry
	blocks []*block[T]     // Out x In
	bias   []T             // one for each output channel
	mixed  []*vec.Mixed[T] // for each group of output channels, In of them; nil where blocks stand alone
	in     int
}

var _ method[float64] = (*direct[float64])(nil)

func newDirect[T tensor.Float](k tensor.Kernel, g Geometry) *direct[T] {
	d := &direct[T]{g: g, in: k.In, bias: biases[T](k)}
	taps, n := toT[T](k.Taps), k.H*k.W
	for ; len(taps) > 0; taps = taps[n:] {
		d.blocks = append(d.blocks, newBlock(taps[:n:n], g))
	}
	if k.Out > 1 && vec.Mixes(k.H, k.W) && g.Stride == (Size{1, 1}) && g.Dilation.H == 1 {
		d.mix(k.Out)
	}
	return d
}

// mix packs the taps of channels that are computed together, which share their
// input vectors. Strided and dilated rows are left to the blocks.
func (d *direct[T]) mix(out int) {
	for o := 0; o+1 < out; o += vec.MostChannels {
		for i := range d.in {
			var each []*vec.Taps[T]
			for c := o; c < min(o+vec.MostChannels, out); c++ {
				each = append(each, d.blocks[c*d.in+i].parts[0].taps)
			}
			d.mixed = append(d.mixed, vec.NewMixed(each))
		}
	}
}

// toT rounds numbers to the arithmetic.
func toT[T tensor.Float](s []float64) []T {
	t := make([]T, len(s))
	for i, v := range s {
		t[i] = T(v)
	}
	return t
}

// biases is the bias of each output channel.
func biases[T tensor.Float](k tensor.Kernel) []T {
	b := make([]T, k.Out)
	for o := range b {
		b[o] = T(k.BiasOf(o))
	}
	return b
}

func (d *direct[T]) Describe() string {
	if rows, cols := vec.Tile[T](); rows > 0 {
		return fmt.Sprintf("direct (tiles of %dx%d, %s)", rows, cols, vec.Name())
	}
	return "direct (" + vec.Name() + ")"
}

func (d *direct[T]) Rows() int { return 0 }

func (d *direct[T]) Parted() bool { return true }

func (d *direct[T]) NewWorker() bandWorker[T] { return &directWorker[T]{d: d} }

// directWorker holds the columns that strided blocks gather.
type directWorker[T tensor.Float] struct {
	d       *direct[T]
	scratch []T
}

func (w *directWorker[T]) Correlate(dst []view[T], o, rows, cols int, in []view[T], stream bool) {
	done := 0
	if o == 0 && len(dst) == len(w.d.bias) && w.d.mixed != nil {
		done = w.groups(dst, rows, cols, in)
	}
	for j, out := range dst[done:] {
		j += done
		for i, x := range in {
			mode := modeOf(stream && len(in) == 1)
			if i > 0 {
				mode = vec.Add
			}
			w.d.blocks[(o+j)*w.d.in+i].run(&w.scratch, out, x, rows, cols, w.d.bias[o+j], mode)
		}
	}
}

// modeOf is the mode of a first store.
func modeOf(stream bool) vec.Mode {
	if stream {
		return vec.Stream
	}
	return 0
}

// groups computes the output channels that go together, all but perhaps the last,
// and returns how many.
func (w *directWorker[T]) groups(dst []view[T], rows, cols int, in []view[T]) int {
	o := 0
	for ; o+1 < len(dst); o += vec.MostChannels {
		n := min(vec.MostChannels, len(dst)-o)
		y := make([][]T, n)
		for c := range y {
			y[c] = dst[o+c].data
		}
		mode := vec.Mode(0)
		for i, x := range in {
			m := w.d.mixed[o/vec.MostChannels*w.d.in+i]
			vec.CorrelateMixed(y, dst[o].stride, x.data, x.stride, m, w.d.g.Dilation.W, rows, cols, w.d.bias[o:o+n], mode)
			mode = vec.Add
		}
	}
	return min(o, len(dst))
}
