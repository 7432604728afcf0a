package imageio

import (
	"bytes"
	"io"
	"math/bits"
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
		return badData("%d samples make no pixel", t.samples)
	}
	if err := checkSize(limit, int64(t.h), int64(t.w), int64(t.samples)); err != nil {
		return err
	}
	if err := checkSize(limit, int64(t.blockH), int64(t.blockW), int64(t.samples)); err != nil {
		return err
	}
	n := t.across() * t.down() * t.planes()
	if len(t.offsets) < n || len(t.counts) < n && t.compression != 1 {
		return badData("%d of %d strips or tiles are missing", n-min(len(t.offsets), len(t.counts)), n)
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
		return badData("tiles or differences that do not begin at bytes")
	}
	if t.predict == 3 && t.format != formatFloat {
		return badData("a predictor of floats before whole numbers")
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
	rowBytes, blockBytes := t.bytesOf(t.w), t.bytesOf(t.blockW)
	if off, ok := t.contiguous(rowBytes); ok {
		return t.at(off, uint64(t.h*rowBytes*t.planes()))
	}
	mem := make([]byte, t.h*rowBytes*t.planes())
	var tile []byte
	for i := range t.across() * t.down() * t.planes() {
		plane, at := i/(t.across()*t.down()), i%(t.across()*t.down())
		y, x := at/t.across()*t.blockH, at%t.across()*t.blockW
		if t.blockW == t.w {
			rows := min(t.blockH, t.h-y) // the last strip is as short as the picture
			at := (plane*t.h + y) * rowBytes
			if err := t.block(mem[at:at+rows*rowBytes], i, rowBytes); err != nil {
				return nil, err
			}
			continue
		}
		if tile == nil {
			tile = make([]byte, t.blockH*blockBytes)
		}
		if err := t.block(tile, i, blockBytes); err != nil {
			return nil, err
		}
		n := t.bytesOf(min(t.blockW, t.w-x))
		for r := range min(t.blockH, t.h-y) {
			dst := mem[(plane*t.h+y+r)*rowBytes+t.bytesOf(x):]
			copy(dst[:n], tile[r*blockBytes:])
		}
	}
	switch { // the predictor of floats leaves the high byte first
	case t.predict == 3 && t.bits == 16:
		t.fileElem = elemF16BE
	case t.predict == 3 && t.bits == 32:
		t.fileElem = elemF32BE
	case t.predict == 3:
		t.fileElem = elemF64BE
	}
	return mem, nil
}

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
// row as they are: upright and without alpha.
func (t *tiffFile) stays() (off int64, ok bool) {
	numbers := t.format != formatUint || t.bits > 16
	plain := t.bits >= 8 && numbers || t.photometric == photometricRGB && t.samples == 3 || t.photometric == blackIsZero && t.samples == 1 && t.bits >= 8
	if _, alpha := t.alpha(); alpha || t.file == nil || !plain || t.one(tagOrientation, 1) != 1 {
		return 0, false
	}
	at, ok := t.contiguous(t.bytesOf(t.w))
	return int64(at), ok
}

// block unpacks strip or tile i into b and undoes its predictor.
func (t *tiffFile) block(b []byte, i, rowBytes int) error {
	n := uint64(len(b))
	if i < len(t.counts) {
		n = t.counts[i]
	}
	packed, err := t.at(t.offsets[i], n)
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
			undoDifferences(row, samples, t.fileElem.size(), t.order)
		case 3:
			undoFloatPredictor(row, samples, t.fileElem.size())
		default:
			return badData("TIFF predictor %d is not known", t.predict)
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
