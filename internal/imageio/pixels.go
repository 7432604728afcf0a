package imageio

import (
	"github.com/convkit/convkit/internal/tensor"
)

// quantizer turns numbers into samples: (v - lo)*scale + shift, the whole part
// of which is the sample. The shift holds the half that rounds to nearest,
// halves upward.
type quantizer[T tensor.Float] struct {
	abs              bool
	lo, scale, shift T
	full             T
}

func newQuantizer[T tensor.Float](w *Writer) quantizer[T] {
	full := w.pixels.full
	unit := 1.0 // what 1 is in the result's numbers
	if w.o.Values == RawValues {
		unit = full
		if m := w.o.Like; m != nil && m.kind == Pixels {
			unit = m.full
		}
	}
	q := quantizer[T]{scale: T(full / unit), shift: 0.5, full: T(full)}
	switch w.o.Map {
	case MapAbs:
		q.abs = true
	case MapSigned:
		q.scale, q.shift = T(full/unit/2), T(0.5+full/2)
	case MapRescale:
		q.lo, q.scale = T(w.lo), 0
		if w.hi > w.lo {
			q.scale = T(full / (w.hi - w.lo))
		}
	}
	return q
}

// put writes the samples of src to dst, one each step bytes, and counts those
// that had to be clipped; NaN is clipped to 0.
func (q *quantizer[T]) put(dst []byte, step, depth int, src []T) (clipped int64) {
	top := q.full + 1
	for i, v := range src {
		if q.abs && v < 0 {
			v = -v
		}
		y := (v-q.lo)*q.scale + q.shift
		if !(y >= 0 && y < top) {
			clipped++
			if y >= top {
				y = q.full
			} else {
				y = 0
			}
		}
		if depth == 8 {
			dst[i*step] = uint8(y)
			continue
		}
		u := uint16(y)
		dst[i*step], dst[i*step+1] = uint8(u>>8), uint8(u)
	}
	return clipped
}

// pixelSink takes the colours of a picture.
type pixelSink[T tensor.Float] struct {
	w *Writer
	q quantizer[T]
}

func (s *pixelSink[T]) Order() tensor.Order { return tensor.AnyOrder }

func (s *pixelSink[T]) Put(b tensor.Band[T]) (func() error, error) {
	c := s.w.pixels
	var clipped int64
	for i := range b.Rows {
		clipped += s.q.put(c.row(b.Y + i)[b.P*c.depth/8:], c.pixel(), c.depth, b.Row(i))
	}
	s.w.clipped.Add(clipped)
	return nil, c.filled(b.Y, b.Rows)
}
