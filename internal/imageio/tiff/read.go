package tiff

import (
	"bytes"
	"io"
	"math/bits"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// layout finds the strips or tiles and checks that the file can hold what it
// promises.
func (t *tiffFile) layout(limit int64) error {
	t.offsets, t.counts = t.tags[tagStripOffsets], t.tags[tagStripBytes]
	t.blockW, t.blockH = t.w, min(t.one(tagRowsPerStrip, t.h), t.h)
	if len(t.tags[tagTileOffsets]) > 0 {
		t.offsets, t.counts = t.tags[tagTileOffsets], t.tags[tagTileBytes]
		t.blockW, t.blockH = t.one(tagTileWidth, 0), t.one(tagTileHeight, 0)
	}
	if t.samples < t.colours() {
		return raster.BadData("%d samples make no pixel", t.samples)
	}
	if err := raster.CheckSize(limit, int64(t.h), int64(t.w), int64(t.samples)); err != nil {
		return err
	}
	if err := raster.CheckSize(limit, int64(t.blockH), int64(t.blockW), int64(t.samples)); err != nil {
		return err
	}
	n := t.across() * t.down() * t.planes()
	if len(t.offsets) < n || len(t.counts) < n && t.compression != 1 {
		return raster.BadData("%d of %d strips or tiles are missing", n-min(len(t.offsets), len(t.counts)), n)
	}
	size := max(t.bytesOf(t.w)*t.h*t.planes(), t.bytesOf(t.blockW)*t.blockH)
	gain := tiffCompressions[t.compression].gain
	if t.compression == compressionJPEG {
		gain, t.tables, t.predict = jpegGain, t.tablesOf(), 1
	}
	if size/gain > int(t.size) {
		return io.ErrUnexpectedEOF
	}
	if t.bits < 8 && (t.predict != 1 || t.blockW != t.w && t.blockW%8 != 0) {
		return raster.BadData("tiles or differences that do not begin at bytes")
	}
	if t.predict == 3 && t.format != formatFloat {
		return raster.BadData("a predictor of floats before whole numbers")
	}
	return nil
}

// colours is the number of samples a pixel without extra ones.
func (t *tiffFile) colours() int {
	if t.photometric == photometricRGB || t.photometric == photometricYCbCr {
		return 3
	}
	return 1
}

func (t *tiffFile) across() int { return (t.w + t.blockW - 1) / t.blockW }
func (t *tiffFile) down() int   { return (t.h + t.blockH - 1) / t.blockH }

// planes is the number of sets of strips or tiles.
func (t *tiffFile) planes() int {
	if t.planar {
		return t.samples
	}
	return 1
}

// bytesOf is the size of w pixels of a row, of one plane where they lie apart.
func (t *tiffFile) bytesOf(w int) int { return (w*t.bits*t.samples/t.planes() + 7) / 8 }

// decode gives the samples row by row, interleaved or plane by plane as in the
// file. Numbers that lie there as they are needed are not copied.
func (t *tiffFile) decode() ([]byte, error) {
	rowBytes := t.bytesOf(t.w)
	if off, ok := t.contiguous(rowBytes); ok {
		return t.at(off, uint64(t.h*rowBytes*t.planes()))
	}
	if err := memory.Need(memory.Times(t.h, rowBytes, t.planes()), "a picture of %dx%d pixels", t.h, t.w); err != nil {
		return nil, err
	}
	mem := make([]byte, t.h*rowBytes*t.planes())
	for plane := range t.planes() {
		if err := t.rows(mem[plane*t.h*rowBytes:][:t.h*rowBytes], plane, 0); err != nil {
			return nil, err
		}
	}
	return mem, nil
}

// rows fills mem with rows of a plane from row y0 on, where a strip or a row of
// tiles begins; they end with one, or with the picture.
func (t *tiffFile) rows(mem []byte, plane, y0 int) error {
	rowBytes, tileBytes := t.bytesOf(t.w), t.bytesOf(t.blockW)
	buf := scratch.Get()
	defer scratch.Put(buf)
	for y := y0; len(mem) > 0; y += t.blockH {
		rows := min(t.blockH, t.h-y) // the last strip is as short as the picture
		first := (plane*t.down() + y/t.blockH) * t.across()
		band := mem[:rows*rowBytes]
		mem = mem[len(band):]
		if t.blockW == t.w {
			if err := t.block(band, first, rowBytes); err != nil {
				return err
			}
			continue
		}
		for i := range t.across() {
			tile := scratch.Sized(buf, t.blockH*tileBytes)
			if err := t.block(tile, first+i, tileBytes); err != nil {
				return err
			}
			x := i * t.blockW
			n := t.bytesOf(min(t.blockW, t.w-x))
			for r := range rows {
				copy(band[r*rowBytes+t.bytesOf(x):][:n], tile[r*tileBytes:])
			}
		}
	}
	return nil
}

// unpackedRows is a file of the rows of a large picture, of which strips or rows
// of tiles are unpacked as they are needed. It has none of a picture whose strips
// are large themselves.
func (t *tiffFile) unpackedRows(in *source.Input) (f *source.BlockFile, ok bool) {
	size := t.bytesOf(t.w)
	if !t.plain() || t.h*size*t.planes() < source.LargeBody || t.blockH*size > largeStrip {
		return nil, false
	}
	starts, rows, n := source.RowBlocks(t.planes(), t.h, size, t.blockH, source.BlockBytes)
	return source.NewBlockFile(in, starts, func(k int, mem []byte) error { return t.rows(mem, k/n, k%n*rows) }), true
}

// largeStrip is the size of a strip or a row of tiles that is not unpacked again
// when it is needed again: two are kept, and what they are packed into is read, so
// that a file of 16-bit strips of this size takes up to 220 MB.
const largeStrip = 24 << 20

// contiguous tells where the whole picture lies in one piece, uncompressed.
func (t *tiffFile) contiguous(rowBytes int) (off uint64, ok bool) {
	if t.one(tagFillOrder, 1) != 1 || t.compression != 1 || t.blockW != t.w || t.predict != 1 || t.photometric == whiteIsZero {
		return 0, false
	}
	strip := uint64(t.blockH * rowBytes)
	for i, off := range t.offsets {
		if off != t.offsets[0]+uint64(i)*strip {
			return 0, false
		}
	}
	size, stated := uint64(t.h*rowBytes*t.planes()), uint64(0)
	for _, n := range t.counts {
		stated += n
	}
	if len(t.counts) > 0 && stated < size || t.planes() > 1 && t.h%t.blockH != 0 {
		return 0, false
	}
	off = t.offsets[0]
	return off, off <= t.size && size <= t.size-off
}

// stays tells where the samples of a large file lie that can be read row by
// row as they are.
func (t *tiffFile) stays() (off int64, ok bool) {
	if !t.plain() {
		return 0, false
	}
	at, ok := t.contiguous(t.bytesOf(t.w))
	return int64(at), ok
}

// plain reports whether the picture is a large file's whose rows are of use one by
// one: upright and without alpha.
func (t *tiffFile) plain() bool {
	_, alpha := t.alpha()
	numbers := t.format != formatUint || t.bits > 16
	colours := t.photometric != photometricPalette && t.samples == t.colours()
	return t.file != nil && t.bits >= 8 && !alpha && (numbers || colours) && t.one(tagOrientation, 1) == 1
}

// block unpacks strip or tile i into b and undoes its predictor.
func (t *tiffFile) block(b []byte, i, rowBytes int) error {
	n := uint64(len(b))
	if i < len(t.counts) {
		n = t.counts[i]
	}
	buf := scratch.Get()
	defer scratch.Put(buf)
	packed, err := t.into(buf, t.offsets[i], n)
	if err != nil {
		return err
	}
	unpack := t.unpackJPEG
	if t.compression != compressionJPEG {
		unpack = tiffCompressions[t.compression].unpack
		packed = t.inOrder(packed)
	}
	if err := unpack(b, packed); err != nil {
		return err
	}
	if t.predict == 1 && t.photometric != whiteIsZero {
		return nil
	}
	samples := t.samples / t.planes()
	for r := range len(b) / rowBytes {
		row := b[r*rowBytes : (r+1)*rowBytes]
		switch t.predict {
		case 1:
		case 2:
			undoDifferences(row, samples, t.fileElem.Size(), t.order)
		case 3:
			undoFloatPredictor(row, samples, t.fileElem.Size())
		default:
			return raster.BadData("TIFF predictor %d is not known", t.predict)
		}
		if t.photometric == whiteIsZero && t.format == formatUint {
			for i := range row {
				row[i] = ^row[i]
			}
		}
	}
	return nil
}

// inOrder gives bytes with the first bit high, also of a file that has it low.
func (t *tiffFile) inOrder(b []byte) []byte {
	if t.one(tagFillOrder, 1) != 2 {
		return b
	}
	b = bytes.Clone(b)
	for i, v := range b {
		b[i] = bits.Reverse8(v)
	}
	return b
}
