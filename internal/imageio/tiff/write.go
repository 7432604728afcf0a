package tiff

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
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

// tiffPacker writes 8 or 16 bits, a segment a strip, deflated after horizontal
// differences, with the high byte first as it stands in memory. The directory
// tells the sizes of the strips. In a file it follows them, and the header,
// which says where it is, is written again. In a stream it comes first, and the
// strips wait in a temporary file or, where there is no room for one, in memory.
type tiffEncoder struct {
	codec.Result
	rows    int // of a strip
	inPlace bool
	places  tiffPlaces
	end     int // of the strips so far
	waiting io.ReadWriter
}

// tiffHeader is the size of the header.
const tiffHeader = 8

func (p *tiffEncoder) Begin(w io.Writer) error {
	out, ok := w.(codec.Rewriter)
	p.inPlace = ok && out.CanRewrite()
	if !p.inPlace {
		p.waiting = &bytes.Buffer{}
		if p.H*p.RowBytes() >= source.TempFileSize {
			if f, err := source.NewTempFile(); err == nil {
				p.waiting = f
			}
		}
		return nil
	}
	p.end = tiffHeader
	_, err := w.Write(make([]byte, tiffHeader))
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
	c := p.Result
	d := tiffDirectory{w: c.W, h: c.H, samples: c.Channels, bits: c.Depth, format: formatUint, compression: 8, predictor: 2, rows: p.rows}
	base := 1
	d.photometric = blackIsZero
	if c.Colours == 3 {
		d.photometric, base = photometricRGB, 3
	}
	d.extra = make([]int, c.Channels-base) // of no stated meaning
	if c.Channels > c.Colours {
		d.extra[len(d.extra)-1] = alphaUnassociated
	}
	if p.inPlace {
		at := (p.end + 1) &^ 1
		if uint64(p.end) > math.MaxUint32 {
			return errTIFFSize
		}
		if _, err := w.Write(append(make([]byte, at-p.end), d.encode(at, p.places)...)); err != nil {
			return err
		}
		return w.(codec.Rewriter).Rewrite(tiffHead(at))
	}
	head, err := d.before(p.places)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err = io.Copy(w, p.waiting)
	return err
}

// floatTIFFHead is all that comes before float32 samples in one strip, the last
// of which may be alpha.
func floatTIFFHead(r codec.Result) ([]byte, error) {
	d := tiffDirectory{w: r.W, h: r.H, samples: r.Channels, bits: 32, format: formatFloat, compression: 1, predictor: 1, rows: r.H, photometric: blackIsZero}
	base := 1
	if r.Colours == 3 {
		d.photometric, base = photometricRGB, 3
	}
	d.extra = make([]int, r.Channels-base) // of no stated meaning
	if r.Channels > r.Colours {
		d.extra[len(d.extra)-1] = alphaUnassociated
	}
	var one tiffPlaces
	one.add(0, 4*r.H*r.W*r.Channels)
	return d.before(one)
}

// tiffPlaces are where strips begin, and their sizes.
type tiffPlaces struct{ offsets, counts []int }

func (p *tiffPlaces) add(at, n int) {
	p.offsets, p.counts = append(p.offsets, at), append(p.counts, n)
}

// after is the same places behind n bytes more.
func (p tiffPlaces) after(n int) tiffPlaces {
	q := tiffPlaces{counts: p.counts}
	for _, at := range p.offsets {
		q.offsets = append(q.offsets, n+at)
	}
	return q
}

// end is the byte after the last strip.
func (p tiffPlaces) end() int {
	last := len(p.offsets) - 1
	return p.offsets[last] + p.counts[last]
}

var errTIFFSize = raster.BadOption("npy, pgm and fits hold it", "tif holds at most 4 GB")

// tiffDirectory is what a file says of its one picture.
type tiffDirectory struct {
	w, h, samples, bits, format  int
	photometric                  int
	compression, predictor, rows int
	extra                        []int
}

// tiffHead is the header of a file whose directory is at byte at, of numbers
// with the high byte first.
func tiffHead(at int) []byte {
	return binary.BigEndian.AppendUint32([]byte("MM\x00*"), uint32(at))
}

// before is the header and the directory where strips, whose places are counted
// from the first, follow them.
func (d *tiffDirectory) before(strips tiffPlaces) ([]byte, error) {
	body := (tiffHeader + len(d.encode(tiffHeader, strips)) + 15) &^ 15
	strips = strips.after(body)
	if uint64(strips.end()) > math.MaxUint32 {
		return nil, errTIFFSize
	}
	head := append(tiffHead(tiffHeader), d.encode(tiffHeader, strips)...)
	return append(head, make([]byte, body-len(head))...), nil
}

type tiffTag struct {
	tag, kind uint16
	values    []int
}

// encode is the directory that stands at byte at, and the values that it
// points to.
func (d *tiffDirectory) encode(at int, strips tiffPlaces) []byte {
	all := func(v int) []int { return slices.Repeat([]int{v}, d.samples) }
	const short, long = 3, 4
	tags := []tiffTag{
		{tagWidth, long, []int{d.w}},
		{tagHeight, long, []int{d.h}},
		{tagBits, short, all(d.bits)},
		{tagCompression, short, []int{d.compression}},
		{tagPhotometric, short, []int{d.photometric}},
		{tagStripOffsets, long, strips.offsets},
		{tagSamples, short, []int{d.samples}},
		{tagRowsPerStrip, long, []int{d.rows}},
		{tagStripBytes, long, strips.counts},
		{tagPlanar, short, []int{1}},
		{tagPredictor, short, []int{d.predictor}},
		{tagExtraSamples, short, d.extra},
		{tagSampleFormat, short, all(d.format)},
	}
	// Only a compression has a predictor, and only some pictures have extras.
	tags = slices.DeleteFunc(tags, func(t tiffTag) bool {
		return t.tag == tagPredictor && d.compression == 1 || len(t.values) == 0
	})
	far := at + 2 + 12*len(tags) + 4 // where values that fit no tag go
	be := binary.BigEndian
	list := be.AppendUint16(nil, uint16(len(tags)))
	var values []byte
	for _, t := range tags {
		list = be.AppendUint16(be.AppendUint16(list, t.tag), t.kind)
		list = be.AppendUint32(list, uint32(len(t.values)))
		var v []byte
		for _, x := range t.values {
			if t.kind == short {
				v = be.AppendUint16(v, uint16(x))
			} else {
				v = be.AppendUint32(v, uint32(x))
			}
		}
		if len(v) <= 4 {
			list = append(list, append(v, 0, 0, 0, 0)[:4]...)
			continue
		}
		list = be.AppendUint32(list, uint32(far+len(values)))
		values = append(values, v...)
		values = append(values, make([]byte, len(v)%4)...)
	}
	return append(append(list, 0, 0, 0, 0), values...)
}

func newTIFFEncoder(r codec.Result) (codec.Encoder, error) {
	if r.Depth == 0 {
		head, err := floatTIFFHead(r)
		a := codec.Array{Type: raster.F32BE, Header: head, Interleaved: true}
		return codec.Encoder{Array: func(int) codec.Array { return a }}, err
	}
	rows := min(r.H, max(1, tiffStrip/r.RowBytes()))
	return codec.Encoder{Segments: &tiffEncoder{Result: r, rows: rows}, Rows: rows}, nil
}
