package tiff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// image makes an image of the samples.
func (t *tiffFile) image(mem []byte) (*raster.Picture, error) {
	if t.bits < 8 && mem != nil {
		spread := make([]byte, t.h*t.w)
		for y := range t.h {
			raster.SpreadBits(spread[y*t.w:(y+1)*t.w], mem[y*t.bytesOf(t.w):], t.bits, t.photometric <= blackIsZero)
		}
		mem = spread
	}
	size := t.fileElem.Size()
	var m *raster.Picture
	if t.format == formatUint && t.bits <= 16 {
		m = raster.NewPixels(mem, t.h, t.w, t.samples, max(t.bits, 8), t.fileElem)
		m.Bits = t.bits
	} else {
		m = raster.NewNumbers(mem, 1, t.samples, t.h, t.w, t.fileElem, 2)
	}
	m.Layout = raster.Layout{Mem: mem, Type: t.fileElem, StrideC: size, StrideX: size * t.samples, StrideY: size * t.samples * t.w}
	if t.planar {
		m.Layout = raster.Layout{Mem: mem, Type: t.fileElem, StrideX: size, StrideY: size * t.w, StrideC: size * t.w * t.h}
	}
	m.Colours, m.Alpha = t.samples, false
	if kind, ok := t.alpha(); ok {
		m.Colours, m.Alpha = t.samples-1, true
		if kind == alphaAssociated {
			m.Unpremultiply()
		}
	}
	if t.photometric == photometricPalette {
		m.Colours, m.StrideC, m.Palette = 3, 0, t.palette()
	}
	m.Rank = 2
	if m.Colours > 1 {
		m.Rank = 3
	}
	m.Orient(t.one(tagOrientation, 1))
	if v, err := strconv.ParseFloat(strings.TrimSpace(t.text(tagNoData)), 64); err == nil && m.Kind == raster.Numbers {
		m.NoData = &v
	}
	return m, nil
}

// alpha reports whether the last sample is alpha, and of which kind. Extra samples
// have to say so, but a fourth one of pixels, which is alpha to everyone.
func (t *tiffFile) alpha() (kind int, ok bool) {
	extra := t.tags[tagExtraSamples]
	n := t.samples - t.colours()
	if n < 1 || t.photometric == photometricPalette {
		return 0, false
	}
	if len(extra) > 0 {
		kind = int(extra[len(extra)-1])
	}
	says := len(extra) == n && (kind == alphaAssociated || kind == alphaUnassociated)
	if t.format == formatUint && t.bits <= 16 {
		return kind, says || n == 1 && t.colours() == 3
	}
	return kind, says && t.format == formatFloat
}

// palette is the table of colours: the 8 high bits of 16 or, as libtiff has it, the
// 8 low ones if no number needs more.
func (t *tiffFile) palette() *[4][256]uint8 {
	colours, n := t.tags[tagColours], 1<<t.bits
	shift := 0
	if slices.Max(colours[:3*n]) > 255 {
		shift = 8
	}
	p := new([4][256]uint8)
	for c := range 3 {
		for i := range n {
			p[c][i] = uint8(colours[c*n+i] >> shift)
		}
	}
	for i := range p[3] {
		p[3][i] = 255
	}
	return p
}
