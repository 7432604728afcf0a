package tiff

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
)

const (
	// smallHeader and bigHeader are the sizes of the headers of TIFF and BigTIFF.
	smallHeader = 8
	bigHeader   = 16

	// bigReserve is room for the directory of a page, so that a file that just
	// fits into 4 GB does not end beyond them.
	bigReserve = 64 << 20
)

// tiffPlaces are where strips begin, and their sizes.
type tiffPlaces struct{ offsets, counts []int }

func (p *tiffPlaces) add(at, n int) {
	p.offsets, p.counts = append(p.offsets, at), append(p.counts, n)
}

// after returns the same places behind n bytes more.
func (p tiffPlaces) after(n int) tiffPlaces {
	q := tiffPlaces{counts: p.counts}
	for _, at := range p.offsets {
		q.offsets = append(q.offsets, n+at)
	}
	return q
}

// end returns the byte after the last strip.
func (p tiffPlaces) end() int {
	last := len(p.offsets) - 1
	return p.offsets[last] + p.counts[last]
}

// pageChain is the pages of a file that is written from its beginning to its end.
type pageChain struct {
	total, done int
	end         int  // of the bytes so far
	big         bool // a BigTIFF, with offsets of 8 bytes
}

// newPageChain begins a file of pages like r. It is a BigTIFF if their samples,
// before they are packed, may need more than 4 GB.
func newPageChain(r codec.Result) *pageChain {
	c := &pageChain{total: max(r.Pages, 1)}
	size := float64(r.H) * float64(r.W) * float64(r.Channels) * float64(max(r.Depth/8, 1))
	if r.Depth == 0 {
		size *= 4
	}
	c.big = float64(c.total)*(size*1.001+4096)+bigReserve > math.MaxUint32
	return c
}

var errTIFFSize = raster.BadOption("npy and fits hold stacks of any size", "the pages grow, and need more than the 4 GB that the first one promised")

// head returns what stands before the strips of the next page, whose places are
// counted from the first strip: the directory and, at the beginning, the header.
func (c *pageChain) head(d *tiffDirectory, strips tiffPlaces) ([]byte, error) {
	d.big = c.big
	at := aligned(c.end)
	if c.done == 0 {
		at = d.headerLen()
	}
	body := aligned(at + len(d.encode(at, strips)))
	strips = strips.after(body)
	if uint64(strips.end()) > math.MaxUint32 && !c.big {
		return nil, errTIFFSize
	}
	if c.done++; c.done < c.total {
		d.next = aligned(strips.end())
	}
	var b []byte
	if c.end == 0 {
		b = d.header(at)
	}
	b = append(b, make([]byte, at-c.end-len(b))...)
	b = append(b, d.encode(at, strips)...)
	b = append(b, make([]byte, body-c.end-len(b))...)
	c.end = strips.end()
	return b, nil
}

// aligned returns the next multiple of 16.
func aligned(n int) int { return (n + 15) &^ 15 }

// tiffDirectory is what a file says of one page.
type tiffDirectory struct {
	w, h, samples, bits, format  int
	photometric                  int
	compression, predictor, rows int
	extra                        []int

	big  bool
	next int // where the directory of the next page is, or 0
}

// directoryOf returns the directory of a result without compression, in strips of
// rows rows.
func directoryOf(r codec.Result, format, rows int) tiffDirectory {
	d := tiffDirectory{w: r.W, h: r.H, samples: r.Channels, bits: r.Depth, format: format, compression: 1, predictor: 1, rows: rows, photometric: blackIsZero}
	if format == formatFloat {
		d.bits = 32
	}
	base := 1
	if r.Colours == 3 {
		d.photometric, base = photometricRGB, 3
	}
	d.extra = make([]int, r.Channels-base) // of no stated meaning
	if r.Channels > r.Colours {
		d.extra[len(d.extra)-1] = alphaUnassociated
	}
	return d
}

func (d *tiffDirectory) headerLen() int {
	if d.big {
		return bigHeader
	}
	return smallHeader
}

// header returns the header of a file whose first directory is at byte at, of
// numbers with the high byte first.
func (d *tiffDirectory) header(at int) []byte {
	if d.big {
		return binary.BigEndian.AppendUint64([]byte("MM\x00+\x00\x08\x00\x00"), uint64(at))
	}
	return binary.BigEndian.AppendUint32([]byte("MM\x00*"), uint32(at))
}

type tiffTag struct {
	tag, kind uint16
	values    []int
}

// The types of numbers in a directory.
const (
	kindShort = 3
	kindLong  = 4
	kindLong8 = 16 // of BigTIFF only
)

// tags returns the tags of the page, in order.
func (d *tiffDirectory) tags(strips tiffPlaces) []tiffTag {
	all := func(v int) []int { return slices.Repeat([]int{v}, d.samples) }
	place := uint16(kindLong)
	if d.big {
		place = kindLong8
	}
	tags := []tiffTag{
		{tagWidth, kindLong, []int{d.w}},
		{tagHeight, kindLong, []int{d.h}},
		{tagBits, kindShort, all(d.bits)},
		{tagCompression, kindShort, []int{d.compression}},
		{tagPhotometric, kindShort, []int{d.photometric}},
		{tagStripOffsets, place, strips.offsets},
		{tagSamples, kindShort, []int{d.samples}},
		{tagRowsPerStrip, kindLong, []int{d.rows}},
		{tagStripBytes, place, strips.counts},
		{tagPlanar, kindShort, []int{1}},
		{tagPredictor, kindShort, []int{d.predictor}},
		{tagExtraSamples, kindShort, d.extra},
		{tagSampleFormat, kindShort, all(d.format)},
	}
	// Only a compression has a predictor, and only some pictures have extras.
	return slices.DeleteFunc(tags, func(t tiffTag) bool {
		return t.tag == tagPredictor && d.compression == 1 || len(t.values) == 0
	})
}

// encode returns the directory that stands at byte at, and the values that it
// points to.
func (d *tiffDirectory) encode(at int, strips tiffPlaces) []byte {
	tags := d.tags(strips)
	be, word := binary.BigEndian, 4
	counter, number := be.AppendUint16(nil, uint16(len(tags))), func(b []byte, v int) []byte { return be.AppendUint32(b, uint32(v)) }
	if d.big {
		word, counter = 8, be.AppendUint64(nil, uint64(len(tags)))
		number = func(b []byte, v int) []byte { return be.AppendUint64(b, uint64(v)) }
	}
	far := at + len(counter) + (4+2*word)*len(tags) + word // where values that fit no tag go
	list := counter
	var values []byte
	for _, t := range tags {
		list = be.AppendUint16(be.AppendUint16(list, t.tag), t.kind)
		list = number(list, len(t.values))
		v := t.encode()
		if len(v) <= word {
			list = append(append(list, v...), make([]byte, word-len(v))...)
			continue
		}
		list = number(list, far+len(values))
		values = append(values, v...)
		values = append(values, make([]byte, -len(v)&7)...)
	}
	return append(number(list, d.next), values...)
}

// encode returns the values of a tag.
func (t tiffTag) encode() (b []byte) {
	be := binary.BigEndian
	for _, x := range t.values {
		switch t.kind {
		case kindShort:
			b = be.AppendUint16(b, uint16(x))
		case kindLong:
			b = be.AppendUint32(b, uint32(x))
		default:
			b = be.AppendUint64(b, uint64(x))
		}
	}
	return b
}
