package method

import (
	"fmt"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// direct computes a correlation by its definition. In the arithmetic T with
// unit roundoff u, the error of an output is at most (n+1)*u*(|bias| + Σ|x||k|)
// over its n = In*kh*kw taps, to first order.
type direct[T tensor.Float] struct {
	g      geometry.Geometry
	blocks []*block[T]     // Out x In
	bias   []T             // one for each output channel
	mixed  []*vec.Mixed[T] // for groups of output channels, from the first
	in     int
}

var _ Implementation[float64] = (*direct[float64])(nil)

func newDirect[T tensor.Float](k tensor.Kernel, g geometry.Geometry) *direct[T] {
	d := &direct[T]{g: g, in: k.In, bias: biases[T](k)}
	taps, n := toT[T](k.Taps), k.H*k.W
	for ; len(taps) > 0; taps = taps[n:] {
		d.blocks = append(d.blocks, newBlock(taps[:n:n], g))
	}
	if g.Stride == (geometry.Size{H: 1, W: 1}) && g.Dilation.H == 1 {
		d.mix(k)
	}
	return d
}

// mix packs the taps of channels that are computed together, which share their
// input vectors; the last of them may be too few. Strided and dilated rows are
// left to the blocks.
func (d *direct[T]) mix(k tensor.Kernel) {
	for o := 0; o < k.Out; o += vec.MostChannels {
		end := min(o+vec.MostChannels, k.Out)
		if !vec.Mixes(end-o, k.In, k.W) {
			return
		}
		each := make([][]*vec.Taps[T], k.In)
		for i := range each {
			for c := o; c < end; c++ {
				each[i] = append(each[i], d.blocks[c*k.In+i].parts[0].taps)
			}
		}
		d.mixed = append(d.mixed, vec.NewMixed(each))
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

func (d *direct[T]) Separates() bool { return true }

func (d *direct[T]) NewWorker() Worker[T] { return &directWorker[T]{d: d} }

// directWorker holds the columns that strided blocks gather, and the planes that
// are mixed.
type directWorker[T tensor.Float] struct {
	d       *direct[T]
	scratch []T
	x       [][]T
	y       [vec.MostChannels][]T
}

func (w *directWorker[T]) Correlate(dst []tensor.View[T], o, rows, cols int, in []tensor.View[T], stream bool) {
	done := 0
	if len(dst) == len(w.d.bias) {
		done = w.groups(dst, rows, cols, in, modeOf(stream))
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

// groups computes the output channels that go together, and returns how many.
func (w *directWorker[T]) groups(dst []tensor.View[T], rows, cols int, in []tensor.View[T], mode vec.Mode) int {
	w.x = w.x[:0]
	for _, x := range in {
		w.x = append(w.x, x.Data)
	}
	o := 0
	for _, m := range w.d.mixed {
		n := m.Channels()
		for c := range n {
			w.y[c] = dst[o+c].Data
		}
		vec.CorrelateMixed(w.y[:n], dst[o].Stride, w.x, in[0].Stride, m, w.d.g.Dilation.W, rows, cols, w.d.bias[o:o+n], mode)
		o += n
	}
	return o
}
