package raster

import (
	"github.com/convkit/convkit/internal/imageio/sample"
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/tensor"
)

// Rows returns the image as rows of numbers. Pixels are divided by the full scale
// (0..1), or as stored with RawValues. A row that is stored as T already is
// returned without a copy.
func Rows[T tensor.Float](m *Image) tensor.Source[T] {
	r := &rows[T]{m: m, shape: m.Shape()}
	r.full = T(m.pic.Full)
	if m.opts.Values == RawValues {
		r.full = 1
	}
	if m.Linear() {
		r.light = lights[T](int(m.pic.Full))
	}
	if m.pic.Type == U8 && m.pic.Kind == Pixels {
		r.table = r.tables()
	}
	return r
}

type rows[T tensor.Float] struct {
	m     *Image
	shape tensor.Shape
	full  T          // stored values are divided by it
	light []T        // the linear light of each sample, or nil
	table *[4][256]T // of 8-bit pixels: the number a stored byte means, in each plane
}

// tables returns the number that each stored byte means in each plane. Each is
// one correctly rounded division, so that multiplying and rounding returns the
// byte.
func (r *rows[T]) tables() *[4][256]T {
	t := new([4][256]T)
	for c := range t {
		for i := range t[c] {
			v := uint8(i)
			if r.m.pic.Palette != nil {
				v = r.m.pic.Palette[c][i]
			}
			t[c][i] = T(v) / r.full
			if r.light != nil && c < r.m.pic.Colours {
				t[c][i] = r.light[min(int(v), len(r.light)-1)]
			}
		}
	}
	return t
}

// Shape returns the size of the image.
func (r *rows[T]) Shape() tensor.Shape { return r.shape }

// Row returns row y of plane p, in buf or in the memory of the image.
func (r *rows[T]) Row(p, y int, buf []T) ([]T, error) {
	if err := r.m.pic.Wait(y); err != nil {
		return nil, err
	}
	n, c := p/r.shape.C, p%r.shape.C
	switch {
	case r.m.Gray() && c == 0:
		return r.luma(n, y, buf[:r.m.pic.W])
	case r.m.FiltersAlpha():
		return r.premultiplied(n, c, y, buf[:r.m.pic.W]), nil
	}
	if own := r.own(n, c, y); own != nil {
		return own, nil
	}
	return r.plane(n, c, y, buf[:r.m.pic.W])
}

// own returns the memory of a row that is stored as T, else nil.
func (r *rows[T]) own(n, c, y int) []T {
	m := r.m
	if m.pic.Mem == nil || m.pic.StrideX != m.pic.Type.Size() || r.full != 1 || m.pic.physical() {
		return nil
	}
	off := m.pic.Offset + n*m.pic.StrideN + c*m.pic.StrideC + y*m.pic.StrideY
	return AsSlice[T](m.pic.Mem[off:off+m.pic.W*m.pic.StrideX], m.pic.Type, m.pic.W)
}

// plane reads row y of stored plane c into dst.
func (r *rows[T]) plane(n, c, y int, dst []T) ([]T, error) {
	m := r.m
	off := m.pic.Offset + n*m.pic.StrideN + c*m.pic.StrideC + y*m.pic.StrideY
	if m.pic.File == nil {
		return r.convert(c, m.pic.Mem, off, dst), nil
	}
	if m.pic.Type == Native[T]() && m.pic.StrideX == m.pic.Type.Size() && r.full == 1 && !m.pic.physical() {
		return dst, m.pic.readAt(BytesOf(dst), off)
	}
	buf := scratch.Get()
	defer scratch.Put(buf)
	row := scratch.Sized(buf, (m.pic.W-1)*m.pic.StrideX+m.pic.Type.Size())
	if err := m.pic.readAt(row, off); err != nil {
		return nil, err
	}
	return r.convert(c, row, 0, dst), nil
}

// convert sets dst to the numbers of a row of plane c that begins at mem[off].
func (r *rows[T]) convert(c int, mem []byte, off int, dst []T) []T {
	m := r.m
	if order, ok := r.dense(); ok {
		sample.Widen(dst, mem[off:], order, r.full)
		return dst
	}
	if r.table != nil {
		table := &r.table[min(c, len(r.table)-1)] // planes beyond a fourth are all colours, and alike
		for i := range dst {
			dst[i] = table[mem[off+i*m.pic.StrideX]]
		}
		return dst
	}
	Load(dst, mem, off, m.pic.StrideX, m.pic.Type)
	if m.opts.OnRounded != nil && m.pic.Type.wideInteger() && rounds(dst) {
		m.opts.OnRounded()
	}
	if m.pic.physical() {
		physical(&m.pic, dst)
		return dst
	}
	if r.light != nil {
		for i, v := range dst {
			dst[i] = r.light[min(int(v), len(r.light)-1)]
		}
		return dst
	}
	if r.full != 1 {
		for i, v := range dst {
			dst[i] = v / r.full
		}
	}
	return dst
}

// dense reports whether the samples of a row are contiguous and stand for
// themselves over the full scale, and their byte order.
func (r *rows[T]) dense() (order sample.Order, ok bool) {
	m := r.m
	if m.pic.StrideX != m.pic.Type.Size() || m.pic.Palette != nil || r.light != nil || m.pic.physical() {
		return 0, false
	}
	switch m.pic.Type {
	case U8:
		return sample.Byte, true
	case U16LE:
		return sample.LE, true
	case U16BE:
		return sample.BE, true
	}
	return 0, false
}

// premultiplied sets dst to row y of colour plane c times alpha (0..1), or to
// alpha itself.
func (r *rows[T]) premultiplied(n, c, y int, dst []T) []T {
	m := r.m
	alpha := r.shape.C - 1
	off := m.pic.Offset + n*m.pic.StrideN + y*m.pic.StrideY
	toAlpha := m.pic.Colours * m.pic.StrideC
	for i := range dst {
		o := off + i*m.pic.StrideX
		a := m.pic.Sample(o+toAlpha, m.pic.Colours)
		if c == alpha {
			dst[i] = T(a / float64(r.full))
			continue
		}
		v := m.pic.Sample(o+c*m.pic.StrideC, c)
		if r.light != nil {
			dst[i] = r.light[min(int(v), len(r.light)-1)] * T(a/m.pic.Full)
			continue
		}
		dst[i] = T(v * (a / m.pic.Full) / float64(r.full))
	}
	return dst
}

// rounds reports whether a row of whole numbers has one that float64 may have rounded.
func rounds[T tensor.Float](row []T) bool {
	const exact = 1 << 53
	for _, v := range row {
		if v >= exact || v <= -exact {
			return true
		}
	}
	return false
}
