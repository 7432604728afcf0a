package raster

import (
	"bytes"
	"math"
)

// Orient turns the picture upright by changing its strides; no sample moves. The
// orientations are those of EXIF and TIFF: 1 upright, 2 mirrored, 3 turned by 180
// degrees, 4 upside down, and 5 to 8 the same with rows and columns exchanged.
// Others change nothing.
func (m *Picture) Orient(o int) {
	if o < 2 || o > 8 {
		return
	}
	flipX := func() { m.Offset, m.StrideX = m.Offset+(m.W-1)*m.StrideX, -m.StrideX }
	flipY := func() { m.Offset, m.StrideY = m.Offset+(m.H-1)*m.StrideY, -m.StrideY }
	if o == 2 || o == 3 || o == 7 || o == 8 {
		flipX()
	}
	if o == 3 || o == 4 || o == 6 || o == 7 {
		flipY()
	}
	if o >= 5 {
		m.H, m.W, m.StrideX, m.StrideY = m.W, m.H, m.StrideY, m.StrideX
	}
}

// Unpremultiply divides colours that were multiplied by alpha by it, in new
// memory. Colours are 0 where alpha is not positive. Samples of float16 become
// float32, since the quotients need more digits.
func (m *Picture) Unpremultiply() {
	if m.Type == F16LE || m.Type == F16BE {
		m.widen()
	}
	mem := bytes.Clone(m.Mem)
	for y := range m.H {
		for x := range m.W {
			o := m.Offset + y*m.StrideY + x*m.StrideX
			a := m.Sample(o+m.Colours*m.StrideC, m.Colours)
			for c := range m.Colours {
				v := 0.0
				if a > 0 || a != a {
					v = m.Sample(o+c*m.StrideC, c) / a
				}
				if m.Kind == Pixels {
					v = min(math.Floor(v*m.Full+0.5), m.Full)
				}
				Store(mem[o+c*m.StrideC:], 0, m.Type, []float64{v})
			}
		}
	}
	m.Mem = mem
}

// widen converts float16 samples to float32.
func (m *Picture) widen() {
	wide := make([]float32, len(m.Mem)/2)
	Load(wide, m.Mem, 0, 2, m.Type)
	m.Mem, m.Type = BytesOf(wide), Native[float32]()
	for _, step := range []*int{&m.Offset, &m.StrideN, &m.StrideC, &m.StrideY, &m.StrideX} {
		*step *= 2
	}
}
