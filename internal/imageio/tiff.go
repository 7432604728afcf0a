package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/image/tiff"
)

// TIFF 6.0: the first picture of a file, of whole numbers or floats, in strips
// or tiles.

const (
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamples         = 277
	tagRowsPerStrip    = 278
	tagStripBytes      = 279
	tagPlanar          = 284
	tagPredictor       = 317
	tagColours         = 320
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileBytes       = 325
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	whiteIsZero        = 0
	blackIsZero        = 1
	photometricRGB     = 2
	photometricPalette = 3
	alphaAssociated    = 1 // colours are multiplied by it
	alphaUnassociated  = 2
	formatUint         = 1
	formatInt          = 2
	formatFloat        = 3
	bigTIFF            = 43 // the version of files with offsets of 8 bytes
)

// tiffFile is a directory of tags and the bytes that they point into.
type tiffFile struct {
	data  []byte   // the whole file, or nil where it is read in parts
	file  *os.File // the file, from byte base on
	base  int64
	size  uint64
	order binary.ByteOrder
	word  uint64 // the size of an offset: 4, or 8 in a BigTIFF
	tags  map[int][]uint64

	w, h, samples, bits  int
	format, photometric  int
	compression, predict int
	planar               bool // each sample has its own strips or tiles
	blockW, blockH       int  // the size of a strip or a tile
	offsets, counts      []uint64
	fileElem             elem
}

// readTIFF reads what this package knows, and leaves the rest (fax codes,
// palettes, bits that are no whole bytes) to the decoder of golang.org/x/image.
func readTIFF(in *input) (*Image, error) {
	t := &tiffFile{}
	f, at, err := in.onDisk(largeBody)
	if err != nil {
		return nil, err
	}
	if f == nil {
		t.data, err = in.all(in.o.maxPixels())
		t.size = uint64(len(t.data))
	} else {
		t.file, t.base = f, at
		var n int64
		n, err = in.drain()
		t.size = uint64(n)
	}
	if err != nil {
		return nil, err
	}
	if err := t.directory(); err != nil {
		return nil, err
	}
	if err := checkSize(in.o.maxPixels(), int64(t.h), int64(t.w)); err != nil {
		return nil, err
	}
	if !t.known() {
		img, err := tiff.Decode(t.reader())
		if err != nil {
			return nil, fmt.Errorf("%w (compression %d, photometric %d, %d samples of %d bits)", err, t.compression, t.photometric, t.samples, t.bits)
		}
		m, err := fromGo(img, t.photometric <= blackIsZero)
		if err == nil {
			m.bits = t.bits
		}
		return m, err
	}
	if err := t.layout(in.o.maxPixels()); err != nil {
		return nil, err
	}
	if off, ok := t.stays(in.o); ok {
		in.file, in.base = t.file, t.base+off
		return t.image(nil)
	}
	mem, err := t.decode()
	if err != nil {
		return nil, err
	}
	return t.image(mem)
}

// maxTags bounds the directory; the standard knows fewer than a hundred.
const maxTags = 4096

// directory reads the tags of the first picture.
func (t *tiffFile) directory() error {
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
	start := t.long(head[t.word:])
	counter := uint64(2) // the size of the number of tags
	if t.word == 8 {
		counter = 8
	}
	b, err := t.at(start, counter)
	if err != nil {
		return err
	}
	n := uint64(t.order.Uint16(b))
	if counter == 8 {
		n = t.order.Uint64(b)
	}
	if n > maxTags {
		return badData("a TIFF directory of %d tags", n)
	}
	entry := 4 + 2*t.word
	if b, err = t.at(start+counter, entry*n); err != nil {
		return err
	}
	t.tags = make(map[int][]uint64)
	for ; len(b) > 0; b = b[entry:] {
		if err := t.tag(b[:entry]); err != nil {
			return err
		}
	}
	t.w, t.h = t.one(tagWidth, 0), t.one(tagHeight, 0)
	t.samples, t.bits = t.one(tagSamples, 1), t.one(tagBits, 1)
	t.format, t.photometric = t.one(tagSampleFormat, formatUint), t.one(tagPhotometric, blackIsZero)
	t.compression, t.predict = t.one(tagCompression, 1), t.one(tagPredictor, 1)
	t.planar = t.one(tagPlanar, 1) == 2 && t.samples > 1
	return nil
}

