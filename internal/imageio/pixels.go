package imageio

import (
	"github.com/convkit/convkit/internal/tensor"
)

// pixelBuffer is a picture as it will be encoded: interleaved samples of 8
// bits, or of 16 with the high byte first.
type pixelBuffer struct {
	mem           []byte
	h, w          int
	colours       int // 1 or 3
	channels      int // with alpha
	depth         int
	full          float64 // the sample that means 1
	premultiplied bool    // the result's last plane is alpha, the others were multiplied by it
}

func newPixelBuffer(f Format, s tensor.Shape, o WriteOptions) (*pixelBuffer, error) {
	depth, err := depthOf(f, o)
	if err != nil {
		return nil, err
	}
	b := &pixelBuffer{h: s.H, w: s.W, colours: s.C, channels: s.C, depth: depth, full: float64(uint(1)<<depth - 1)}
	if f.AnyFull && o.Like != nil && o.Like.kind == Pixels && o.Like.depth == depth {
		b.full = o.Like.full
	}
	if o.Like != nil && o.Like.filtersAlpha() && s.C == o.Like.Shape().C {
		b.premultiplied = true
		b.colours--
		if !f.Alpha {
			b.channels--
		}
	}
	colour := b.colours == 1 || b.colours == 3 && f.Colour
	if s.N != 1 || !colour {
		return nil, badOption("npy holds any number of planes", "%s cannot hold a result of %v", f.Name, s)
	}
	keeps := f.Alpha && o.Like != nil && o.Like.keepsAlpha()
	if keeps {
		b.channels++
	}
	b.mem = make([]byte, s.H*s.W*b.pixel())
	if keeps {
		b.copyAlpha(o.Like, o.AlphaAt)
	}
	return b, nil
}

// pixel is the number of bytes of one.
func (b *pixelBuffer) pixel() int { return b.channels * b.depth / 8 }

// row is the memory of row y.
func (b *pixelBuffer) row(y int) []byte {
	n := b.w * b.pixel()
	return b.mem[y*n : (y+1)*n : (y+1)*n]
}

// copyAlpha fills the last channel with that of m, at its own depth without loss.
func (b *pixelBuffer) copyAlpha(m *Image, at AlphaWindow) {
	size := b.depth / 8
	strideH, strideW := max(at.StrideH, 1), max(at.StrideW, 1)
	plane := m.off + m.colours*m.sc
	for y := range b.h {
		from := plane + min(max(y*strideH+at.Top, 0), m.h-1)*m.sy
		dst := b.row(y)
		for x := range b.w {
			o := from + min(max(x*strideW+at.Left, 0), m.w-1)*m.sx
			v := uint(m.stored(o, m.colours))
			if b.depth != m.depth {
				v = uint(float64(v)*b.full/m.full + 0.5)
			}
			d := dst[(x+1)*b.pixel()-size:]
			if size == 1 {
				d[0] = uint8(v)
			} else {
				d[0], d[1] = uint8(v>>8), uint8(v)
			}
		}
	}
}

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
	px := s.w.pixels
	var clipped int64
	for i := range b.Rows {
		clipped += s.q.put(px.row(b.Y + i)[b.P*px.depth/8:], px.pixel(), px.depth, b.Row(i))
	}
	s.w.clipped.Add(clipped)
	return nil, nil
}
