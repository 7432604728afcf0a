// Package fits reads and writes images of FITS (standard 4.0). It is written here
// so that a large image stays in its file and its header is carried along card by
// card.
package fits

import (
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// FITS (standard 4.0): blocks of 2880 bytes, headers of 80-character cards,
// numbers with the high byte first, the first axis the fastest.
const (
	fitsBlock = 2880
	fitsCard  = 80
)

// fitsCards are the values of a header's cards, as they are spelled.
type fitsCards map[string]string

// maxFITSCards is far above the longest headers of telescopes.
const maxFITSCards = 36 * 1000

// fitsHeader reads a header: the values of its cards, and the cards as they are.
func fitsHeader(r io.Reader) (h fitsCards, cards []string, err error) {
	h = fitsCards{}
	var block [fitsBlock]byte
	for n := 0; n < maxFITSCards; {
		if _, err := io.ReadFull(r, block[:]); err != nil {
			return nil, nil, source.CutOff(err)
		}
		for i := 0; i < fitsBlock; i += fitsCard {
			n++
			card := string(block[i : i+fitsCard])
			key := strings.TrimRight(card[:8], " ")
			if key == "END" {
				return h, cards, nil
			}
			cards = append(cards, card)
			if card[8:10] != "= " {
				continue
			}
			value, _, _ := strings.Cut(card[10:], "/")
			if _, twice := h[key]; !twice {
				h[key] = strings.TrimSpace(value)
			}
		}
	}
	return nil, nil, raster.BadData("a FITS header of more than %d cards", maxFITSCards)
}

func (h fitsCards) integer(key string, otherwise int) (int, error) {
	word, ok := h[key]
	if !ok {
		return otherwise, nil
	}
	v, err := strconv.Atoi(word)
	if err != nil {
		return 0, raster.BadData("the FITS card %s is %.40q, not a whole number", key, word)
	}
	return v, nil
}

func (h fitsCards) float(key string, otherwise float64) (float64, error) {
	word, ok := h[key]
	if !ok {
		return otherwise, nil
	}
	v, err := strconv.ParseFloat(strings.Replace(word, "D", "E", 1), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, raster.BadData("the FITS card %s is %.40q, not a number", key, word)
	}
	return v, nil
}

func (h fitsCards) isImage() bool {
	if h.isTiled() {
		axes, err := h.tileAxes()
		return err != nil || len(axes) > 0 && !slices.Contains(axes, 0)
	}
	_, primary := h["SIMPLE"]
	extension := strings.TrimSpace(strings.Trim(h["XTENSION"], "' "))
	if !primary && extension != "IMAGE" || h["NAXIS"] == "0" {
		return false
	}
	axes, err := h.axes()
	return err != nil || !slices.Contains(axes, 0) // what is wrong is told by who reads it
}

// axes gives the sizes of the axes, the fastest first.
func (h fitsCards) axes() ([]int, error) { return h.sizes("NAXIS") }

// sizes reads a number of axes and the card of each.
func (h fitsCards) sizes(key string) ([]int, error) {
	if _, ok := h[key]; !ok {
		return nil, raster.BadData("a FITS header lacks the card %s", key)
	}
	n, err := h.integer(key, 0)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > 999 {
		return nil, raster.BadData("a FITS image of %d axes", n)
	}
	axes := make([]int, n)
	for i := range axes {
		if axes[i], err = h.integer(key+strconv.Itoa(i+1), -1); err != nil {
			return nil, err
		}
		if axes[i] < 0 {
			return nil, raster.BadData("the FITS axis %d has no size", i+1)
		}
	}
	return axes, nil
}

// skip is the number of bytes of a part that is no image, blocks filled up.
func (h fitsCards) skip() (int64, error) {
	axes, err := h.axes()
	if err != nil || len(axes) == 0 {
		return 0, err
	}
	var extra, groups, bits int
	for _, c := range []struct {
		key   string
		to    *int
		other int
	}{{"PCOUNT", &extra, 0}, {"GCOUNT", &groups, 1}, {"BITPIX", &bits, 8}} {
		if *c.to, err = h.integer(c.key, c.other); err != nil {
			return 0, err
		}
	}
	n := 1.0
	for _, a := range axes {
		n *= float64(a)
	}
	n = (n + float64(extra)) * float64(groups) * math.Abs(float64(bits)) / 8
	if !(n >= 0 && n < 1<<62) {
		return 0, raster.BadData("a FITS part of %g bytes", n)
	}
	return (int64(n) + fitsBlock - 1) / fitsBlock * fitsBlock, nil
}

var fitsElems = map[int]raster.SampleType{8: raster.U8, 16: raster.I16BE, 32: raster.I32BE, 64: raster.I64BE, -32: raster.F32BE, -64: raster.F64BE}

// image reads the numbers that follow the header, as physical values.
func (h fitsCards) image(in *source.Input) (*raster.Picture, error) {
	read := h.plain
	if h.isTiled() {
		read = h.readTiled
	}
	m, err := read(in)
	if err != nil {
		return nil, err
	}
	return m, h.physical(m)
}

// plain reads the numbers as they are stored.
func (h fitsCards) plain(in *source.Input) (*raster.Picture, error) {
	axes, err := h.axes()
	if err != nil {
		return nil, err
	}
	for len(axes) > 4 && axes[len(axes)-1] == 1 {
		axes = axes[:len(axes)-1]
	}
	slices.Reverse(axes)
	n, c, height, w, err := raster.ArrayDims(axes, in.Options.PixelLimit())
	if err != nil {
		return nil, err
	}
	bits, err := h.integer("BITPIX", 0)
	if err != nil {
		return nil, err
	}
	e, ok := fitsElems[bits]
	if !ok {
		return nil, raster.BadData("BITPIX %d is none of 8, 16, 32, 64, -32, -64", bits)
	}
	mem, err := in.Body(n * c * height * w * e.Size())
	if err != nil {
		return nil, err
	}
	return raster.NewNumbers(mem, n, c, height, w, e, len(axes)), nil
}

// physical reads how stored numbers become physical values.
func (h fitsCards) physical(m *raster.Picture) (err error) {
	if m.Zero, err = h.float("BZERO", 0); err != nil {
		return err
	}
	if m.Scale, err = h.float("BSCALE", 1); err != nil {
		return err
	}
	for _, key := range []string{"ZBLANK", "BLANK"} {
		if _, ok := h[key]; ok && m.Type < raster.F32LE {
			blank, err := h.float(key, 0)
			if err != nil {
				return err
			}
			m.Blank = &blank
		}
	}
	if m.Type == raster.I64BE && m.Scale == 1 && m.Zero == 1<<63 {
		unsigned64(m)
	}
	// No card of the standard: what is no number says nothing.
	if _, ok := h["SATURATE"]; ok {
		if v, err := h.float("SATURATE", 0); err == nil {
			m.Saturate = &v
		}
	}
	return nil
}

// unsigned64 reads whole numbers less 2^63 as what they stand for: as floats,
// small ones would vanish beside it.
func unsigned64(m *raster.Picture) {
	m.Type, m.Zero = raster.OffsetU64BE, 0
	if m.Blank != nil {
		*m.Blank += 1 << 63
	}
}

// fitsFill is the number of bytes that n lacks to whole blocks.
func fitsFill(n int) int { return (fitsBlock - n%fitsBlock) % fitsBlock }

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "fits", Extensions: []string{".fits", ".fit", ".fts"},
	Holds: codec.Holds{
		Reads:  "8 16 32 64 bits, float32, float64",
		Kind:   raster.Numbers,
		Depths: []int{8, 16, 32, 64},
		Planes: true,
		Batch:  true,
		NaN:    true,
		Binary: true,
		Cards:  true,
		Stack:  true,
	},
	Sniff:      codec.Magic("SIMPLE  ="),
	Open:       openFITS,
	NewEncoder: newFITSEncoder,
}
