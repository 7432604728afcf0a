package imageio

// LosesAlpha says that the input has an alpha plane that is not opaque
// everywhere, is not to be dropped, and is not in what is written. It is asked
// when all is written.
func (w *Writer) LosesAlpha() bool { return w.before.losesAlpha || w.losesAlpha() }

func (w *Writer) losesAlpha() bool {
	m := w.o.Like
	if m == nil {
		return false
	}
	switch {
	case m.KeepsAlpha():
		return w.alphaOf == nil && (w.pixels == nil || w.pixels.alphaOf == nil) && !m.Opaque()
	case m.FiltersAlpha():
		left := w.shape.C < w.result.C || w.pixels != nil && w.pixels.Channels == w.pixels.Colours
		return w.premultiplied && left && !m.Opaque()
	}
	return false
}
