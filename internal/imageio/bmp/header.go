package bmp

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/convkit/convkit/internal/imageio/raster"
)

func (b *bmpFile) readHeader() error {
	le := binary.LittleEndian
	d := b.data
	if len(d) < bmpFileHeader+bmpCoreHeader {
		return io.ErrUnexpectedEOF
	}
	if d[0] != 'B' || d[1] != 'M' {
		return raster.BadData("the file does not begin like a BMP")
	}
	b.pixels, b.header, b.entry = int(le.Uint32(d[10:])), int(le.Uint32(d[14:])), 4
	h := d[bmpFileHeader:]
	switch {
	case b.header == bmpCoreHeader:
		b.w, b.h, b.bits, b.entry = int(le.Uint16(h[4:])), int(le.Uint16(h[6:])), int(le.Uint16(h[10:])), 3
	case b.header < bmpInfoHeader || b.header > 1<<12:
		return raster.BadData("a BMP header of %d bytes", b.header)
	case len(h) < b.header:
		return io.ErrUnexpectedEOF
	default:
		height := int(int32(le.Uint32(h[8:])))
		b.w, b.h, b.topDown = int(int32(le.Uint32(h[4:]))), max(height, -height), height < 0
		b.bits, b.compression = int(le.Uint16(h[14:])), int(le.Uint32(h[16:]))
	}
	at := b.header
	if b.masked() {
		if b.header < bmpInfoHeader+12 {
			at += 12
			if b.compression == bmpMasksAlpha {
				at += 4
			}
		}
	}
	if b.pixels < bmpFileHeader+at || len(h) < at {
		return io.ErrUnexpectedEOF
	}
	b.readMasks(h[:at])
	b.palette = d[bmpFileHeader+at : min(b.pixels, len(d))]
	if n := b.entry << min(b.bits, 8); len(b.palette) > n {
		b.palette = b.palette[:n]
	}
	b.palette = bytes.Clone(b.palette)
	return b.check()
}

func (b *bmpFile) masked() bool {
	return b.compression == bmpMasks || b.compression == bmpMasksAlpha
}

// readMasks takes the masks of red, green, blue and alpha from a header and
// what belongs to it.
func (b *bmpFile) readMasks(h []byte) {
	switch {
	case b.masked():
		for i := range b.masks {
			if at := bmpInfoHeader + 4*i; at+4 <= len(h) {
				b.masks[i] = binary.LittleEndian.Uint32(h[at:])
			}
		}
	case b.bits == 16:
		b.masks = [4]uint32{0x7c00, 0x3e0, 0x1f}
	default:
		b.masks = [4]uint32{0xff0000, 0xff00, 0xff}
		if b.header >= bmpAlphaHeader && b.bits == 32 {
			b.masks[3] = binary.LittleEndian.Uint32(h[bmpInfoHeader+12:])
		}
	}
}

func (b *bmpFile) check() error {
	known := map[int][]int{bmpPlain: {1, 2, 4, 8, 16, 24, 32}, bmpRuns8: {8}, bmpRuns4: {4}, bmpMasks: {16, 32}, bmpMasksAlpha: {16, 32}}
	ok := false
	for _, bits := range known[b.compression] {
		ok = ok || bits == b.bits
	}
	if !ok {
		return raster.BadData("a BMP of compression %d with %d bits", b.compression, b.bits)
	}
	for i, m := range b.masks {
		if i < 3 && m == 0 || b.bits == 16 && m > math.MaxUint16 {
			return raster.BadData("the colour mask %#x makes no sense", m)
		}
	}
	return nil
}
