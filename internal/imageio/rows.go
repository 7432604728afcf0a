package imageio

import (
	"fmt"
	"io"
	"math"

	"github.com/convkit/convkit/internal/imageio/sample"
	"github.com/convkit/convkit/internal/tensor"
)

// Rows gives the image as rows of numbers: pixels over their full scale
// (0..1) or, where RawValues was asked for, as they are stored. Rows that are
// stored as T already are lent, not copied. Row takes no memory.
func Rows[T tensor.Float](m *Image) tensor.Source[T] {
	r := &rows[T]{m: m, shape: m.Shape()}
	r.full = T(m.full)
	if m.opts.Values == RawValues {
		r.full = 1
	}
	if m.linear() {
		r.light = lights[T](int(m.full))
	}
	if m.elem == elemU8 && m.kind == Pixels {
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

// tables gives the number of each of the 256 bytes in each plane. Each is one
// correctly rounded division, so that rounding it back gives the byte.
func (r *rows[T]) tables() *[4][256]T {
	t := new([4][256]T)
	for c := range t {
		for i := range t[c] {
			v := uint8(i)
			if r.m.palette != nil {
				v = r.m.palette[c][i]
			}
			t[c][i] = T(v) / r.full
			if r.light != nil && c < r.m.colours {
				t[c][i] = r.light[min(int(v), len(r.light)-1)]
			}
		}
	}
	return t
}

// Shape is that of the image.
func (r *rows[T]) Shape() tensor.Shape { return r.shape }

// Row gives row y of plane p.
func (r *rows[T]) Row(p, y int, buf []T) ([]T, error) {
	if err := r.m.wait(y); err != nil {
		return nil, err
	}
	n, c := p/r.shape.C, p%r.shape.C
	switch {
	case r.m.gray() && c == 0:
		return r.luma(n, y, buf[:r.m.w])
	case r.m.filtersAlpha():
		return r.premultiplied(n, c, y, buf[:r.m.w]), nil
	}
	if own := r.own(n, c, y); own != nil {
		return own, nil
	}
	return r.plane(n, c, y, buf[:r.m.w])
}

// own is the row's own memory where it is made of T, else nil.
func (r *rows[T]) own(n, c, y int) []T {
	m := r.m
	if m.mem == nil || m.sx != m.elem.size() || r.full != 1 || m.physical() {
		return nil
	}
	off := m.off + n*m.sn + c*m.sc + y*m.sy
	return lent[T](m.mem[off:off+m.w*m.sx], m.elem, m.w)
}

// plane converts row y of stored plane c.
func (r *rows[T]) plane(n, c, y int, dst []T) ([]T, error) {
	m := r.m
	off := m.off + n*m.sn + c*m.sc + y*m.sy
	if m.file == nil {
		return r.convert(c, m.mem, off, dst), nil
	}
	if m.elem == native[T]() && m.sx == m.elem.size() && r.full == 1 && !m.physical() {
		return dst, m.readAt(bytesOf(dst), off)
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	row := sized(buf, (m.w-1)*m.sx+m.elem.size())
	if err := m.readAt(row, off); err != nil {
		return nil, err
	}
	return r.convert(c, row, 0, dst), nil
}

// readAt reads from a file that may have become shorter since it was opened.
func (m *Image) readAt(b []byte, off int) error {
	_, err := m.file.ReadAt(b, m.base+int64(off))
	if err == io.EOF {
		return fmt.Errorf("%s: the file was cut off while it was read", m.file.Name())
	}
	return err
}

// convert gives the numbers of a row of plane c that begins at mem[off].
func (r *rows[T]) convert(c int, mem []byte, off int, dst []T) []T {
	m := r.m
	if order, ok := r.dense(); ok {
		sample.Widen(dst, mem[off:], order, r.full)
		return dst
	}
	if r.table != nil {
		table := &r.table[min(c, len(r.table)-1)] // planes beyond a fourth are all colours, and alike
		for i := range dst {
			dst[i] = table[mem[off+i*m.sx]]
		}
		return dst
	}
	load(dst, mem, off, m.sx, m.elem)
	if m.physical() {
		physical(m, dst)
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

// dense says whether the numbers of a row are its samples over full, and the
// samples lie side by side, in which order.
func (r *rows[T]) dense() (order sample.Order, ok bool) {
	m := r.m
	if m.sx != m.elem.size() || m.palette != nil || r.light != nil || m.physical() {
		return 0, false
	}
	switch m.elem {
	case elemU8:
		return sample.Byte, true
	case elemU16LE:
		return sample.LE, true
	case elemU16BE:
		return sample.BE, true
	}
	return 0, false
}

// physical says whether stored numbers stand for others.
func (m *Image) physical() bool { return m.scale != 1 || m.zero != 0 || m.blank != nil }

// physical sets v to zero + scale*v, and to NaN where v is the blank number.
func physical[T tensor.Float](m *Image, dst []T) {
	for i, v := range dst {
		if m.blank != nil && float64(v) == *m.blank {
			dst[i] = T(math.NaN())
			continue
		}
		dst[i] = T(m.zero + m.scale*float64(v))
	}
}

// stored gives the sample at byte o of mem, which is of colour plane c.
func (m *Image) stored(o, c int) float64 { return m.sample(m.mem, o, c) }

// sample is stored of any memory that holds samples of m.
func (m *Image) sample(mem []byte, o, c int) float64 {
	switch m.elem {
	case elemU8:
		if m.palette != nil {
			return float64(m.palette[c][mem[o]])
		}
		return float64(mem[o])
	case elemU16BE:
		return float64(uint(mem[o])<<8 | uint(mem[o+1]))
	case elemU16LE:
		return float64(uint(mem[o+1])<<8 | uint(mem[o]))
	}
	var v [1]float64
	load(v[:], mem, o, 0, m.elem)
	if m.physical() {
		physical(m, v[:])
	}
	return v[0]
}

// premultiplied is row y of colour plane c times alpha (0..1), or of alpha.
func (r *rows[T]) premultiplied(n, c, y int, dst []T) []T {
	m := r.m
	alpha := r.shape.C - 1
	off := m.off + n*m.sn + y*m.sy
	toAlpha := m.colours * m.sc
	for i := range dst {
		o := off + i*m.sx
		a := m.stored(o+toAlpha, m.colours)
		if c == alpha {
			dst[i] = T(a / float64(r.full))
			continue
		}
		v := m.stored(o+c*m.sc, c)
		if r.light != nil {
			dst[i] = r.light[min(int(v), len(r.light)-1)] * T(a/m.full)
			continue
		}
		dst[i] = T(v * (a / m.full) / float64(r.full))
	}
	return dst
}