// at gives n bytes of the file.
func (t *tiffFile) at(off, n uint64) ([]byte, error) {
	if off > t.size || n > t.size-off {
		return nil, io.ErrUnexpectedEOF
	}
	if t.data != nil {
		return t.data[off : off+n], nil
	}
	b := make([]byte, n)
	_, err := t.file.ReadAt(b, t.base+int64(off))
	return b, err
}

func (t *tiffFile) reader() io.Reader {
	if t.data != nil {
		return bytes.NewReader(t.data)
	}
	return io.NewSectionReader(t.file, t.base, int64(t.size))
}

// tag reads a tag whose values are whole numbers.
func (t *tiffFile) tag(b []byte) error {
	size := map[uint16]uint64{1: 1, 3: 2, 4: 4, 16: 8}[t.order.Uint16(b[2:])]
	if size == 0 {
		return nil
	}
	n := t.long(b[4:])
	values := b[4+t.word:]
	if n > t.size {
		return io.ErrUnexpectedEOF
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

// long reads an offset or a count, of 4 bytes or, in a BigTIFF, of 8.
func (t *tiffFile) long(b []byte) uint64 {
	if t.word == 8 {
		return t.order.Uint64(b)
	}
	return uint64(t.order.Uint32(b))
}

func (t *tiffFile) one(tag, otherwise int) int {
	if v := t.tags[tag]; len(v) > 0 {
		return int(v[0])
	}
	return otherwise
}

// known says whether the samples are whole bytes, all alike, in a colour space
// and a compression of this package.
func (t *tiffFile) known() bool {
	same := func(tag, want int) bool {
		return !slices.ContainsFunc(t.tags[tag], func(v uint64) bool { return v != uint64(want) })
	}
	_, compressed := tiffCompressions[t.compression]
	if t.bits < 8 && (t.samples != 1 || t.one(tagFillOrder, 1) != 1) {
		return false
	}
	if t.photometric == photometricPalette {
		return compressed && t.samples == 1 && t.format == formatUint && t.bits <= 8 && len(t.tags[tagColours]) >= 3<<t.bits && t.elem() == nil
	}
	return compressed && same(tagBits, t.bits) && same(tagSampleFormat, t.format) &&
		t.photometric <= photometricRGB && t.elem() == nil
}

// elem sets the type of the samples in the file.
func (t *tiffFile) elem() error {
	pairs := map[[2]int][2]elem{
		{formatUint, 1}: {elemU8, elemU8}, {formatUint, 2}: {elemU8, elemU8}, {formatUint, 4}: {elemU8, elemU8},
		{formatUint, 8}: {elemU8, elemU8}, {formatUint, 16}: {elemU16LE, elemU16BE}, {formatUint, 32}: {elemU32LE, elemU32BE},
		{formatInt, 8}: {elemI8, elemI8}, {formatInt, 16}: {elemI16LE, elemI16BE}, {formatInt, 32}: {elemI32LE, elemI32BE},
		{formatUint, 64}: {elemU64LE, elemU64BE}, {formatInt, 64}: {elemI64LE, elemI64BE},
		{formatFloat, 16}: {elemF16LE, elemF16BE}, {formatFloat, 32}: {elemF32LE, elemF32BE}, {formatFloat, 64}: {elemF64LE, elemF64BE},
	}
	pair, ok := pairs[[2]int{t.format, t.bits}]
	if !ok {
		return fmt.Errorf("samples of format %d and %d bits", t.format, t.bits)
	}
	t.fileElem = pair[0]
	if t.order == binary.ByteOrder(binary.BigEndian) {
		t.fileElem = pair[1]
	}
	return nil
}
