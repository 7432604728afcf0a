package raster

// AlphaRow sets dst to the stored alpha for row y of an output; see AlphaWindow.
// It reports whether the image could be read.
func (m *Image) AlphaRow(dst []float64, y int, at AlphaWindow) bool {
	strideH, strideW := max(at.StrideH, 1), max(at.StrideW, 1)
	y = min(max(y*strideH+at.Top, 0), m.pic.H-1)
	if m.pic.Wait(y) != nil {
		return false
	}
	from := m.pic.Offset + m.pic.Colours*m.pic.StrideC + y*m.pic.StrideY
	for x := range dst {
		dst[x] = m.pic.Sample(from+min(max(x*strideW+at.Left, 0), m.pic.W-1)*m.pic.StrideX, m.pic.Colours)
	}
	return true
}

// AlphaWindow says which alpha an output takes: pixel (y, x) that of input pixel
// (y*StrideH+Top, x*StrideW+Left), clamped to the image. Strides of 0 count as 1.
type AlphaWindow struct{ Top, Left, StrideH, StrideW int }

// Opaque reports whether alpha is the full scale everywhere. It stops at the
// first pixel that is not. An image that stays in its file counts as not opaque:
// reading it again takes too long.
func (m *Image) Opaque() bool {
	if m.pic.Mem == nil {
		return false
	}
	bytes := m.pic.Type == U8 && m.pic.Palette == nil
	for y := range m.pic.H {
		if m.pic.Wait(y) != nil {
			return false
		}
		o := m.pic.Offset + m.pic.Colours*m.pic.StrideC + y*m.pic.StrideY
		for range m.pic.W {
			if bytes && m.pic.Mem[o] != 255 || !bytes && m.pic.Sample(o, m.pic.Colours) != m.pic.Full {
				return false
			}
			o += m.pic.StrideX
		}
	}
	return true
}
