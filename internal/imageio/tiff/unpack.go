package tiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/image/tiff/lzw"

	"github.com/convkit/convkit/internal/imageio/deflate"
	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// tiffCompressions fill one strip or tile. What a compressor can gain at most
// bounds the memory that a small file may ask for.
var tiffCompressions = map[int]struct {
	unpack func(dst, packed []byte) error
	gain   int
}{
	1: {func(dst, b []byte) error {
		if copy(dst, b) < len(dst) {
			return io.ErrUnexpectedEOF
		}
		return nil
	}, 1},
	5:     {guarded(unpackLZW), 4096},
	8:     {guarded(inflate), 1100},
	50000: {guarded(unpackZstd), 1 << 15}, // a block of 128 KB in four bytes
	32946: {guarded(inflate), 1100},
	32773: {unpackBits, 64},
}

// guarded runs what unpacks by another library.
func guarded(unpack func(dst, packed []byte) error) func(dst, packed []byte) error {
	return func(dst, packed []byte) error {
		return guard.Run(func() error { return unpack(dst, packed) })
	}
}

func unpackLZW(dst, b []byte) error {
	r := lzw.NewReader(bytes.NewReader(b), lzw.MSB, 8)
	defer r.Close()
	return fill(dst, r)
}

// zstdWindow is the memory that a strip may ask for to be unpacked where it holds
// more than is needed of it; 8 MB is what every decoder has to offer.
const zstdWindow = 8 << 20

// unpackZstd unpacks into dst itself; what goes on behind it is not looked at.
func unpackZstd(dst, b []byte) error {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return err
	}
	defer d.Close()
	out, err := d.DecodeAll(b, dst[:0:len(dst)])
	switch {
	case err == nil && len(out) < len(dst):
		return io.ErrUnexpectedEOF
	case err == nil || errors.Is(err, zstd.ErrCRCMismatch):
		return err
	}
	s, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
	if err != nil {
		return err
	}
	defer s.Close()
	return fill(dst, s)
}

func inflate(dst, b []byte) error {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	defer r.Close()
	if err := fill(dst, r); err != nil {
		return err
	}
	// The sum is looked at where the stream ends; it may hold more than is needed.
	if _, err := r.Read(make([]byte, 1)); err == zlib.ErrChecksum {
		return deflate.ErrSum
	}
	return nil
}

func fill(dst []byte, r io.Reader) error {
	_, err := io.ReadFull(r, dst)
	return source.CutOff(err)
}

// unpackBits undoes the byte runs of Apple's PackBits.
func unpackBits(dst, b []byte) error {
	for len(dst) > 0 {
		if len(b) < 2 {
			return io.ErrUnexpectedEOF
		}
		k := int(int8(b[0]))
		n := 0
		switch {
		case k == -128:
			b = b[1:]
		case k < 0:
			n = min(1-k, len(dst))
			for i := range n {
				dst[i] = b[1]
			}
			b = b[2:]
		default:
			if len(b) < k+2 {
				return io.ErrUnexpectedEOF
			}
			n = copy(dst, b[1:k+2])
			b = b[k+2:]
		}
		dst = dst[n:]
	}
	return nil
}

// undoDifferences adds to each sample the one of the pixel to its left.
func undoDifferences(row []byte, samples, size int, order binary.ByteOrder) {
	step := samples * size
	for i := step; i+size <= len(row); i += size {
		switch size {
		case 1:
			row[i] += row[i-step]
		case 2:
			order.PutUint16(row[i:], order.Uint16(row[i:])+order.Uint16(row[i-step:]))
		case 4:
			order.PutUint32(row[i:], order.Uint32(row[i:])+order.Uint32(row[i-step:]))
		case 8:
			order.PutUint64(row[i:], order.Uint64(row[i:])+order.Uint64(row[i-step:]))
		}
	}
}

// undoFloatPredictor adds byte to byte, and then gathers the bytes of each
// float, which lie in planes with the highest first (Adobe's technical note 3).
func undoFloatPredictor(row []byte, samples, size int) {
	for i := samples; i < len(row); i++ {
		row[i] += row[i-samples]
	}
	planes := bytes.Clone(row)
	n := len(row) / size
	for i := range n {
		for k := range size {
			row[i*size+k] = planes[k*n+i]
		}
	}
}

// unpackedElem sets the type of the samples after the predictor of floats, which
// leaves the high byte first.
func (t *tiffFile) unpackedElem() {
	if t.predict != 3 {
		return
	}
	t.fileElem = map[int]raster.SampleType{16: raster.F16BE, 32: raster.F32BE, 64: raster.F64BE}[t.bits]
}
