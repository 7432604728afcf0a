// Package tiff reads and writes TIFF 6.0 and reads BigTIFF. It is written here
// because golang.org/x/image/tiff reads neither floats nor BigTIFF nor any page
// but the first, and holds the whole picture in memory. What is left to that
// decoder: fax codes, and bits that are not whole bytes.
package tiff

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"os"
	"slices"

	"golang.org/x/image/tiff"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// TIFF 6.0: the first picture of a file, of whole numbers or floats, in strips
// or tiles.

const (
	tagSubfile         = 254
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagDescription     = 270
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
	tagJPEGTables      = 347
	tagNoData          = 42113 // of GDAL: a number as text
	whiteIsZero        = 0
	blackIsZero        = 1
	photometricRGB     = 2
	photometricPalette = 3
	photometricYCbCr   = 6
	compressionJPEG    = 7
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
	first uint64 // the place of the first directory
	start uint64 // that of the directory of the picture that is read

	w, h, samples, bits  int
	format, photometric  int
	compression, predict int
	planar               bool // each sample has its own strips or tiles
	blockW, blockH       int  // the size of a strip or a tile
	offsets, counts      []uint64
	fileElem             raster.SampleType
	tables               []byte // of JPEG
}

// read reads the picture whose directory has been read: what this package knows;
// the rest (fax codes, palettes, bits that are no whole bytes) is left to the
// decoder of golang.org/x/image.
func (t *tiffFile) read(in *source.Input) (*raster.Picture, error) {
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(t.h), int64(t.w)); err != nil {
		return nil, err
	}
	if !t.known() {
		return t.throughGo(in)
	}
	if err := t.layout(in.Options.PixelLimit()); err != nil {
		return nil, err
	}
	var mem []byte
	var err error
	if off, ok := t.stays(); ok {
		in.File, in.Base = t.file, t.base+off
	} else if f, ok := t.unpackedRows(in); ok {
		in.File, in.Base = f, 0
	} else if mem, err = t.decode(); err != nil {
		return nil, err
	}
	t.unpackedElem()
	return t.image(mem)
}

// throughGo reads the picture by the decoder of golang.org/x/image.
func (t *tiffFile) throughGo(in *source.Input) (*raster.Picture, error) {
	// Colours of 16 bits and alpha, at most.
	if err := memory.Need(memory.Times(t.h, t.w, 4, (t.bits+7)/8), "a picture of %dx%d pixels", t.h, t.w); err != nil {
		return nil, err
	}
	img, err := guard.Decode(func() (image.Image, error) { return tiff.Decode(t.reader()) })
	if err != nil {
		return nil, t.refuse(in.Name, err)
	}
	if g, ok := img.(*image.Gray); ok && t.fax() && t.photometric == blackIsZero {
		for i := range g.Pix { // white runs are zeros, whatever zeros mean
			g.Pix[i] ^= 255
		}
	}
	m, err := goimage.FromGo(img, t.photometric <= blackIsZero)
	if err == nil {
		m.Bits = t.bits
	}
	return m, err
}

// fax reports whether the picture is packed by CCITT Group 3 or 4.
func (t *tiffFile) fax() bool { return t.compression == 3 || t.compression == 4 }

// at gives n bytes of the file.
func (t *tiffFile) at(off, n uint64) ([]byte, error) { return t.into(new([]byte), off, n) }

// into is at, in the memory of buf where the file is not in memory.
func (t *tiffFile) into(buf *[]byte, off, n uint64) ([]byte, error) {
	if off > t.size || n > t.size-off {
		return nil, io.ErrUnexpectedEOF
	}
	if t.data != nil {
		return t.data[off : off+n], nil
	}
	b := scratch.Sized(buf, int(n))
	_, err := t.file.ReadAt(b, t.base+int64(off))
	return b, err
}

// reader gives the file to a decoder that looks at its first page, for which the
// one that is read stands in.
func (t *tiffFile) reader() io.Reader {
	file := io.NewSectionReader(t.file, t.base, int64(t.size))
	if t.data != nil {
		file = io.NewSectionReader(bytes.NewReader(t.data), 0, int64(t.size))
	}
	head := make([]byte, 4+t.word)
	if _, err := file.ReadAt(head, 0); err != nil || t.word != 4 {
		return file
	}
	t.order.PutUint32(head[4:], uint32(t.start))
	return io.NewSectionReader(otherHead{file, head}, 0, int64(t.size))
}

// otherHead is a file with other bytes at its beginning.
type otherHead struct {
	io.ReaderAt
	head []byte
}

func (o otherHead) ReadAt(b []byte, off int64) (int, error) {
	n, err := o.ReaderAt.ReadAt(b, off)
	if off < int64(len(o.head)) {
		copy(b[:n], o.head[off:])
	}
	return n, err
}

// known reports whether the samples are whole bytes, all alike, in a colour space
// and a compression of this package.
func (t *tiffFile) known() bool {
	same := func(tag, want int) bool {
		return !slices.ContainsFunc(t.tags[tag], func(v uint64) bool { return v != uint64(want) })
	}
	_, compressed := tiffCompressions[t.compression]
	if t.bits < 8 && t.samples != 1 {
		return false
	}
	if t.photometric == photometricPalette {
		return compressed && t.samples == 1 && t.format == formatUint && t.bits <= 8 && len(t.tags[tagColours]) >= 3<<t.bits && t.elem() == nil
	}
	if !same(tagBits, t.bits) || !same(tagSampleFormat, t.format) || t.elem() != nil {
		return false
	}
	if t.compression == compressionJPEG {
		ycc := t.photometric == photometricYCbCr && t.samples == 3 && !t.planar
		return t.bits == 8 && t.format == formatUint && (t.samples == 1 || t.samples == 3 || t.planar) && (t.photometric <= photometricRGB || ycc)
	}
	return compressed && t.photometric <= photometricRGB
}

// elem sets the type of the samples in the file.
func (t *tiffFile) elem() error {
	pairs := map[[2]int][2]raster.SampleType{
		{formatUint, 1}: {raster.U8, raster.U8}, {formatUint, 2}: {raster.U8, raster.U8}, {formatUint, 4}: {raster.U8, raster.U8},
		{formatUint, 8}: {raster.U8, raster.U8}, {formatUint, 16}: {raster.U16LE, raster.U16BE}, {formatUint, 32}: {raster.U32LE, raster.U32BE},
		{formatInt, 8}: {raster.I8, raster.I8}, {formatInt, 16}: {raster.I16LE, raster.I16BE}, {formatInt, 32}: {raster.I32LE, raster.I32BE},
		{formatUint, 64}: {raster.U64LE, raster.U64BE}, {formatInt, 64}: {raster.I64LE, raster.I64BE},
		{formatFloat, 16}: {raster.F16LE, raster.F16BE}, {formatFloat, 32}: {raster.F32LE, raster.F32BE}, {formatFloat, 64}: {raster.F64LE, raster.F64BE},
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

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "tif", Extensions: []string{".tif", ".tiff"},
	Holds: codec.Holds{
		Reads:  "1 2 4 8 16 32 64 bits, float16 to float64",
		Depths: []int{8, 16, 32},
		Colour: true,
		Planes: true,
		Floats: true,
		Alpha:  true,
		NaN:    true,
		Binary: true,
		Stack:  true,
		Series: true,
	},
	Sniff:      codec.Magic("II*\x00", "MM\x00*", "II+\x00", "MM\x00+"),
	Open:       openTIFF,
	NewEncoder: newTIFFEncoder,
}
