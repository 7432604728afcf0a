package imageio

import (
	"github.com/convkit/convkit/internal/imageio/sample"
	"github.com/convkit/convkit/internal/tensor"
)

// quantizer turns numbers into samples: (v - lo)*scale + shift, the whole part
// of which is the sample. The shift holds the half that rounds to nearest,
// halves upward.
type quantizer[T tensor.Float] struct {
	abs              bool
	lo, scale, shift T
	full             T
	light            *encoder // where numbers are linear light, else nil
}

func newQuantizer[T tensor.Float](w *Writer) quantizer[T] {
	full := w.full
	unit := 1.0 // what full is in the result's numbers
	if w.keepsWhole() {
		unit = full
	} else if w.o.Values == RawValues {
		unit = full
		if m := w.o.Like; m != nil && m.kind == Pixels && !w.keepsStored() {
			unit = m.full
		}
	}
	q := quantizer[T]{scale: T(full / unit), shift: 0.5, full: T(full)}
	if m := w.o.Like; m != nil && m.opts.Linear {
		q.light = encoderOf(int(full))
	}
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
	if q.light != nil {
		return q.putLight(dst, step, depth, src)
	}
	if s := singles(src); s != nil {
		return q.putSingles(dst, step, depth, s)
	}
	top := q.full + 1
	for i, v := range src {
		if q.abs && v < 0 {
			v = -v
		}
		y := T((v-q.lo)*q.scale) + q.shift
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

// putLight is put for linear light, clipped as it is and then encoded.
func (q *quantizer[T]) putLight(dst []byte, step, depth int, src []T) (clipped int64) {
	for i, v := range src {
		if q.abs && v < 0 {
			v = -v
		}
		y := float64((v-q.lo)*q.scale + q.shift)
		if !(y >= 0 && y < float64(q.full)+1) {
			clipped++
		}
		light := min(max((y-0.5)/float64(q.full), 0), 1)
		if y != y {
			light = 0
		}
		u := q.light.sample(light)
		if depth == 8 {
			dst[i*step] = uint8(u)
			continue
		}
		dst[i*step], dst[i*step+1] = uint8(u>>8), uint8(u)
	}
	return clipped
}

// putSingles is put for float32: many at once into a row of their own, and
// from there to where they stand between the other samples.
func (q *quantizer[T]) putSingles(dst []byte, step, depth int, src []float32) int64 {
	s := sample.Scale{Abs: q.abs, Lo: float32(q.lo), Scale: float32(q.scale), Shift: float32(q.shift), Full: float32(q.full)}
	order, size := sample.Byte, 1
	if depth == 16 {
		order, size = sample.BE, 2
	}
	if step == size {
		return int64(s.Narrow(dst, src, order))
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	row := sized(buf, size*len(src))
	clipped := s.Narrow(row, src, order)
	if size == 1 {
		for i, v := range row {
			dst[i*step] = v
		}
	} else {
		for i := range src {
			dst[i*step], dst[i*step+1] = row[2*i], row[2*i+1]
		}
	}
	return int64(clipped)
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
		n := s.q.put(c.row(b.Y + i)[b.P*c.depth/8:], c.pixel(), c.depth, b.Row(i))
		if clipped += n; n > 0 {
			s.w.nans.Add(countNaN(b.Row(i)))
		}
	}
	s.w.clipped.Add(clipped)
	return nil, c.filled(b.Y, b.Rows)
}

// countNaN counts what is no number.
func countNaN[T tensor.Float](row []T) (n int64) {
	for _, v := range row {
		if v != v {
			n++
		}
	}
	return n
}
