// Package bmp reads BMP. It is written here because golang.org/x/image/bmp reads
// neither run lengths nor 16 bits a pixel nor colour masks.
package bmp

import (
	"encoding/binary"
	"io"
	"math/bits"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// BMP, of Windows and OS/2, with the headers of 12 to 124 bytes: indices into a
// palette, plain or run-length encoded, and colours of 16, 24 and 32 bits at
// their usual places or at those that masks name.

const (
	bmpPlain       = 0
	bmpRuns8       = 1
	bmpRuns4       = 2
	bmpMasks       = 3
	bmpMasksAlpha  = 6
	bmpFileHeader  = 14
	bmpCoreHeader  = 12 // sizes of 16 bits, and a palette of 3 bytes a colour
	bmpInfoHeader  = 40
	bmpAlphaHeader = 56 // from here on, a mask of alpha is in the header
)

// bmpPeek holds every header with a palette behind it.
const bmpPeek = 4 << 10

type bmpFile struct {
	data        []byte
	w, h        int
	topDown     bool
	bits        int
	compression int
	header      int // the size of the header
	pixels      int // where they begin
	masks       [4]uint32
	palette     []byte
	entry       int // bytes of a colour of the palette
}

func readBMP(in *source.Input) (*raster.Picture, error) {
	head, _ := in.Peek(bmpPeek)
	b := &bmpFile{data: head}
	if err := b.readHeader(); err != nil {
		return nil, err
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(b.h), int64(b.w)); err != nil {
		return nil, err
	}
	if err := memory.Need(memory.Times(b.h, b.w, (b.bits+7)/8), "a picture of %dx%d pixels", b.h, b.w); err != nil {
		return nil, err
	}
	data, err := in.All(int64(b.h) * int64(b.w))
	if err != nil {
		return nil, err
	}
	b.data = data
	if b.pixels > len(data) {
		return nil, io.ErrUnexpectedEOF
	}
	var m *raster.Picture
	if b.bits <= 8 {
		m, err = b.indexed()
	} else {
		m, err = b.coloured()
	}
	if err == nil && !b.topDown {
		m.Orient(4)
	}
	return m, err
}

// stride is the number of bytes of a row that is not run-length encoded.
func (b *bmpFile) stride() int { return (b.w*b.bits + 31) / 32 * 4 }

// rows gives the bytes of all rows; those that fill up the last may be missing.
func (b *bmpFile) rows() ([]byte, error) {
	rows := b.data[b.pixels:]
	if len(rows) < (b.h-1)*b.stride()+(b.w*b.bits+7)/8 {
		return nil, io.ErrUnexpectedEOF
	}
	return rows, nil
}

// indexed makes an image of indices, one a byte. Indices beyond the palette are
// black.
func (b *bmpFile) indexed() (*raster.Picture, error) {
	mem, stride := []byte(nil), b.w
	switch b.compression {
	case bmpPlain:
		rows, err := b.rows()
		if err != nil {
			return nil, err
		}
		if b.bits == 8 {
			mem, stride = rows, b.stride()
			break
		}
		mem = make([]byte, b.h*b.w)
		for y := range b.h {
			raster.SpreadBits(mem[y*b.w:][:b.w], rows[y*b.stride():], b.bits, false)
		}
	default:
		// A pair of bytes makes at most 255 pixels.
		if b.h*b.w/128 > len(b.data) {
			return nil, io.ErrUnexpectedEOF
		}
		mem = make([]byte, b.h*b.w)
		if err := b.runs(mem); err != nil {
			return nil, err
		}
	}
	m := raster.WithStride(raster.NewPixels(mem, b.h, b.w, 1, 8, raster.U8), stride)
	m.Colours, m.Rank, m.StrideC = 3, 3, 0
	m.Palette = new([4][256]uint8)
	for i := range 256 {
		m.Palette[3][i] = 255
		if c := b.palette[min(i*b.entry, len(b.palette)):]; len(c) >= b.entry {
			m.Palette[0][i], m.Palette[1][i], m.Palette[2][i] = c[2], c[1], c[0]
		}
	}
	m.GreyPalette()
	return m, nil
}

// runs undoes the run-length encoding: a count and a value, or 0 and what ends
// the row (0), ends the picture (1), moves on (2) or the count of values that
// follow as they are. Values of 4 bits stand two in a byte.
func (b *bmpFile) runs(mem []byte) error {
	src := b.data[b.pixels:]
	x, y := 0, 0
	put := func(v byte) {
		if x < b.w && y < b.h {
			mem[y*b.w+x] = v
		}
		x++
	}
	value := func(v byte, i int) byte {
		if b.compression == bmpRuns8 {
			return v
		}
		return v >> (4 - 4*(i&1)) & 15
	}
	for y < b.h {
		if len(src) < 2 {
			return io.ErrUnexpectedEOF
		}
		n, v := int(src[0]), src[1]
		src = src[2:]
		if n > 0 {
			for i := range n {
				put(value(v, i))
			}
			continue
		}
		switch v {
		case 0:
			x, y = 0, y+1
		case 1:
			return nil
		case 2:
			if len(src) < 2 {
				return io.ErrUnexpectedEOF
			}
			x, y = x+int(src[0]), y+int(src[1])
			src = src[2:]
		default:
			n, perByte := int(v), 8/b.bits
			size := (n + perByte - 1) / perByte
			if len(src) < size {
				return io.ErrUnexpectedEOF
			}
			for i := range n {
				put(value(src[i/perByte], i))
			}
			src = src[min(size+size&1, len(src)):]
		}
	}
	return nil
}

// coloured makes an image of colours. Those of whole bytes stay where they are.
func (b *bmpFile) coloured() (*raster.Picture, error) {
	rows, err := b.rows()
	if err != nil {
		return nil, err
	}
	if size := b.bits / 8; b.masks == [4]uint32{0xff0000, 0xff00, 0xff} && size >= 3 {
		m := raster.NewPixels(rows, b.h, b.w, 3, 8, raster.U8)
		m.Offset, m.StrideC, m.StrideX = 2, -1, size // blue comes first
		return raster.WithStride(m, b.stride()), nil
	}
	channels := 3
	if b.masks[3] != 0 {
		channels = 4
	}
	mem := make([]byte, b.h*b.w*channels)
	for y := range b.h {
		row, dst := rows[y*b.stride():], mem[y*b.w*channels:]
		for x := range b.w {
			var v uint32
			if b.bits == 16 {
				v = uint32(binary.LittleEndian.Uint16(row[2*x:]))
			} else {
				v = binary.LittleEndian.Uint32(row[4*x:])
			}
			for c := range channels {
				dst[x*channels+c] = bmpSample(v, b.masks[c])
			}
		}
	}
	return raster.NewPixels(mem, b.h, b.w, channels, 8, raster.U8), nil
}

// bmpSample gives the 8 bits of a sample under a mask: the high ones of more,
// fewer repeated downward.
func bmpSample(v, mask uint32) uint8 {
	low := bits.TrailingZeros32(mask)
	n := bits.Len32(mask >> low)
	v = v & mask >> low
	if n >= 8 {
		return uint8(v >> (n - 8))
	}
	v <<= 8 - n
	for ; n < 8; n *= 2 {
		v |= v >> n
	}
	return uint8(v)
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "bmp", Extensions: []string{".bmp"},
	Holds: codec.Holds{
		Reads:  "1 4 8 bits, 16 24 32 a pixel",
		Colour: true,
		Alpha:  true,
		Binary: true,
	},
	Sniff: codec.Magic("BM"),
	Read:  readBMP,
}
