package png

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

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/deflate"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// Levels are the names of how hard to compress: by Huffman codes alone; by
// matches too where they help; and with all effort.
var Levels = []string{"fast", "default", "best"}

// pngPacker writes grey, grey with alpha, RGB or RGBA, of 8 or 16 bits. Each
// segment is a deflate stream of its own that ends at a byte and is not marked
// as the last, so that segments in a row make one zlib stream.
type pngEncoder struct {
	codec.Result
	rows  int // of a segment
	level string
	sum   uint32 // Adler-32 of all rows so far
}

func newPNGEncoder(r codec.Result) (codec.Encoder, error) {
	level := r.Level
	if level == "" {
		level = "default"
	}
	if !slices.Contains(Levels, level) {
		return codec.Encoder{}, raster.BadOption("", "the PNG level %q is not one of %s", level, strings.Join(Levels, ", "))
	}
	e := &pngEncoder{Result: r, rows: r.SegmentRows(), level: level, sum: 1}
	return codec.Encoder{Segments: e, Rows: e.rows}, nil
}

func (p *pngEncoder) Begin(w io.Writer) error {
	b := []byte("\x89PNG\r\n\x1a\n")
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, uint32(p.W))
	binary.BigEndian.PutUint32(head[4:], uint32(p.H))
	head[8] = byte(p.Depth)
	head[9] = [...]byte{0, 0, 4, 2, 6}[p.Channels]
	_, err := w.Write(appendChunk(b, "IHDR", head))
	return err
}

// zlibHead begins the stream: deflate with a window of 32 KiB.
const zlibHead = "\x78\x5e"

// zlibTail ends it: an empty last block, and the checksum.
func zlibTail(sum uint32) []byte { return binary.BigEndian.AppendUint32([]byte{3, 0}, sum) }

// single reports whether the picture is one segment, and so one chunk.
func (p *pngEncoder) single() bool { return p.rows >= p.H }

func (p *pngEncoder) Pack(y, n int, rows []byte) (*codec.Segment, error) {
	s := pngScratches.Get().(*pngScratch)
	defer pngScratches.Put(s)
	data, sum, err := s.compress(rows, n, p)
	if err != nil {
		return nil, err
	}
	size := n * (p.RowBytes() + 1)
	if y == 0 {
		data = append([]byte(zlibHead), data...)
	}
	if p.single() {
		data = append(data, zlibTail(deflate.JoinAdler(1, sum, size))...)
	}
	return &codec.Segment{Data: appendChunk(nil, "IDAT", data), Sum: sum, Size: size}, nil
}

func (p *pngEncoder) Add(w io.Writer, rows *codec.Segment) error {
	p.sum = deflate.JoinAdler(p.sum, rows.Sum, rows.Size)
	_, err := w.Write(rows.Data)
	return err
}

// tail ends the stream, where the last segment could not, and the file.
func (p *pngEncoder) End(w io.Writer) error {
	var b []byte
	if !p.single() {
		b = appendChunk(b, "IDAT", zlibTail(p.sum))
	}
	_, err := w.Write(appendChunk(b, "IEND", nil))
	return err
}

func appendChunk(b []byte, kind string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(slices.Grow(b, len(data)+12), uint32(len(data)))
	start := len(b)
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// pngScratch is what one goroutine needs to pack a segment.
type pngScratch struct {
	lines, trial, sample []byte
	own                  deflate.Packer
	out                  writerTo
	matching             map[int]*flate.Writer
}

var pngScratches = sync.Pool{New: func() any { return &pngScratch{matching: map[int]*flate.Writer{}} }}

type writerTo struct{ b []byte }

func (w *writerTo) Write(b []byte) (int, error) {
	w.b = append(w.b, b...)
	return len(b), nil
}

// What klauspost/compress is asked for: all effort for level best, and its speed
// for large pictures that repeat themselves, where matches are long.
const (
	effortBest    = 9
	effortRepeats = 3
)

// Matches must save this share of the bits of a sample of the segment, else
// Huffman codes alone, which are much faster, do: little in pictures that take
// no time, more where time counts. Photographs enlarged to 4096 x 4096, and
// filtered, took 2 to 3 times as long for files smaller by 3 to 10 %. Of tiny
// pictures all together take no time, and a sample that looks no further than
// the nearest match, which is most of the picture, shows a part of the gain.
const (
	leastTiny    = 0.002
	leastGain    = 0.02
	leastLarge   = 0.3
	largePicture = 12 << 20
	repeats      = 0.75
)

// Places where a match may be: all that might help in small pictures, few in
// others.
const (
	tinyPicture  = 64 << 10
	smallPicture = 4 << 20
	chainMost    = 100
	chainSmall   = 48
	chainOther   = 1
)

// compress filters and deflates a segment of n rows.
//
// One filter for the segment and Huffman codes alone are as good as it gets
// for photographs, whose noise repeats nothing, and several times as fast as
// looking for matches. That is done only where a sample gains from it; small
// pictures then get a filter for each row, as flat parts and text want.
func (s *pngScratch) compress(rows []byte, n int, p *pngEncoder) (data []byte, sum uint32, err error) {
	rowBytes, pixel := p.RowBytes(), p.PixelBytes()
	if p.level == "best" {
		return s.smallest(rows, n, rowBytes, pixel)
	}
	lines := s.filter(rows, n, rowBytes, pixel, false)
	if p.level == "default" {
		size, least, chain := p.H*rowBytes, leastGain, chainSmall
		switch {
		case size <= tinyPicture:
			least, chain = leastTiny, chainMost
		case size > largePicture:
			least = leastLarge
		}
		s.own.Chain = chainOther
		switch gain := s.own.Gain(s.pieces(lines)); {
		case gain < least:
		case size <= smallPicture:
			s.own.Chain = chain
			lines = s.filter(rows, n, rowBytes, pixel, true)
			return s.own.Pack(lines), adler32.Checksum(lines), nil
		case gain >= repeats:
			data, err = s.run(effortRepeats, lines)
			return data, adler32.Checksum(lines), err
		default:
			return s.own.Pack(lines), adler32.Checksum(lines), nil
		}
	}
	data, err = s.run(flate.HuffmanOnly, lines)
	return data, adler32.Checksum(lines), err
}

// smallest tries one filter and a filter for each row, with all ways to deflate.
func (s *pngScratch) smallest(rows []byte, n, rowBytes, pixel int) (data []byte, sum uint32, err error) {
	s.own.Chain = chainMost
	for _, each := range []bool{false, true} {
		lines := s.filter(rows, n, rowBytes, pixel, each)
		for _, pack := range []func([]byte) ([]byte, error){
			func(b []byte) ([]byte, error) { return s.own.Pack(b), nil },
			func(b []byte) ([]byte, error) { return s.run(flate.HuffmanOnly, b) },
			func(b []byte) ([]byte, error) { return s.run(effortBest, b) },
		} {
			trial, err := pack(lines)
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

// A sample of a segment is some pieces of it.
const (
	samplePieces = 4
	samplePiece  = 8 << 10
)

func (s *pngScratch) pieces(lines []byte) []byte {
	if len(lines) <= samplePieces*samplePiece {
		return lines
	}
	s.sample = s.sample[:0]
	for i := range samplePieces {
		at := (len(lines) - samplePiece) * i / (samplePieces - 1)
		s.sample = append(s.sample, lines[at:at+samplePiece]...)
	}
	return s.sample
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
