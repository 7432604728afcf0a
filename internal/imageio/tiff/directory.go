package tiff

import (
	"encoding/binary"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
)

const (
	// maxTags bounds the directory; the standard knows fewer than a hundred.
	maxTags = 4096
	// maxTagValues bounds the numbers of one tag: twice the places of the smallest
	// tiles of the largest picture. Each takes 8 bytes of memory, one of the file.
	maxTagValues = 1 << 24
)

// header reads the byte order, the size of offsets, and where the first directory
// is.
func (t *tiffFile) header() error {
	head, err := t.at(0, 16)
	if err != nil {
		return err
	}
	t.order = binary.ByteOrder(binary.LittleEndian)
	if head[0] == 'M' {
		t.order = binary.BigEndian
	}
	t.word = 4
	if t.order.Uint16(head[2:]) == bigTIFF {
		t.word = 8
	}
	t.first = t.long(head[t.word:])
	return nil
}

// directory reads the directory at start: those of its tags that keep wants.
func (t *tiffFile) directory(start uint64, keep []int) (next uint64, err error) {
	b, next, err := t.entries(start)
	if err != nil {
		return 0, err
	}
	t.start, t.tags = start, make(map[int][]uint64)
	for size := t.entrySize(); len(b) > 0; b = b[size:] {
		if err := t.tag(b[:size], keep); err != nil {
			return 0, err
		}
	}
	t.w, t.h = t.one(tagWidth, 0), t.one(tagHeight, 0)
	t.samples, t.bits = t.one(tagSamples, 1), t.one(tagBits, 1)
	t.format, t.photometric = t.one(tagSampleFormat, formatUint), t.one(tagPhotometric, blackIsZero)
	t.compression, t.predict = t.one(tagCompression, 1), t.one(tagPredictor, 1)
	t.planar = t.one(tagPlanar, 1) == 2 && t.samples > 1
	return next, nil
}

// entries gives the tags of the directory at start, and where the next one is,
// 0 where there is none.
func (t *tiffFile) entries(start uint64) (b []byte, next uint64, err error) {
	counter := uint64(2) // the size of the number of tags
	if t.word == 8 {
		counter = 8
	}
	if b, err = t.at(start, counter); err != nil {
		return nil, 0, err
	}
	n := uint64(t.order.Uint16(b))
	if counter == 8 {
		n = t.order.Uint64(b)
	}
	if n > maxTags {
		return nil, 0, raster.BadData("a TIFF directory of %d tags", n)
	}
	size := t.entrySize() * n
	if b, err = t.at(start+counter, size); err != nil {
		return nil, 0, err
	}
	if link, err := t.at(start+counter+size, t.word); err == nil {
		next = t.long(link)
	}
	return b, next, nil
}

func (t *tiffFile) entrySize() uint64 { return 4 + 2*t.word }

// tiffTags are those that are used; others, profiles and remarks among them, may
// be large.
var tiffTags = []int{
	tagWidth, tagHeight, tagBits, tagCompression, tagPhotometric, tagFillOrder, tagStripOffsets, tagOrientation, tagSamples, tagRowsPerStrip,
	tagStripBytes, tagPlanar, tagPredictor, tagColours, tagNoData, tagTileWidth, tagTileHeight, tagTileOffsets, tagTileBytes, tagExtraSamples, tagSampleFormat, tagJPEGTables,
}

// tag reads a tag whose values are whole numbers.
func (t *tiffFile) tag(b []byte, keep []int) error {
	if !slices.Contains(keep, int(t.order.Uint16(b))) {
		return nil
	}
	kind := t.order.Uint16(b[2:])
	size := map[uint16]uint64{1: 1, kindText: 1, 3: 2, 4: 4, 7: 1, 16: 8}[kind]
	if size == 0 {
		return nil
	}
	n := t.long(b[4:])
	values := b[4+t.word:]
	if kind == kindText && n > t.word {
		n = min(n, max(maxText, t.word+1))
	}
	if n > t.size {
		return io.ErrUnexpectedEOF
	}
	if n > maxTagValues {
		return raster.BadData("a TIFF tag of %d values", n)
	}
	if n*size > t.word {
		var err error
		if values, err = t.at(t.long(values), n*size); err != nil {
			return err
		}
	}
	list := make([]uint64, n)
	for i := range list {
		switch size {
		case 1:
			list[i] = uint64(values[i])
		case 2:
			list[i] = uint64(t.order.Uint16(values[2*i:]))
		case 4:
			list[i] = uint64(t.order.Uint32(values[4*i:]))
		case 8:
			list[i] = t.order.Uint64(values[8*i:])
		}
	}
	t.tags[int(t.order.Uint16(b))] = list
	return nil
}

const (
	kindText = 2
	// maxText is how much of a text is read: its beginning says what is needed.
	maxText = 4096
)

// text returns the text of a tag, or "".
func (t *tiffFile) text(tag int) string {
	var b strings.Builder
	for _, c := range t.tags[tag] {
		if c == 0 || c > 255 {
			break
		}
		b.WriteByte(byte(c))
	}
	return b.String()
}

// long reads an offset or a count, of 4 bytes or, in a BigTIFF, of 8.
func (t *tiffFile) long(b []byte) uint64 {
	if t.word == 8 {
		return t.order.Uint64(b)
	}
	return uint64(t.order.Uint32(b))
}

// one is the first value of a tag. One that no int holds is wrong whatever it is,
// and stays positive.
func (t *tiffFile) one(tag, otherwise int) int {
	if v := t.tags[tag]; len(v) > 0 {
		return int(min(v[0], math.MaxInt))
	}
	return otherwise
}

// Orientation returns the orientation in the first directory of a TIFF, which
// an EXIF block is: 1 to 8, and 1, upright, where it says nothing.
func Orientation(file []byte) int {
	t := &tiffFile{data: file, size: uint64(len(file))}
	if t.header() != nil {
		return 1
	}
	if _, err := t.directory(t.first, []int{tagOrientation}); err != nil {
		return 1
	}
	return t.one(tagOrientation, 1)
}
