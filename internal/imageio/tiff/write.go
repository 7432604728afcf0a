package tiff

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"sync"

	"github.com/klauspost/compress/zlib"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/imageio/source"
)

// tiffStrip is about how many bytes a strip has before it is packed: enough
// for the compressor, small enough for readers that want a part.
const tiffStrip = 256 << 10

// tiffEncoder writes 8 or 16 bits, a segment a strip, deflated after horizontal
// differences, with the high byte first as it stands in memory. The directory
// tells the sizes of the strips. In a file of one page it follows them, and the
// header, which says where it is, is written again. In a stream and in a stack it
// comes first, and the strips of a page wait in a temporary file or, where there is
// no room for one, in memory.
type tiffEncoder struct {
	codec.Result
	rows    int // of a strip
	pages   *pageChain
	inPlace bool
	places  tiffPlaces
	end     int // of the strips so far
	waiting io.ReadWriter
}

func (p *tiffEncoder) Begin(w io.Writer) error {
	out, ok := w.(codec.Rewriter)
	p.inPlace = ok && out.CanRewrite() && p.pages.total == 1
	if !p.inPlace {
		p.waiting = &bytes.Buffer{}
		if p.H*p.RowBytes() >= source.TempFileSize {
			if f, err := source.NewTempFile(); err == nil {
				p.waiting = f
			}
		}
		return nil
	}
	p.end = bigHeader
	_, err := w.Write(make([]byte, bigHeader))
	return err
}

// tiffScratch is the memory of packing a strip.
type tiffScratch struct {
	z    *zlib.Writer
	out  bytes.Buffer
	line []byte
}

var tiffScratches = sync.Pool{New: func() any { return &tiffScratch{z: zlib.NewWriter(nil)} }}

func (p *tiffEncoder) Pack(_, n int, rows []byte) (*codec.Segment, error) {
	s := tiffScratches.Get().(*tiffScratch)
	defer tiffScratches.Put(s)
	z, line := s.z, scratch.Sized(&s.line, p.RowBytes())
	s.out.Reset()
	z.Reset(&s.out)
	step := p.PixelBytes()
	for r := range n {
		row := rows[r*len(line) : (r+1)*len(line)]
		copy(line, row)
		if p.Depth == 8 {
			for i := step; i < len(row); i++ {
				line[i] = row[i] - row[i-step]
			}
		} else {
			for i := step; i < len(row); i += 2 {
				binary.BigEndian.PutUint16(line[i:], binary.BigEndian.Uint16(row[i:])-binary.BigEndian.Uint16(row[i-step:]))
			}
		}
		if _, err := z.Write(line); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return &codec.Segment{Data: bytes.Clone(s.out.Bytes())}, err
}

func (p *tiffEncoder) Add(w io.Writer, s *codec.Segment) error {
	p.places.add(p.end, len(s.Data))
	p.end += len(s.Data)
	if !p.inPlace {
		w = p.waiting
	}
	_, err := w.Write(s.Data)
	return err
}

func (p *tiffEncoder) End(w io.Writer) error {
	d := directoryOf(p.Result, formatUint, p.rows)
	d.compression, d.predictor = 8, 2
	if p.inPlace {
		at := (p.end + 1) &^ 1
		d.big = uint64(at)+bigReserve > math.MaxUint32
		if _, err := w.Write(append(make([]byte, at-p.end), d.encode(at, p.places)...)); err != nil {
			return err
		}
		return w.(codec.Rewriter).Rewrite(d.header(at))
	}
	head, err := p.pages.head(&d, p.places)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err = io.Copy(w, p.waiting)
	if f, ok := p.waiting.(*source.TempFile); ok {
		f.File.Close()
	}
	return err
}

func newTIFFEncoder(r codec.Result) (codec.Encoder, error) {
	return encoderOf(r, newPageChain(r))
}

// encoderOf returns the encoder of the next page of a chain.
func encoderOf(r codec.Result, pages *pageChain) (e codec.Encoder, err error) {
	e.Next = func(next codec.Result) (codec.Encoder, error) { return encoderOf(next, pages) }
	if r.Depth == 0 {
		d := directoryOf(r, formatFloat, r.H)
		var one tiffPlaces
		one.add(0, 4*r.H*r.W*r.Channels)
		var head []byte
		if head, err = pages.head(&d, one); err != nil {
			return e, err
		}
		a := codec.Array{Type: raster.F32BE, Header: head, Interleaved: true}
		e.Array = func(int) codec.Array { return a }
		return e, nil
	}
	e.Rows = min(r.H, max(1, tiffStrip/r.RowBytes()))
	e.Segments = &tiffEncoder{Result: r, rows: e.Rows, pages: pages}
	return e, nil
}
