package imageio

// LosesAlpha says that the input has an alpha plane that is not opaque
// everywhere, is not to be dropped, and is not in what is written. It is asked
// when all is written.
func (w *Writer) LosesAlpha() bool {
	m := w.o.Like
	if m == nil {
		return false
	}
	switch {
	case m.keepsAlpha():
		return w.alphaOf == nil && (w.pixels == nil || w.pixels.alphaOf == nil) && !m.opaque()
	case m.filtersAlpha():
		left := w.shape.C < w.result.C || w.pixels != nil && w.pixels.channels == w.pixels.colours
		return w.premultiplied && left && !m.opaque()
	}
	return false
}

// opaque says whether alpha is the full scale everywhere. It looks no further
// than the first pixel that is not.
func (m *Image) opaque() bool {
	if m.mem == nil {
		return false // too large to look
	}
	bytes := m.elem == elemU8 && m.palette == nil
	for y := range m.h {
		if m.wait(y) != nil {
			return false
		}
		o := m.off + m.colours*m.sc + y*m.sy
		for range m.w {
			if bytes && m.mem[o] != 255 || !bytes && m.stored(o, m.colours) != m.full {
				return false
			}
			o += m.sx
		}
	}
	return true
}
