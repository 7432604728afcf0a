package fits

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// An image that is compressed tile by tile is a binary table of one row a tile
// (FITS standard 4.0, section 10). Its own sizes stand on cards that begin with Z.

// tiled is such an image, whose blocks of rows are unpacked when they are read.
type tiled struct {
	table *binaryTable
	cards fitsCards
	axes  []int // the sizes of the image, the fastest axis first
	tile  []int // those of a tile
	grid  []int // how many tiles along each axis

	method    string            // of ZCMPTYPE
	stored    raster.SampleType // a sample of a tile that is not quantised
	sample    raster.SampleType // a sample of the picture
	size      int               // the bytes of a sample for Rice
	block     int               // the samples of a block for Rice
	quantised bool
	seed      int  // of the dither, 0 for none
	zeros     bool // exact zeros are marked
}

func (h fitsCards) isTiled() bool { return h["ZIMAGE"] == "T" }

// tileAxes returns the sizes of the image that a table holds.
func (h fitsCards) tileAxes() ([]int, error) { return h.sizes("ZNAXIS") }

// readTiled reads the image that the table behind the header holds.
func (h fitsCards) readTiled(in *source.Input) (*raster.Picture, error) {
	t, dims, err := h.newTiled(in)
	if err != nil {
		return nil, err
	}
	n, c, height, w, err := raster.ArrayDims(dims, in.Options.PixelLimit())
	if err != nil {
		return nil, err
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	// A block has whole rows of tiles. Beside it stand a tile and what it is unpacked from.
	unit, rowBytes := min(t.tile[1], height), w*t.sample.Size()
	one := memory.Times(append(slices.Clone(t.tile), t.sample.Size())...)
	if err := memory.Need(memory.Times(unit, rowBytes)+2*one, "a row of tiles of %d rows", unit); err != nil {
		return nil, err
	}
	mem, err := in.Body(int(t.table.size))
	if err != nil {
		return nil, err
	}
	if t.table.data, t.table.base = io.ReaderAt(bytes.NewReader(mem)), 0; in.File != nil {
		t.table.data, t.table.base = in.File, in.Base
	}
	if size := n * c * height * rowBytes; size < source.TempFileSize { // small: errors come at once
		mem := make([]byte, size)
		for plane := range n * c {
			at := plane * height * rowBytes
			if err := t.fill(mem[at:at+height*rowBytes], plane, 0, height); err != nil {
				return nil, err
			}
		}
		in.File = nil
		return raster.NewNumbers(mem, n, c, height, w, t.sample, len(dims)), nil
	}
	starts, rows, blocks := source.RowBlocks(n*c, height, rowBytes, unit, source.BlockBytes)
	in.File, in.Base = source.NewBlockFile(in, starts, func(k int, mem []byte) error {
		return t.fill(mem, k/blocks, k%blocks*rows, height)
	}), 0
	return raster.NewNumbers(nil, n, c, height, w, t.sample, len(dims)), nil
}

// newTiled reads the cards. dims are the sizes of the array, the fastest last.
func (h fitsCards) newTiled(in *source.Input) (t *tiled, dims []int, err error) {
	t = &tiled{cards: h, method: unquote(h["ZCMPTYPE"])}
	if t.table, err = h.table(); err != nil {
		return nil, nil, err
	}
	if t.axes, err = h.tileAxes(); err != nil {
		return nil, nil, err
	}
	for len(t.axes) > 4 && t.axes[len(t.axes)-1] == 1 {
		t.axes = t.axes[:len(t.axes)-1]
	}
	dims = slices.Clone(t.axes)
	slices.Reverse(dims)
	for i := range t.axes {
		other := 1
		if i == 0 {
			other = t.axes[0]
		}
		size, err := h.integer("ZTILE"+strconv.Itoa(i+1), other)
		if err != nil {
			return nil, nil, err
		}
		if size < 1 {
			return nil, nil, raster.BadData("the FITS card ZTILE%d is %d", i+1, size)
		}
		t.tile = append(t.tile, min(size, max(t.axes[i], 1)))
	}
	for len(t.axes) < 2 {
		t.axes, t.tile = append(t.axes, 1), append(t.tile, 1)
	}
	for i := range t.axes {
		t.grid = append(t.grid, (t.axes[i]+t.tile[i]-1)/t.tile[i])
	}
	return t, dims, t.compression(in)
}

// compression reads how tiles are packed, and refuses what is not unpacked.
func (t *tiled) compression(in *source.Input) error {
	h := t.cards
	bits, err := h.integer("ZBITPIX", 0)
	if err != nil {
		return err
	}
	sample, ok := fitsElems[bits]
	if !ok {
		return raster.BadData("ZBITPIX %d is none of 8, 16, 32, 64, -32, -64", bits)
	}
	switch t.method {
	case "GZIP_1", "GZIP_2":
	case "RICE_1", "RICE_ONE":
		if err := t.rice(bits); err != nil {
			return err
		}
	default:
		e := raster.BadData("its tiles are compressed by %.20q; RICE_1, GZIP_1 and GZIP_2 can be unpacked", t.method).(*raster.DataError)
		e.Hint = unpackHint(in.Name)
		return e
	}
	t.stored, t.sample = sample, sample
	_, scaled := t.table.columns["ZSCALE"]
	_, alike := h["ZSCALE"]
	if bits < 0 && (scaled || alike) {
		t.quantised = true
		t.sample = map[int]raster.SampleType{-32: raster.F32LE, -64: raster.F64LE}[bits]
		if err := t.ditherOf(); err != nil {
			return err
		}
	}
	if _, ok := t.table.columns["NULL_PIXEL_MASK"]; ok {
		e := raster.BadData("its tiles have masks (NULL_PIXEL_MASK), which are not read").(*raster.DataError)
		e.Hint = unpackHint(in.Name)
		return e
	}
	return nil
}

// unpackHint names the command that unpacks any of these. It wants no name that
// ends in .fz, but writes standard output only with -S.
func unpackHint(name string) string {
	if name == source.StdinName {
		return "unpack it first: funpack -S FILE.fits.fz | convkit … -"
	}
	return "unpack it into a pipe: funpack -S " + source.ShellWord(name) + " | convkit … -"
}

// rice reads the parameters of Rice's code.
func (t *tiled) rice(bits int) error {
	t.size, t.block = 4, 32
	if bits == 8 || bits == 16 {
		t.size = bits / 8
	}
	for i := 1; ; i++ {
		name, ok := t.cards["ZNAME"+strconv.Itoa(i)]
		if !ok {
			break
		}
		key, to := "ZVAL"+strconv.Itoa(i), (*int)(nil)
		switch unquote(name) {
		case "BLOCKSIZE":
			to = &t.block
		case "BYTEPIX":
			to = &t.size
		default:
			continue
		}
		var err error
		if *to, err = t.cards.integer(key, *to); err != nil {
			return err
		}
	}
	if _, ok := riceCodes[t.size]; !ok || t.block < 1 || t.block > 1<<20 {
		return raster.BadData("Rice's code for %d bytes in blocks of %d is not known", t.size, t.block)
	}
	return nil
}

// ditherOf reads how floats were rounded.
func (t *tiled) ditherOf() error {
	switch method := unquote(t.cards["ZQUANTIZ"]); method {
	case "", "NO_DITHER", "NONE":
		return nil
	case "SUBTRACTIVE_DITHER_1":
	case "SUBTRACTIVE_DITHER_2":
		t.zeros = true
	default:
		return raster.BadData("floats quantised by %.30q are not known", method)
	}
	var err error
	if t.seed, err = t.cards.integer("ZDITHER0", 1); err != nil {
		return err
	}
	if t.seed < 1 || t.seed > ditherLength {
		return raster.BadData("the seed ZDITHER0 = %d is not between 1 and %d", t.seed, ditherLength)
	}
	return nil
}

// check compares the number of tiles with the rows of the table.
func (t *tiled) check() error {
	if want := memory.Times(t.grid...); want != int64(t.table.rows) {
		return raster.BadData("the FITS table has %d rows for %d tiles", t.table.rows, want)
	}
	return nil
}

// fill unpacks the rows from y on of a plane, counted through all of them.
func (t *tiled) fill(mem []byte, plane, y, height int) error {
	rowBytes := t.axes[0] * t.sample.Size()
	rest := plane // the place along each axis beyond the second
	first := 0    // the tile at this place, at the beginning of rows and columns
	within := 0   // its row of the tile at this place, in planes of the tile
	tiles, planes := t.grid[0]*t.grid[1], 1
	for i := 2; i < len(t.axes); i++ {
		at := rest % t.axes[i]
		rest /= t.axes[i]
		first += at / t.tile[i] * tiles
		tiles *= t.grid[i]
		within += at % t.tile[i] * planes
		planes *= min(t.tile[i], t.axes[i]-at/t.tile[i]*t.tile[i])
	}
	for at := 0; at < len(mem); {
		j := y / t.tile[1]
		h := min(t.tile[1], height-j*t.tile[1]) // of the tiles of this row
		for i := range t.grid[0] {
			x := i * t.tile[0]
			w := min(t.tile[0], t.axes[0]-x)
			samples, err := t.unpack(int64(first+j*t.grid[0]+i), w*h*planes)
			if err != nil {
				return err
			}
			size := t.sample.Size()
			samples = samples[within*w*h*size:]
			for row := range h {
				copy(mem[at+row*rowBytes+x*size:], samples[row*w*size:(row+1)*w*size])
			}
		}
		at += h * rowBytes
		y += h
	}
	return nil
}

// packedMost is more bytes than n samples can take, however badly packed.
func packedMost(n int) int64 { return 16*int64(n) + 4096 }

// unpack returns the n samples of a tile, as samples of the picture.
func (t *tiled) unpack(tile int64, n int) ([]byte, error) {
	row := make([]byte, t.table.row)
	if _, err := t.table.data.ReadAt(row, t.table.base+tile*int64(t.table.row)); err != nil {
		return nil, source.CutOff(err)
	}
	packed, err := t.table.array(row, "COMPRESSED_DATA", packedMost(n))
	if err != nil {
		return nil, err
	}
	if len(packed) > 0 && t.quantised {
		whole, err := t.wholeNumbers(packed, n, raster.I32BE)
		if err != nil {
			return nil, err
		}
		q, err := t.quantisation(row, tile)
		if err != nil {
			return nil, err
		}
		dst := make([]byte, n*t.sample.Size())
		q.restore(dst, whole, t.sample)
		return dst, nil
	}
	if len(packed) > 0 {
		return t.wholeNumbers(packed, n, t.stored)
	}
	return t.plain(row, n)
}

// plain returns the samples of a tile that could not be quantised or packed.
func (t *tiled) plain(row []byte, n int) ([]byte, error) {
	b, err := t.table.array(row, "GZIP_COMPRESSED_DATA", packedMost(n))
	if err == nil && len(b) > 0 {
		b, err = gunzip(b, n*8)
	} else if err == nil {
		b, err = t.table.array(row, "UNCOMPRESSED_DATA", packedMost(n))
	}
	if err != nil {
		return nil, err
	}
	return t.asSamples(b, n, t.stored)
}

// wholeNumbers unpacks the n samples of type e in COMPRESSED_DATA, whole numbers or
// floats that were packed as they are, with the high byte first.
func (t *tiled) wholeNumbers(packed []byte, n int, e raster.SampleType) ([]byte, error) {
	if t.size > 0 { // Rice
		b := make([]byte, n*t.size)
		if err := unpackRice(b, packed, n, t.size, t.block); err != nil {
			return nil, err
		}
		return t.convert(b, n, e)
	}
	b, err := gunzip(packed, n*8)
	if err != nil {
		return nil, err
	}
	if t.method == "GZIP_2" {
		b = unshuffle(b, n)
	}
	return t.convert(b, n, e)
}

// asSamples returns samples of type stored as those of the picture.
func (t *tiled) asSamples(b []byte, n int, stored raster.SampleType) ([]byte, error) {
	if len(b) != n*stored.Size() {
		return nil, raster.BadData("a tile of %d samples has %d bytes", n, len(b))
	}
	if t.sample != stored { // floats with the low byte first
		size := stored.Size()
		for i := 0; i < len(b); i += size {
			slices.Reverse(b[i : i+size])
		}
	}
	return b, nil
}

// convert makes n samples of type e of whole numbers that were packed in more or
// fewer bytes.
func (t *tiled) convert(b []byte, n int, e raster.SampleType) ([]byte, error) {
	from, to := len(b)/n, e.Size()
	switch {
	case len(b) != from*n || !slices.Contains([]int{1, 2, 4, 8}, from) || e >= raster.F32LE && from != to:
		return nil, raster.BadData("a tile of %d samples has %d bytes", n, len(b))
	case from == to:
		return b, nil
	}
	wide := make([]byte, n*to)
	for i := range n {
		src, dst := b[i*from:(i+1)*from], wide[i*to:(i+1)*to]
		sign := byte(0)
		if from > 1 && src[0]&0x80 != 0 {
			sign = 0xff
		}
		for k := range dst {
			dst[k] = sign
		}
		copy(dst[max(0, to-from):], src[max(0, from-to):])
	}
	return wide, nil
}

// unshuffle puts the bytes of each of n samples together: first come all high
// bytes.
func unshuffle(b []byte, n int) []byte {
	size, out := len(b)/n, make([]byte, len(b))
	for k := range size {
		for i := range n {
			out[i*size+k] = b[k*n+i]
		}
	}
	return out
}

// gunzip unpacks at most most bytes.
func gunzip(b []byte, most int) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err == nil {
		var out []byte
		if out, err = io.ReadAll(io.LimitReader(z, int64(most)+1)); err == nil && len(out) <= most {
			return out, nil
		}
	}
	return nil, errGzip
}

var errGzip = errors.New("damaged: the gzip data of a tile")

// quantisation reads the scale and zero of a tile, and what stands for NaN.
func (t *tiled) quantisation(row []byte, tile int64) (*quantised, error) {
	q := &quantised{zeros: t.zeros}
	if t.seed > 0 {
		q.dither = newDither(tile, t.seed)
	}
	blank := float64(quantisedNaN)
	for _, c := range []struct {
		key   string
		to    *float64
		other float64
	}{{"ZSCALE", &q.scale, 1}, {"ZZERO", &q.zero, 0}, {"ZBLANK", &blank, quantisedNaN}} {
		if column, ok := t.table.columns[c.key]; ok && !column.far {
			*c.to = column.value(row)
			continue
		}
		var err error
		if *c.to, err = t.cards.float(c.key, c.other); err != nil {
			return nil, err
		}
	}
	q.blank = int32(blank)
	return q, nil
}
