package raster

// Step returns the distance between neighbouring values of a file of whole
// numbers, in the values asked for. It is 0 if there is no single step: for
// floating-point numbers, text, luma, linear light, and colours times alpha.
func (m *Image) Step() float64 {
	switch {
	case m.pic.Type >= F32LE || m.Gray() || m.FiltersAlpha() || m.Linear():
		return 0
	case m.pic.Kind == Pixels && m.opts.Values == UnitValues:
		return 1 / m.pic.Full
	case m.pic.physical():
		return max(m.pic.Scale, -m.pic.Scale)
	}
	return 1
}

// Scale returns the smallest and the largest value that a pixel can have, in the
// values asked for. ok is false for numbers and for colours multiplied by alpha.
func (m *Image) Scale() (low, high float64, ok bool) {
	if m.pic.Kind != Pixels || m.FiltersAlpha() {
		return 0, 0, false
	}
	if m.opts.Values == RawValues {
		return 0, m.pic.Full, true
	}
	return 0, 1, true
}

// Stored returns the same picture with raw values, and the stored number that
// means 1. A linear operator gives the same result on both up to rounding. Sums
// of whole numbers are exact, sums of their quotients are not, so only raw values
// show which results lie exactly halfway between two pixels. ok is false if the
// values are not multiples of the stored numbers.
func (m *Image) Stored() (stored *Image, full float64, ok bool) {
	if m.pic.Kind != Pixels || m.opts.Values == RawValues || m.Linear() || m.FiltersAlpha() || m.Gray() {
		return m, 1, false
	}
	s := *m
	s.opts.Values, s.inSteps = RawValues, true
	return &s, m.pic.Full, true
}
