// Package webp reads WebP by golang.org/x/image/webp; of a moving picture, the
// first frame.
package webp

import (
	"image"

	_ "golang.org/x/image/webp" // for image.DecodeConfig and imaging.Decode

	"bytes"
	"encoding/binary"
	"io"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Of a WebP that moves, the first picture is read and the others are counted.

// A WebP is a RIFF of chunks: a name of four letters, a size, and data filled
// up to an even size.

// webpChunk gives the first chunk of b and what follows it.
func webpChunk(b []byte) (name string, data, rest []byte, ok bool) {
	if len(b) < 8 {
		return "", nil, nil, false
	}
	n := uint64(binary.LittleEndian.Uint32(b[4:]))
	if n > uint64(len(b)-8) {
		return "", nil, nil, false
	}
	data = b[8 : 8+n]
	return string(b[:4]), data, b[min(uint64(len(b)), 8+n+n&1):], true
}

// losslessAlpha reports whether a WebP without loss has alpha; where its header
// denies it, decoders give an opaque one.
func losslessAlpha(file []byte) bool {
	for b := file[min(len(file), 12):]; ; {
		name, data, rest, ok := webpChunk(b)
		if !ok {
			return true
		}
		if name == "VP8L" {
			return len(data) < 5 || data[4]&(1<<4) != 0 // after a signature and twice 14 bits of size
		}
		b = rest
	}
}

const (
	webpAnimated = 1 << 1 // flags of VP8X
	webpAlpha    = 1 << 4
)

// stillWebP puts the first frame of a moving WebP, as a file of its own, in the
// place of the input, and counts the frames. Others are left as they are.
func stillWebP(in *source.Input) (frames int, err error) {
	head, err := in.Peek(30)
	if err != nil || string(head[12:16]) != "VP8X" || head[20]&webpAnimated == 0 {
		return 0, nil
	}
	w, h := 1+uint24(head[24:]), 1+uint24(head[27:])
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(h), int64(w)); err != nil {
		return 0, err
	}
	file, err := in.All(int64(h) * int64(w))
	if err != nil {
		return 0, err
	}
	var first []byte
	for b := file[12:]; ; {
		name, data, rest, ok := webpChunk(b)
		if !ok {
			break
		}
		if name == "ANMF" {
			if frames++; first == nil {
				first = data
			}
		}
		b = rest
	}
	const place = 16 // of the frame, its size and its time
	if len(first) < place {
		return 0, io.ErrUnexpectedEOF
	}
	in.ContinueAt(bytes.NewReader(webpFile(first[6:12], first[place:])))
	return frames, nil
}

// webpFile makes a file of one frame: the pictures among its chunks, and what
// must be said before transparency.
func webpFile(size, chunks []byte) []byte {
	var body []byte
	for b := chunks; ; {
		name, data, rest, ok := webpChunk(b)
		if !ok {
			break
		}
		if name == "ALPH" {
			body = append(webpHead("VP8X", 10), webpAlpha, 0, 0, 0)
			body = append(body, size...)
		}
		if name == "ALPH" || name == "VP8 " || name == "VP8L" {
			body = append(append(body, webpHead(name, len(data))...), data...)
			body = append(body, make([]byte, len(data)&1)...)
		}
		b = rest
	}
	return append(append(webpHead("RIFF", 4+len(body)), "WEBP"...), body...)
}

func webpHead(name string, size int) []byte {
	return binary.LittleEndian.AppendUint32([]byte(name), uint32(size))
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "webp", Extensions: []string{".webp"},
	Holds: codec.Holds{
		Reads:  "8 bits",
		Colour: true,
		Alpha:  true,
		Binary: true,
	},
	Sniff: isWebP,
	Read:  readWebP,
}

func isWebP(head []byte) bool {
	return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}

// fromWebP converts lossy pictures, whose colours have the range of video; nil
// for others.
func fromWebP(img image.Image) *raster.Picture {
	switch p := img.(type) {
	case *image.YCbCr:
		return goimage.RGBOf(p, nil, 0, videoRGB)
	case *image.NYCbCrA:
		return goimage.RGBOf(&p.YCbCr, p, 0, videoRGB)
	}
	return nil
}

// videoRGB converts the colours of WebP, which are those of ITU-R BT.601 with
// black at 16 and white at 235, in the whole numbers of its specification.
func videoRGB(y, cb, cr uint8) (r, g, b uint8) {
	luma, u, v := 19077*int(y)>>8, int(cb), int(cr)
	clip := func(v int) uint8 { return uint8(min(max(v>>6, 0), 255)) }
	return clip(luma + 26149*v>>8 - 14234), clip(luma - 6419*u>>8 - 13320*v>>8 + 8708), clip(luma + 33050*u>>8 - 17685)
}

// readWebP reads a lossy or lossless picture; of a moving one, the first frame.
func readWebP(in *source.Input) (*raster.Picture, error) {
	frames, err := stillWebP(in)
	if err != nil {
		return nil, err
	}
	file, c, err := goimage.ReadAll(in)
	if err != nil {
		return nil, err
	}
	img, err := goimage.Decode(file, c, 0, bytesPerPixel(file))
	if err != nil {
		return nil, err
	}
	m := fromWebP(img)
	if m == nil {
		if m, err = goimage.FromGo(img, false); err != nil {
			return nil, err
		}
	}
	if m.Alpha && !losslessAlpha(file) {
		m.Alpha = false
	}
	if m.Palette != nil && !m.Alpha {
		m.GreyPalette()
	}
	m.Pictures = frames
	return m, nil
}

// bytesPerPixel is about what the decoder takes: pixels with alpha and tables
// without loss, else three samples as they are stored and as RGB.
func bytesPerPixel(file []byte) int {
	if len(file) > 16 && string(file[12:16]) == "VP8L" {
		return 5
	}
	return 7
}
