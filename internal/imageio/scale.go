package imageio

// Step is the distance between neighbouring values of what is computed on,
// where the file holds whole numbers: one stored step, in the values asked
// for. It is 0 where no single step can be told: of floating-point numbers and
// text, and of luma and linear light.
func (m *Image) Step() float64 {
	switch {
	case m.elem >= elemF32LE || m.gray() || m.filtersAlpha() || m.linear():
		return 0
	case m.kind == Pixels && m.opts.Values == UnitValues:
		return 1 / m.full
	case m.physical():
		return max(m.scale, -m.scale)
	}
	return 1
}

// Scale is the smallest and the largest value that the pixels of a picture can
// have, in the values asked for; ok is false for numbers and where colours are
// multiplied by alpha.
func (m *Image) Scale() (low, high float64, ok bool) {
	if m.kind != Pixels || m.filtersAlpha() {
		return 0, 0, false
	}
	if m.opts.Values == RawValues {
		return 0, m.full, true
	}
	return 0, 1, true
}
