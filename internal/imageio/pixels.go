package imageio

import (
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/sample"
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/tensor"
)

// quantizer turns numbers into samples: (v - lo)*scale + shift, the whole part
// of which is the sample. The shift holds the half that rounds to nearest,
// halves upward. What had to be clipped, NaN among it, the writer counts.
type quantizer[T tensor.Float] struct {
	w     *Writer
	to    sample.Scale[T]
	order sample.Order
	light *raster.LightEncoder // where numbers are linear light, else nil
}

func newQuantizer[T tensor.Float](w *Writer) quantizer[T] {
	full := w.full
	unit := 1.0 // what full is in the result's numbers
	if w.keepsWhole() {
		unit = full
	} else if w.o.Values == raster.RawValues {
		unit = full
		if m := w.o.Like; m != nil && m.Kind() == raster.Pixels && !w.keepsStored() {
			unit = m.Full()
		}
	}
	q := plainQuantizer(w, T(full/unit))
	if m := w.o.Like; m != nil && m.Options().Linear {
		q.light = raster.LightEncoderOf(int(full))
	}
	switch w.o.Map {
	case raster.MapAbs:
		q.to.Abs = true
	case raster.MapSigned:
		q.to.Scale, q.to.Shift = T(full/unit/2), T(0.5+full/2)
	case raster.MapRescale:
		q.to.Scale = 0
		if w.lo <= w.hi {
			q.to.Lo = T(w.lo)
		}
		if w.lo < w.hi {
			q.to.Scale = T(full / (w.hi - w.lo))
		}
	}
	return q
}

// plainQuantizer multiplies by scale and rounds.
func plainQuantizer[T tensor.Float](w *Writer, scale T) quantizer[T] {
	q := quantizer[T]{w: w, to: sample.Scale[T]{Scale: scale, Shift: 0.5, Full: T(w.full)}, order: sample.Byte}
	if w.depth == 16 {
		q.order = sample.BE
	}
	return q
}

// put writes the samples of src to dst, one each step bytes.
func (q *quantizer[T]) put(dst []byte, step int, src []T) {
	narrow := q.to.Narrow
	if q.light != nil {
		narrow = q.narrowLight
	}
	size := q.order.Size()
	if step == size {
		q.w.count(narrow(dst, src, q.order))
		return
	}
	// Many at once into a row of their own, and from there to where they stand
	// between the other samples.
	buf := scratch.Get()
	defer scratch.Put(buf)
	row := scratch.Sized(buf, size*len(src))
	q.w.count(narrow(row, src, q.order))
	if size == 1 {
		for i, v := range row {
			dst[i*step] = v
		}
		return
	}
	for i := range src {
		dst[i*step], dst[i*step+1] = row[2*i], row[2*i+1]
	}
}

// narrowLight is Narrow for linear light, clipped as it is and then encoded.
func (q *quantizer[T]) narrowLight(dst []byte, src []T, order sample.Order) (clipped, nans int) {
	full := float64(q.to.Full)
	for i, v := range src {
		if q.to.Abs && v < 0 {
			v = -v
		}
		y := float64((v-q.to.Lo)*q.to.Scale + q.to.Shift)
		if !(y >= 0 && y < full+1) {
			clipped++
		}
		light := min(max((y-0.5)/full, 0), 1)
		if y != y {
			light = 0
			nans++
		}
		order.Put(dst, i, uint16(q.light.Sample(light)))
	}
	return clipped, nans
}

// pixelSink takes the colours of a picture.
type pixelSink[T tensor.Float] struct {
	w *Writer
	q quantizer[T]
}

func (s *pixelSink[T]) Order() tensor.Order { return tensor.AnyOrder }

func (s *pixelSink[T]) Put(b tensor.Band[T]) (func() error, error) {
	c := s.w.pixels
	for i := range b.Rows {
		s.q.put(c.row(b.Y + i)[b.P*c.Depth/8:], c.PixelBytes(), b.Row(i))
	}
	return nil, c.filled(b.Y, b.Rows)
}
