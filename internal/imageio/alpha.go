package imageio

import (
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// alphaSink takes colours that were multiplied by alpha before they were
// filtered, and the filtered alpha, which it divides out again: transparent
// neighbours then lend no colour, and edges get no dark fringe.
type alphaSink[T tensor.Float] struct {
	gather[T]
	w      *Writer
	colour quantizer[T]
	alpha  quantizer[T]
	unit   T // what alpha 1 is in the result's numbers
	none   T // what stands where there is no colour
}

func newAlphaSink[T tensor.Float](w *Writer) *alphaSink[T] {
	s := &alphaSink[T]{w: w, colour: newQuantizer[T](w), alpha: alphaQuantizer[T](w), unit: alphaUnit[T](w), none: noColour[T](w)}
	s.gather = gather[T]{planes: w.shape.C, all: s.divide}
	return s
}

// alphaQuantizer makes samples of filtered alpha.
func alphaQuantizer[T tensor.Float](w *Writer) quantizer[T] {
	return plainQuantizer(w, T(w.full)/alphaUnit[T](w))
}

func alphaUnit[T tensor.Float](w *Writer) T {
	if w.o.Values == raster.RawValues {
		return T(w.o.Like.Full())
	}
	return 1
}

// divide writes one band of all planes.
func (s *alphaSink[T]) divide(planes []tensor.Band[T]) error {
	px := s.w.pixels
	size := px.Depth / 8
	colours, alpha := planes[:len(planes)-1], planes[len(planes)-1]
	quotient := make([]T, px.W)
	for i := range alpha.Rows {
		dst := px.row(alpha.Y + i)
		a := alpha.Row(i)
		for _, c := range colours {
			divideRow(quotient, c.Row(i), a, s.unit, s.none)
			s.colour.put(dst[c.P*size:], px.PixelBytes(), quotient)
		}
		if px.Channels > px.Colours {
			s.alpha.put(dst[alpha.P*size:], px.PixelBytes(), a)
		}
	}
	return px.filled(alpha.Y, alpha.Rows)
}

// noColour is the number that stands where there is no colour: 0 or, where the
// range of the colours is spread, what of it is nearest to 0.
func noColour[T tensor.Float](w *Writer) T {
	if w.NeedsRange() && w.lo <= w.hi {
		return T(min(max(0, w.lo), w.hi))
	}
	return 0
}

// divideRow divides colours by their alpha. Where that is not positive there is
// no colour, and none is given.
func divideRow[T tensor.Float](dst, colour, alpha []T, unit, none T) {
	for x, v := range colour {
		q := none
		if a := alpha[x]; a > 0 || a != a {
			q = v / (a / unit)
		}
		dst[x] = q
	}
}

// gather keeps the bands of each plane until all have come, and then gives them
// to a function.
type gather[T tensor.Float] struct {
	planes  int
	all     func([]tensor.Band[T]) error
	waiting []tensor.Band[T]
}

// Order is RowByRow: all planes of a band are needed at once.
func (g *gather[T]) Order() tensor.Order { return tensor.RowByRow }

func (g *gather[T]) Put(b tensor.Band[T]) (func() error, error) {
	own := b
	own.Stride = b.W
	own.Data = make([]T, b.Rows*b.W)
	for i := range b.Rows {
		copy(own.Row(i), b.Row(i))
	}
	return func() error {
		g.waiting = append(g.waiting, own)
		if len(g.waiting) < g.planes {
			return nil
		}
		all := g.waiting
		g.waiting = nil
		return g.all(all)
	}, nil
}
