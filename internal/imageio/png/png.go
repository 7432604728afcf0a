// Package png reads and writes PNG. It is written here because image/png returns
// only the whole picture and packs on one thread: this reader gives rows while
// others are being unpacked, and this writer packs segments on all threads.
// Interlaced pictures and those with one transparent colour are left to
// image/png.
package png

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"slices"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/deflate"
	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// pngFile is a PNG whose chunks have been read.
type pngFile struct {
	w, h       int
	bits       int // of a sample
	colour     int // the colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
	interlaced bool
	palette    []byte
	alphas     []byte // tRNS
	data       []byte // all IDAT, and deflate.InPad zeros
	packed     int    // bytes in all IDAT
	frames     int    // of a moving picture
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngSamples is the number of samples of a pixel by colour type.
var pngSamples = map[int]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

// pngBits are the bits a sample may have by colour type.
var pngBits = map[int][]int{0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}

// readPNG reads every kind of PNG. Greys of 1, 2 and 4 bits are spread over
// 0..255, a palette stays one byte a pixel with its colours beside it. The
// rows of a large picture are still being unpacked when it returns.
func readPNG(in *source.Input) (*raster.Picture, error) {
	pixels, err := pngSize(in)
	if err != nil {
		return nil, err
	}
	file, err := in.All(pixels)
	if err != nil {
		return nil, err
	}
	p := &pngFile{}
	if err := p.chunks(file); err != nil {
		return nil, err
	}
	read := func() (*raster.Picture, error) { return p.decode(in) }
	if p.special() {
		read = func() (*raster.Picture, error) { return p.throughGo(file) }
	}
	m, err := read()
	if err == nil {
		m.Pictures = p.frames
	}
	return m, err
}

// special pictures are rare, and left to Go's own decoder: those that are
// interlaced, and those with one transparent colour.
func (p *pngFile) special() bool { return p.interlaced || len(p.alphas) > 0 && p.colour != 3 }

// pngSize looks at the header before the file is read, for the number of pixels.
func pngSize(in *source.Input) (int64, error) {
	head, err := in.Peek(33)
	if err != nil {
		return 0, err
	}
	if string(head[:8]) != pngSignature || string(head[8:16]) != "\x00\x00\x00\x0dIHDR" {
		return 0, raster.BadData("the file does not begin like a PNG")
	}
	w, h := int64(binary.BigEndian.Uint32(head[16:])), int64(binary.BigEndian.Uint32(head[20:]))
	if err := raster.CheckSize(in.Options.PixelLimit(), h, w); err != nil {
		return 0, err
	}
	bits := max(8, int(head[24])) * max(1, pngSamples[int(head[25])])
	return h * w, memory.Need(memory.Times(int(h), int(w), bits)/8, "a picture of %dx%d pixels", h, w)
}

// chunks checks every chunk up to the end, and gathers what matters.
func (p *pngFile) chunks(file []byte) error {
	b := file[len(pngSignature):]
	for first := true; ; first = false {
		if len(b) < 12 {
			return io.ErrUnexpectedEOF
		}
		n := int64(binary.BigEndian.Uint32(b))
		kind := string(b[4:8])
		if n > int64(len(b)-12) {
			return io.ErrUnexpectedEOF
		}
		data := b[8 : 8+n]
		if crc32.ChecksumIEEE(b[4:8+n]) != binary.BigEndian.Uint32(b[8+n:]) {
			return raster.BadData("damaged: the checksum of the chunk %q is wrong", kind)
		}
		b = b[12+n:]
		if first != (kind == "IHDR") {
			return raster.BadData("the chunk %q stands in the wrong place", kind)
		}
		switch kind {
		case "IHDR":
			if err := p.header(data); err != nil {
				return err
			}
		case "PLTE":
			p.palette = bytes.Clone(data)
		case "tRNS":
			p.alphas = bytes.Clone(data)
		case "acTL":
			if len(data) == 8 {
				p.frames = int(binary.BigEndian.Uint32(data))
			}
		case "IDAT":
			p.packed += len(data)
			if p.data == nil {
				p.data = file[:0] // the data moves down over what has been read
			}
			if !p.special() {
				p.data = append(p.data, data...)
			}
		case "IEND":
			return p.check()
		}
	}
}

func (p *pngFile) header(b []byte) error {
	if len(b) != 13 {
		return raster.BadData("a PNG header of %d bytes", len(b))
	}
	p.w, p.h = int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))
	p.bits, p.colour, p.interlaced = int(b[8]), int(b[9]), b[12] == 1
	if !slices.Contains(pngBits[p.colour], p.bits) {
		return raster.BadData("a PNG of colour type %d with %d bits", p.colour, p.bits)
	}
	if b[10] != 0 || b[11] != 0 || b[12] > 1 {
		return raster.BadData("a PNG of unknown compression, filter or interlace")
	}
	return nil
}

