package imageio

import (
	"bytes"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
)

// PNGLevels are the names of how hard to compress: by Huffman codes alone; by
// matches too where they help; and with all effort.
var PNGLevels = []string{"fast", "default", "best"}

// pngPacker writes grey, grey with alpha, RGB or RGBA, of 8 or 16 bits. Each
// segment is a deflate stream of its own that ends at a byte and is not marked
// as the last, so that segments in a row make one zlib stream.
type pngPacker struct {
	c     *canvas
	level string
	sum   uint32 // Adler-32 of all rows so far
}

func newPNGPacker(c *canvas, level string) (*pngPacker, error) {
	if level == "" {
		level = "default"
	}
	if !slices.Contains(PNGLevels, level) {
		return nil, badOption("", "the PNG level %q is not one of %s", level, strings.Join(PNGLevels, ", "))
	}
	return &pngPacker{c: c, level: level, sum: 1}, nil
}

func (p *pngPacker) head(w io.Writer) error {
	b := []byte("\x89PNG\r\n\x1a\n")
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, uint32(p.c.w))
	binary.BigEndian.PutUint32(head[4:], uint32(p.c.h))
	head[8] = byte(p.c.depth)
	head[9] = [...]byte{0, 0, 4, 2, 6}[p.c.channels]
	b = appendChunk(b, "IHDR", head)
	b = appendChunk(b, "IDAT", []byte{0x78, 0x5e}) // deflate with a 32 KiB window
	_, err := w.Write(b)
	return err
}

func (p *pngPacker) pack(y, n int, rows []byte) (*packedRows, error) {
	s := pngScratches.Get().(*pngScratch)
	defer pngScratches.Put(s)
	data, sum, err := s.compress(rows, n, p.c.rowBytes(), p.c.pixel(), p.level)
	if err != nil {
		return nil, err
	}
	return &packedRows{data: appendChunk(nil, "IDAT", data), sum: sum, size: n * (p.c.rowBytes() + 1)}, nil
}

func (p *pngPacker) add(w io.Writer, rows *packedRows) error {
	p.sum = joinAdler(p.sum, rows.sum, rows.size)
	_, err := w.Write(rows.data)
	return err
}

// tail ends the stream with an empty last block and the checksum.
func (p *pngPacker) tail(w io.Writer) error {
	last := binary.BigEndian.AppendUint32([]byte{3, 0}, p.sum)
	_, err := w.Write(appendChunk(appendChunk(nil, "IDAT", last), "IEND", nil))
	return err
}

func appendChunk(b []byte, kind string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(slices.Grow(b, len(data)+12), uint32(len(data)))
	start := len(b)
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// joinAdler gives the Adler-32 of two pieces in a row from theirs: with
// sums A = 1 + Σ d_i and B = Σ (n-i+1) d_i + n modulo 65521, the second piece of
// n bytes adds its own, and n times what A was before.
func joinAdler(first, second uint32, n int) uint32 {
	const mod = 65521
	a1, b1, a2, b2 := first&0xffff, first>>16, second&0xffff, second>>16
	a := (a1 + a2 + mod - 1) % mod
	b := (uint64(b1) + uint64(b2) + uint64(n%mod)*uint64(a1+mod-1)) % mod
	return uint32(b)<<16 | a
}

// pngScratch is what one goroutine needs to pack a segment.
type pngScratch struct {
	lines, trial []byte
	out          writerTo
	matching     map[int]*flate.Writer
}

var pngScratches = sync.Pool{New: func() any { return &pngScratch{matching: map[int]*flate.Writer{}} }}

type writerTo struct{ b []byte }

func (w *writerTo) Write(b []byte) (int, error) {
	w.b = append(w.b, b...)
	return len(b), nil
}

// The effort for matches at each name, by klauspost/compress.
const (
	effortDefault = 7
	effortBest    = 9
)

// compress filters and deflates a segment of n rows.
//
// One filter for the segment and Huffman codes alone are as good as it gets
// for photographs, whose noise repeats nothing, and ten times as fast as
// looking for matches. That is done only where a sample gains from it, with a
// filter for each row then, as flat parts and text want.
func (s *pngScratch) compress(rows []byte, n, rowBytes, pixel int, level string) (data []byte, sum uint32, err error) {
	lines := s.filter(rows, n, rowBytes, pixel, false)
	matches := level == "best"
	if level == "default" {
		if matches, err = s.repeats(lines); err != nil {
			return nil, 0, err
		}
	}
	if !matches {
		sum = adler32.Checksum(lines)
		data, err = s.run(flate.HuffmanOnly, lines)
		return data, sum, err
	}
	if level == "default" {
		lines = s.filter(rows, n, rowBytes, pixel, true)
		sum = adler32.Checksum(lines)
		data, err = s.run(effortDefault, lines)
		return data, sum, err
	}
	for _, each := range []bool{false, true} {
		lines = s.filter(rows, n, rowBytes, pixel, each)
		for _, effort := range []int{flate.HuffmanOnly, effortBest} {
			trial, err := s.run(effort, lines)
			if err != nil {
				return nil, 0, err
			}
			if data == nil || len(trial) < len(data) {
				data, sum = bytes.Clone(trial), adler32.Checksum(lines)
			}
		}
	}
	return data, sum, nil
}

// Pieces of a segment are tried, and matches must gain 2 % on them.
const (
	samplePieces = 4
	samplePiece  = 8 << 10
)

// repeats says whether looking for matches is worth its time.
func (s *pngScratch) repeats(lines []byte) (bool, error) {
	plain, matched := 0, 0
	for i := range samplePieces {
		at := max(0, len(lines)-samplePiece) * i / (samplePieces - 1)
		piece := lines[at:min(at+samplePiece, len(lines))]
		for effort, size := range map[int]*int{flate.HuffmanOnly: &plain, effortDefault: &matched} {
			data, err := s.run(effort, piece)
			if err != nil {
				return false, err
			}
			*size += len(data)
		}
	}
	return matched*100 < plain*98, nil
}

// run gives a deflate stream that ends at a byte. The result is valid until
// the next run.
func (s *pngScratch) run(effort int, lines []byte) ([]byte, error) {
	s.out.b = s.out.b[:0]
	z := s.matching[effort]
	if z == nil {
		var err error
		if z, err = flate.NewWriter(&s.out, effort); err != nil {
			return nil, err
		}
		s.matching[effort] = z
	} else {
		z.Reset(&s.out)
	}
	if _, err := z.Write(lines); err != nil {
		return nil, err
	}
	err := z.Flush()
	return s.out.b, err
}
