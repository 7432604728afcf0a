package method

import (
	"fmt"
	"sync"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// separable computes a correlation as r pairs of one-dimensional passes: each
// pair filters the rows with its row, then the columns of that with its column,
// and the pairs are summed. It serves plain kernels. The error of an
// output is at most (kh+kw+r)*u*Σ|x||C||R| to first order, with |C||R| the sum of
// the pairs' absolute outer products, plus the dropped part of the kernel.
type separable[T tensor.Float] struct {
	g          geometry.Geometry // of the whole kernel
	rows, cols []*block[T]
	bias       T
	direct     func() *block[T] // for blocks that several pairs would spoil
	whole      bool             // the kernel is whole, but its factors are not
}

var _ Implementation[float64] = (*separable[float64])(nil)

func newSeparable[T tensor.Float](f Factors, k tensor.Kernel, g geometry.Geometry) *separable[T] {
	s := &separable[T]{g: g, bias: T(k.BiasOf(0)), direct: sync.OnceValue(func() *block[T] { return newBlock(toT[T](k.Taps), g) })}
	s.whole = tensor.AllWhole(k.Taps) && f.Rank() > 1
	row, col := g, g
	row.KH, row.Stride.H = 1, 1
	col.KW, col.Stride.W = 1, 1
	for i := range f.Cols {
		s.rows = append(s.rows, newBlock(toT[T](f.Rows[i]), row))
		s.cols = append(s.cols, newBlock(toT[T](f.Cols[i]), col))
	}
	return s
}

func (s *separable[T]) Describe() string {
	return fmt.Sprintf("separable (rank %d, %s)", len(s.cols), vec.Name())
}

// Rows asks for bands much taller than the kernel, because the rows that two
// bands share are filtered twice, all of about one height and a multiple of
// four of them, so that few threads share them evenly.
func (s *separable[T]) Rows() int {
	tall := max(16*s.g.Reach().H, stripElements/s.g.PadW()/s.g.Stride.H)
	if most := wideBand / (s.g.OutW * tensor.ElementSize[T]()); tall > most {
		tall = max(most, s.g.MaxRows(4*s.g.Reach().H, geometry.MaxTileBytes, tensor.ElementSize[T]()))
	}
	bands := (s.g.OutH + tall - 1) / tall
	bands = (bands + 3) / 4 * 4
	return max((s.g.OutH+bands-1)/bands, 1)
}

// wideBand is about how many bytes a band's results may take, so that the bands
// of very wide images cost little memory. It is that of 16*31 rows of 4096
// float32; what the shared rows then cost is felt only beyond.
const wideBand = 8 << 20

// Separates is true of one pair, which looks at no value.
func (s *separable[T]) Separates() bool { return len(s.rows) == 1 }

func (s *separable[T]) NewWorker() Worker[T] { return &separableWorker[T]{s: s} }

// separableWorker holds the rows of one strip of columns after the first pass.
type separableWorker[T tensor.Float] struct {
	s            *separable[T]
	mid, scratch []T
}

// stripElements bounds the first pass's result, which the second reads again:
// 512 KiB of float32, half of a core's second cache.
const stripElements = 1 << 17

func (w *separableWorker[T]) Correlate(dst []tensor.View[T], _, rows, wide int, in []tensor.View[T], stream bool) {
	s, g := w.s, w.s.g
	tall := (rows-1)*g.Stride.H + g.Reach().H
	strip := max(stripElements/tall/64*64, 64)
	w.mid = tensor.Grow(w.mid, tall*min(strip, wide))
	for x := 0; x < wide; x += strip {
		cols := min(strip, wide-x)
		mid := tensor.View[T]{Data: w.mid, Stride: cols}
		src := tensor.View[T]{Data: in[0].Data[x*g.Stride.W:], Stride: in[0].Stride}
		out := tensor.View[T]{Data: dst[0].Data[x:], Stride: dst[0].Stride}
		mode := modeOf(stream && len(s.rows) == 1)
		if s.spoils(src, tall, (cols-1)*g.Stride.W+g.Reach().W) {
			s.direct().run(&w.scratch, out, src, rows, cols, s.bias, mode)
			continue
		}
		for i := range s.rows {
			s.rows[i].run(&w.scratch, mid, src, tall, cols, 0, 0)
			s.cols[i].run(&w.scratch, out, mid, rows, cols, s.bias, mode)
			mode = vec.Add
		}
	}
}

// spoils reports whether the pairs would give a block other results than the
// definition: several pairs cancel, which neither an infinity survives nor what
// is small beside a huge element, and their factors of a whole kernel are not whole.
func (s *separable[T]) spoils(src tensor.View[T], rows, cols int) bool {
	if len(s.rows) == 1 {
		return false
	}
	_, even := look(src, rows, cols, geometry.Size{H: s.g.KH, W: s.g.KW})
	return !even || s.whole && allWholeIn(src, rows, cols)
}
