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
	blocks []*block[T] // Out x In
	bias   []T         // one for each output channel
	in     int
}

var _ method[float64] = (*direct[float64])(nil)

func newDirect[T tensor.Float](k tensor.Kernel, g Geometry) *direct[T] {
	d := &direct[T]{g: g, in: k.In, bias: biases[T](k)}
	taps, n := toT[T](k.Taps), k.H*k.W
	for ; len(taps) > 0; taps = taps[n:] {
		d.blocks = append(d.blocks, newBlock(taps[:n:n], g))
	}
	return d
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

func (d *direct[T]) NewWorker() bandWorker[T] { return &directWorker[T]{d: d} }

// directWorker holds the columns that strided blocks gather.
type directWorker[T tensor.Float] struct {
	d       *direct[T]
	scratch []T
}

func (w *directWorker[T]) Correlate(dst []view[T], o, rows int, in []view[T], stream bool) {
	for j, out := range dst {
		for i, x := range in {
			mode := modeOf(stream && len(in) == 1)
			if i > 0 {
				mode = vec.Add
			}
			w.d.blocks[(o+j)*w.d.in+i].run(&w.scratch, out, x, rows, w.d.g.OutW, w.d.bias[o+j], mode)
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