// deflateGain is the most that deflate can pack into a byte.
const deflateGain = 1032

// check compares what the header promises with what is there.
func (p *pngFile) check() error {
	if p.colour == 3 && (len(p.palette) == 0 || len(p.palette)%3 != 0 || len(p.palette) > 3<<p.bits) {
		return raster.BadData("a palette of %d bytes", len(p.palette))
	}
	if p.h*(p.rowBytes()+1)/deflateGain > p.packed {
		return io.ErrUnexpectedEOF
	}
	if p.special() {
		return nil
	}
	p.data = append(p.data, make([]byte, deflate.InPad)...)
	return nil
}

// rowBytes is the size of a row, its filter not counted.
func (p *pngFile) rowBytes() int { return (p.w*p.bits*pngSamples[p.colour] + 7) / 8 }

// throughGo decodes a special picture.
func (p *pngFile) throughGo(file []byte) (*raster.Picture, error) {
	// Greys with a transparent one become four samples.
	if err := memory.Need(memory.Times(p.h, p.w, 4, (p.bits+7)/8), "a picture of %dx%d pixels", p.h, p.w); err != nil {
		return nil, err
	}
	img, err := guard.Decode(func() (image.Image, error) { return png.Decode(bytes.NewReader(file)) })
	if err != nil {
		return nil, err
	}
	m, err := goimage.FromGo(img, p.colour == 0 || p.colour == 4)
	if err == nil && p.colour != 3 {
		m.Bits = p.bits
	}
	return m, err
}

// image describes the picture whose bytes, or bits spread to bytes, will stand
// in mem.
func (p *pngFile) image(mem []byte) *raster.Picture {
	depth, e := 8, raster.U8
	if p.bits == 16 {
		depth, e = 16, raster.U16BE
	}
	m := raster.NewPixels(mem, p.h, p.w, pngSamples[p.colour], depth, e)
	if p.colour != 3 {
		m.Bits = p.bits
		return m
	}
	m.Colours, m.Rank, m.StrideC = 3, 3, 0
	m.Palette = new([4][256]uint8)
	for i := range 256 {
		m.Palette[3][i] = 255 // indices beyond the palette are black
		if 3*i < len(p.palette) {
			m.Palette[0][i], m.Palette[1][i], m.Palette[2][i] = p.palette[3*i], p.palette[3*i+1], p.palette[3*i+2]
		}
		if i < len(p.alphas) {
			m.Palette[3][i] = p.alphas[i]
			m.Alpha = m.Alpha || p.alphas[i] != 255
		}
	}
	return m
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "png", Extensions: []string{".png"},
	Holds: codec.Holds{
		Reads:  "1 2 4 8 16 bits",
		Depths: []int{8, 16},
		Colour: true,
		Alpha:  true,
		Binary: true,
	},
	Sniff:      codec.Magic("\x89PNG\r\n\x1a\n"),
	Read:       readPNG,
	NewEncoder: newPNGEncoder,
}
