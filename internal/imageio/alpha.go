package imageio

import "github.com/convkit/convkit/internal/tensor"

// alphaSink takes colours that were multiplied by alpha before they were
// filtered, and the filtered alpha, which it divides out again: transparent
// neighbours then lend no colour, and edges get no dark fringe.
type alphaSink[T tensor.Float] struct {
	w           *Writer
	colour      quantizer[T]
	alpha       quantizer[T]
	unit        T // what alpha 1 is in the result's numbers
	waiting     []tensor.Band[T]
	quotientRow []T
}

func newAlphaSink[T tensor.Float](w *Writer) *alphaSink[T] {
	s := &alphaSink[T]{w: w, colour: newQuantizer[T](w), unit: 1}
	if w.o.Values == RawValues {
		s.unit = T(w.o.Like.full)
	}
	s.alpha = quantizer[T]{scale: T(w.pixels.full) / s.unit, shift: 0.5, full: T(w.pixels.full)}
	return s
}

// Order is RowByRow: all planes of a band are needed at once.
func (s *alphaSink[T]) Order() tensor.Order { return tensor.RowByRow }

func (s *alphaSink[T]) Put(b tensor.Band[T]) (func() error, error) {
	own := b
	own.Stride = b.W
	own.Data = make([]T, b.Rows*b.W)
	for i := range b.Rows {
		copy(own.Row(i), b.Row(i))
	}
	return func() error {
		s.waiting = append(s.waiting, own)
		if len(s.waiting) == s.w.shape.C {
			s.divide()
			s.waiting = s.waiting[:0]
			return s.w.pixels.filled(own.Y, own.Rows)
		}
		return nil
	}, nil
}

// divide writes one band of all planes. Where alpha is not positive there is
// no colour, and 0 is written.
func (s *alphaSink[T]) divide() {
	px := s.w.pixels
	size := px.depth / 8
	colours := s.waiting[:len(s.waiting)-1]
	alpha := s.waiting[len(s.waiting)-1]
	if s.quotientRow == nil {
		s.quotientRow = make([]T, px.w)
	}
	var clipped int64
	for i := range alpha.Rows {
		dst := px.row(alpha.Y + i)
		a := alpha.Row(i)
		for _, c := range colours {
			for x, v := range c.Row(i) {
				s.quotientRow[x] = 0
				if a[x] != 0 {
					s.quotientRow[x] = v / (a[x] / s.unit)
				}
			}
			clipped += s.colour.put(dst[c.P*size:], px.pixel(), px.depth, s.quotientRow)
		}
		if px.channels > px.colours {
			clipped += s.alpha.put(dst[alpha.P*size:], px.pixel(), px.depth, a)
		}
	}
	s.w.clipped.Add(clipped)
}
