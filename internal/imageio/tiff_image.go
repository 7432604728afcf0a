package imageio

import (
	"bytes"
	"math"
)

// image makes an image of the samples.
func (t *tiffFile) image(mem []byte) (*Image, error) {
	if t.bits < 8 && mem != nil {
		spread := make([]byte, t.h*t.w)
		for y := range t.h {
			spreadBits(spread[y*t.w:(y+1)*t.w], mem[y*t.bytesOf(t.w):], t.bits, t.photometric <= blackIsZero)
		}
		mem = spread
	}
	size := t.fileElem.size()
	var m *Image
	if t.format == formatUint && t.bits <= 16 {
		m = newPixels(mem, t.h, t.w, t.samples, max(t.bits, 8), t.fileElem)
		m.bits = t.bits
	} else {
		m = newNumbers(mem, 1, t.samples, t.h, t.w, t.fileElem, 2)
	}
	m.grid = grid{mem: mem, elem: t.fileElem, sc: size, sx: size * t.samples, sy: size * t.samples * t.w}
	if t.planar {
		m.grid = grid{mem: mem, elem: t.fileElem, sx: size, sy: size * t.w, sc: size * t.w * t.h}
	}
	m.colours, m.alpha = t.samples, false
	if kind, ok := t.alpha(); ok {
		m.colours, m.alpha = t.samples-1, true
		if kind == alphaAssociated {
			m.divideAlpha()
		}
	}
	if t.photometric == photometricPalette {
		m.colours, m.sc, m.palette = 3, 0, t.palette()
	}
	m.rank = 2
	if m.colours > 1 {
		m.rank = 3
	}
	m.orient(t.one(tagOrientation, 1))
	return m, nil
}

// alpha says whether the last sample is alpha, and of which kind. Extra samples
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

// palette is the table of colours, the 8 high bits of 16.
func (t *tiffFile) palette() *[4][256]uint8 {
	colours, n := t.tags[tagColours], 1<<t.bits
	p := new([4][256]uint8)
	for c := range 3 {
		for i := range n {
			p[c][i] = uint8(colours[c*n+i] >> 8)
		}
	}
	for i := range p[3] {
		p[3][i] = 255
	}
	return p
}

// divideAlpha turns colours that were multiplied by alpha into plain ones, in
// memory of their own. Where alpha is not positive, there is no colour.
func (m *Image) divideAlpha() {
	if m.elem == elemF16LE || m.elem == elemF16BE {
		m.widen() // quotients need more digits
	}
	mem := bytes.Clone(m.mem)
	for y := range m.h {
		for x := range m.w {
			o := m.off + y*m.sy + x*m.sx
			a := m.stored(o+m.colours*m.sc, m.colours)
			for c := range m.colours {
				v := 0.0
				if a > 0 || a != a {
					v = m.stored(o+c*m.sc, c) / a
				}
				if m.kind == Pixels {
					v = min(math.Floor(v*m.full+0.5), m.full)
				}
				store(mem[o+c*m.sc:], 0, m.elem, []float64{v})
			}
		}
	}
	m.mem = mem
}

// widen makes float32 of samples of 16 bits.
func (m *Image) widen() {
	wide := make([]float32, len(m.mem)/2)
	load(wide, m.mem, 0, 2, m.elem)
	m.mem, m.elem = bytesOf(wide), native[float32]()
	for _, step := range []*int{&m.off, &m.sn, &m.sc, &m.sy, &m.sx} {
		*step *= 2
	}
}
