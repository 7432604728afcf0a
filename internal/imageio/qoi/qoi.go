// Package qoi reads the Quite OK Image format (qoiformat.org, specification 1.0).
package qoi

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

func read(in *source.Input) (*raster.Picture, error) {
	var head [14]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, source.CutOff(err)
	}
	w, h := int64(binary.BigEndian.Uint32(head[4:])), int64(binary.BigEndian.Uint32(head[8:]))
	if err := raster.CheckSize(in.Options.PixelLimit(), h, w); err != nil {
		return nil, err
	}
	channels := int(head[12])
	if channels != 3 && channels != 4 {
		return nil, raster.BadData("a QOI of %d channels; it has 3 or 4", channels)
	}
	d := &decoder{r: in.Reader, channels: channels, last: pixel{0, 0, 0, 255}, at: channels}
	n := int(h*w) * channels
	var mem []byte
	var err error
	if channels == 3 {
		mem, err = in.Gather(d, n)
	} else { // alpha is held in memory
		mem, err = source.ReadBytes(d, n)
	}
	if err != nil {
		return nil, err
	}
	return raster.NewPixels(mem, int(h), int(w), channels, 8, raster.U8), nil
}

// pixel is R, G, B and alpha.
type pixel [4]byte

// hash is the place of a pixel in the table of those seen.
func (p pixel) hash() byte { return (p[0]*3 + p[1]*5 + p[2]*7 + p[3]*11) % 64 }

// decoder gives the pixels as a reader of their samples.
type decoder struct {
	r        *bufio.Reader
	channels int
	seen     [64]pixel
	last     pixel
	run      int // how often last is still repeated
	at       int // the sample of last that is given next; channels if all were
}

// Read gives samples.
func (d *decoder) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if d.at == d.channels {
			if err := d.next(); err != nil {
				return n, source.CutOff(err)
			}
			d.at = 0
		}
		k := copy(b[n:], d.last[d.at:d.channels])
		n, d.at = n+k, d.at+k
	}
	return n, nil
}

// The kinds of chunks, by their first byte or its two high bits.
const (
	chunkRGB, chunkRGBA = 0xfe, 0xff

	chunkIndex, chunkDiff, chunkLuma, chunkRun = 0, 1, 2, 3
)

// next decodes one pixel.
func (d *decoder) next() error {
	if d.run > 0 {
		d.run--
		return nil
	}
	c, err := d.r.ReadByte()
	if err != nil {
		return err
	}
	p := &d.last
	low := c & 0x3f
	switch {
	case c == chunkRGB:
		_, err = io.ReadFull(d.r, p[:3])
	case c == chunkRGBA:
		_, err = io.ReadFull(d.r, p[:])
	case c>>6 == chunkIndex:
		*p = d.seen[low]
	case c>>6 == chunkDiff:
		p[0], p[1], p[2] = p[0]+low>>4-2, p[1]+low>>2&3-2, p[2]+low&3-2
	case c>>6 == chunkLuma:
		var b byte
		b, err = d.r.ReadByte()
		green := low - 32
		p[0], p[1], p[2] = p[0]+green+b>>4-8, p[1]+green, p[2]+green+b&15-8
	case c>>6 == chunkRun:
		d.run = int(low)
	}
	d.seen[p.hash()] = *p
	return err
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "qoi", Extensions: []string{".qoi"},
	Holds: codec.Holds{
		Reads:  "8 bits",
		Colour: true,
		Alpha:  true,
		Binary: true,
	},
	Sniff: codec.Magic("qoif"),
	Read:  read,
}
