package imageio

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zlib"
	"golang.org/x/image/tiff/lzw"
)

// tiffCompressions unpack one strip or tile of n bytes. What a compressor can
// gain at most bounds the memory that a small file may ask for.
var tiffCompressions = map[int]struct {
	unpack func(packed []byte, n int) ([]byte, error)
	gain   int
}{
	1: {func(b []byte, n int) ([]byte, error) {
		if len(b) < n {
			return nil, io.ErrUnexpectedEOF
		}
		return b[:n:n], nil
	}, 1},
	5: {func(b []byte, n int) ([]byte, error) {
		r := lzw.NewReader(bytes.NewReader(b), lzw.MSB, 8)
		defer r.Close()
		return readN(r, n)
	}, 4096},
	8:     {inflate, 1100},
	32946: {inflate, 1100},
	32773: {unpackBits, 64},
}

func inflate(b []byte, n int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readN(r, n)
}

func readN(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, cutOff(err)
}

// unpackBits undoes the byte runs of Apple's PackBits.
func unpackBits(b []byte, n int) ([]byte, error) {
	out := make([]byte, 0, n)
	for len(out) < n {
		if len(b) < 2 {
			return nil, io.ErrUnexpectedEOF
		}
		k := int(int8(b[0]))
		switch {
		case k == -128:
			b = b[1:]
		case k < 0:
			out = append(out, bytes.Repeat(b[1:2], min(1-k, n-len(out)))...)
			b = b[2:]
		default:
			if len(b) < k+2 {
				return nil, io.ErrUnexpectedEOF
			}
			out = append(out, b[1:1+min(k+1, n-len(out))]...)
			b = b[k+2:]
		}
	}
	return out, nil
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
