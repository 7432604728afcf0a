package imageio

import (
	"bytes"
	"encoding/binary"
	"io"

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

// losslessAlpha says whether a WebP without loss has alpha; where its header
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
