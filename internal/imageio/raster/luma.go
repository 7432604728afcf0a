package raster

import (
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/srgb"
)

// luma sets dst to row y as 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). It sums
// in thousandths, so equal R, G and B give themselves exactly. The sum is
// multiplied by alpha where alpha is filtered.
func (r *rows[T]) luma(n, y int, dst []T) ([]T, error) {
	m := r.m
	off := m.pic.Offset + n*m.pic.StrideN + y*m.pic.StrideY
	mem, sc, sx := m.pic.Mem, m.pic.StrideC, m.pic.StrideX
	if m.pic.File != nil {
		buf := scratch.Get()
		defer scratch.Put(buf)
		var err error
		if mem, sc, err = m.threePlanes(buf, off); err != nil {
			return nil, err
		}
		off = 0
	}
	for i := range dst {
		o := off + i*sx
		v := 299*m.pic.sampleIn(mem, o, 0) + 587*m.pic.sampleIn(mem, o+sc, 1) + 114*m.pic.sampleIn(mem, o+2*sc, 2)
		v /= 1000 * float64(r.full)
		if r.light != nil {
			v = srgb.Linear(v)
		}
		if m.FiltersAlpha() {
			v *= m.pic.sampleIn(mem, o+3*sc, 3) / m.pic.Full
		}
		dst[i] = T(v)
	}
	return dst, nil
}

// threePlanes reads one row of each of three planes from the file, and returns
// the distance between them.
func (m *Image) threePlanes(buf *[]byte, off int) (mem []byte, sc int, err error) {
	row := (m.pic.W-1)*m.pic.StrideX + m.pic.Type.Size()
	if m.pic.StrideC < m.pic.StrideX { // side by side
		mem = scratch.Sized(buf, row+2*m.pic.StrideC)
		return mem, m.pic.StrideC, m.pic.readAt(mem, off)
	}
	mem = scratch.Sized(buf, 3*row)
	for c := range 3 {
		if err := m.pic.readAt(mem[c*row:(c+1)*row], off+c*m.pic.StrideC); err != nil {
			return nil, 0, err
		}
	}
	return mem, row, nil
}
