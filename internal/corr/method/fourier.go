package method

import (
	"fmt"
	"math"
	"sync"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/floats"
)

// fourier computes a correlation at stride 1 through the spectra of tiles, on a
// grid that depends on the image and the kernel only. Its cost hardly grows with
// the kernel. The error of an output is at most fft.Bound*log2(n)*u*‖x‖*‖k‖ with
// ‖x‖ the root sum of squares over its tile and the tile's partner. A tile
// that holds a NaN, an infinity or elements beside which the others would be lost
// is computed directly (see look), where nothing is negative each output that the
// error may reach is (see mend), and none travels with a partner beside which it
// would be lost. Where kernel and tile are whole numbers, the tile is computed in
// float64 and rounded to whole numbers if that is certain to be exact, and else directly.
type fourier[T tensor.Float] struct {
	g        geometry.Geometry
	n        int
	spectrum *fft.Spectrum[T]
	direct   func() *block[T] // for tiles that spectra would spoil
	bias     T
	exact    *fft.Spectrum[float64] // nil unless the kernel is whole
	size     float64                // ‖k‖
	positive bool                   // no tap is negative
}

var _ Implementation[float64] = (*fourier[float64])(nil)

func NewFourier[T tensor.Float](k tensor.Kernel, g geometry.Geometry, n int) *fourier[T] {
	f := &fourier[T]{g: g, n: n, direct: sync.OnceValue(func() *block[T] { return newBlock(toT[T](k.Taps), g) }), bias: T(k.BiasOf(0)), size: floats.Norm(k.Taps, 2), positive: nonNegative(k.Taps)}
	f.spectrum = fft.NewSpectrum[T](n, k.Taps, k.H, k.W, g.Dilation.H, g.Dilation.W)
	if tensor.AllWhole(k.Taps) {
		f.exact = fft.NewSpectrum[float64](n, k.Taps, k.H, k.W, g.Dilation.H, g.Dilation.W)
	}
	return f
}

func (f *fourier[T]) Describe() string {
	return fmt.Sprintf("fourier (tiles of %dx%d, %s)", f.n, f.n, vec.Name())
}

// Rows is one row of tiles.
func (f *fourier[T]) Rows() int { return fft.Valid(f.n, f.g.Reach().H) }

// Separates is false: what is rounded, and which tiles travel together, depends on
// the grid.
func (f *fourier[T]) Separates() bool { return false }

func (f *fourier[T]) window() geometry.Size { return geometry.Size{H: f.g.KH, W: f.g.KW} }

func (f *fourier[T]) NewWorker() Worker[T] {
	return &fourierWorker[T]{f: f, tile: fft.NewTile[T](f.n)}
}

// fourierWorker is the memory of one goroutine.
type fourierWorker[T tensor.Float] struct {
	f        *fourier[T]
	tile     *fft.Tile[T]
	exact    *fft.Tile[float64]
	in64     []float64
	out64    []float64
	scratch  []T
	waiting  bool    // for a partner
	size     float64 // of the tile that waits: its root mean square
	src, dst fft.Window[T]
}

func (w *fourierWorker[T]) Correlate(dst []tensor.View[T], _, rows, wide int, in []tensor.View[T], stream bool) {
	reach, step := w.f.g.Reach(), fft.Step(w.f.n, w.f.g.Reach().W)
	w.tile.Stream = stream
	for x := 0; x < wide; x += step {
		cols := min(step, wide-x)
		src := fft.Window[T]{Data: in[0].Data[x:], Stride: in[0].Stride, Rows: rows + reach.H - 1, Cols: cols + reach.W - 1}
		out := fft.Window[T]{Data: dst[0].Data[x:], Stride: dst[0].Stride, Rows: rows, Cols: cols}
		w.one(out, src)
	}
	w.alone()
}

// alone computes the tile that waits, if there is one, without a partner.
func (w *fourierWorker[T]) alone() {
	if w.waiting {
		w.tile.Correlate(w.f.spectrum, w.dst, w.src, fft.Window[T]{}, fft.Window[T]{}, w.f.bias)
		w.mend(w.dst, w.src, w.size)
		w.waiting = false
	}
}

// one computes a tile in the way its values need, or lets it wait for another
// to travel with.
func (w *fourierWorker[T]) one(dst, src fft.Window[T]) {
	v := tensor.View[T]{Data: src.Data, Stride: src.Stride}
	size, even := look(v, src.Rows, src.Cols, w.f.window())
	switch {
	case !even:
		w.directly(dst, v)
	case size == 0 && allZero(v, src.Rows, src.Cols):
		for r := range dst.Rows {
			row := dst.Data[r*dst.Stride:][:dst.Cols]
			for i := range row {
				row[i] = w.f.bias
			}
		}
	case w.f.exact != nil && allWholeIn(v, src.Rows, src.Cols):
		if !w.rounded(dst, src) {
			w.directly(dst, v)
		}
	case w.waiting && w.bears(src, size):
		w.tile.Correlate(w.f.spectrum, w.dst, w.src, dst, src, w.f.bias)
		w.mend(w.dst, w.src, max(size, w.size))
		w.mend(dst, src, max(size, w.size))
		w.waiting = false
	default:
		w.alone()
		w.dst, w.src, w.size, w.waiting = dst, src, size, true
	}
}

// bears reports whether neither the tile that waits nor src would be lost in the
// errors of the other, which they share.
func (w *fourierWorker[T]) bears(src fft.Window[T], size float64) bool {
	small, less, more := src, size, w.size
	if size > w.size {
		small, less, more = w.src, w.size, size
	}
	return more <= 2*less || !roundoffDominates(tensor.View[T]{Data: small.Data, Stride: small.Stride}, small.Rows, small.Cols, w.f.window(), more)
}

func (w *fourierWorker[T]) directly(dst fft.Window[T], src tensor.View[T]) {
	w.f.direct().run(&w.scratch, tensor.View[T]{Data: dst.Data, Stride: dst.Stride}, src, dst.Rows, dst.Cols, w.f.bias, 0)
}

// certain is the largest error with which rounding finds the right whole
// number for sure.
const certain = 0.25

// rounded computes a tile of whole numbers exactly, where the bound allows it.
func (w *fourierWorker[T]) rounded(dst, src fft.Window[T]) bool {
	if w.exact == nil {
		w.exact = fft.NewTile[float64](w.f.n)
	}
	w.in64, w.out64 = tensor.Grow(w.in64, src.Rows*src.Cols), tensor.Grow(w.out64, dst.Rows*dst.Cols)
	sum := 0.0
	for r := range src.Rows {
		for i, x := range src.Data[r*src.Stride:][:src.Cols] {
			w.in64[r*src.Cols+i] = float64(x)
			sum += float64(float64(x) * float64(x))
		}
	}
	if fft.Bound*math.Log2(float64(w.f.n))*0x1p-53*math.Sqrt(sum)*w.f.size > certain {
		return false
	}
	w.exact.Correlate(w.f.exact, fft.Window[float64]{Data: w.out64, Stride: dst.Cols, Rows: dst.Rows, Cols: dst.Cols},
		fft.Window[float64]{Data: w.in64, Stride: src.Cols, Rows: src.Rows, Cols: src.Cols}, fft.Window[float64]{}, fft.Window[float64]{}, 0)
	for r := range dst.Rows {
		for i, y := range w.out64[r*dst.Cols:][:dst.Cols] {
			dst.Data[r*dst.Stride+i] = T(math.Round(y)) + w.f.bias
		}
	}
	return true
}
