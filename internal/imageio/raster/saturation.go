package raster

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Saturation returns the values at and beyond which the image may be clipped, at
// its lower and its upper end, in the values asked for. An end without one is
// -Inf or +Inf. why says in words where the values come from:
//
//   - pixels of pictures: black and white;
//   - whole numbers of 8 and 16 bits (FITS, NPY): the ends of their type;
//   - floating-point numbers, whole numbers and pixels of more than 8 bits: the
//     largest value that occurs, if it is a plateau (see plateau), since detectors
//     may saturate below the end of the type, and flat-fielding makes fractions;
//   - any type: the card SATURATE of FITS, in physical values, which replaces the
//     upper end.
//
// Colours multiplied by alpha have no ends.
func (m *Image) Saturation() (low, high float64, why string, err error) {
	low, high = math.Inf(-1), math.Inf(1)
	if m.FiltersAlpha() {
		return low, high, "", nil
	}
	if a, b, ok := m.Scale(); ok {
		low, high, why = a, b, "black and white"
	} else if a, b, ok := m.pic.Type.ends(); ok {
		low, high, why = m.pic.Zero+m.pic.Scale*a, m.pic.Zero+m.pic.Scale*b, "the ends of their type"
		if m.pic.Scale < 0 {
			low, high = high, low
		}
	}
	switch {
	case m.pic.Saturate != nil && isFinite(*m.pic.Saturate):
		return low, *m.pic.Saturate, headerSays, nil
	case m.pic.Type == Bool || m.pic.Type.Size() < 2 || m.Gray():
		return low, high, why, nil
	}
	unit, least := m.unit(), plateauPixels
	if !m.pic.Type.whole() {
		unit, least = 0, plateauFloats
	}
	top, found, err := plateau(Rows[float64](m), unit, least)
	if err == nil && found && top < high {
		high, why = top, "a plateau at the largest value"
	}
	return low, high, why, err
}

// saturatedShare is the share of pixels at the upper end from which on they count
// as clipped. Fewer may be there by chance.
const saturatedShare = 0.001

// Saturated counts the pixels at or above the upper end that Saturation finds. It
// returns 0 if they are so few that chance explains them, unless the header gives
// the level. It also returns 0 if all pixels are at one of both ends, as in a
// drawing in black and white.
func (m *Image) Saturated() (n int, high float64, err error) {
	low, high, why, err := m.Saturation()
	if err != nil || math.IsInf(high, 1) {
		return 0, high, err
	}
	between := 0
	src, shape := Rows[float64](m), m.Shape()
	buf := make([]float64, shape.W)
	for p := range shape.Planes() {
		for y := range shape.H {
			row, err := src.Row(p, y, buf)
			if err != nil {
				return 0, high, err
			}
			for _, v := range row {
				if v >= high {
					n++
				} else if v > low {
					between++
				}
			}
		}
	}
	if why != headerSays && (between == 0 || float64(n) < saturatedShare*float64(shape.Len())) {
		n = 0
	}
	return n, high, nil
}

const headerSays = "SATURATE in the header"

func isFinite(v float64) bool { return v-v == 0 }

// unit returns the distance between neighbouring whole numbers, in the values
// asked for.
func (m *Image) unit() float64 {
	if m.pic.Kind == Pixels && m.opts.Values == UnitValues {
		return 1 / m.pic.Full
	}
	return math.Abs(m.pic.Scale)
}

// ends returns the smallest and largest number of a type of 8 or 16 bits.
func (e SampleType) ends() (low, high float64, ok bool) {
	switch e {
	case U8:
		return 0, math.MaxUint8, true
	case I8:
		return math.MinInt8, math.MaxInt8, true
	case U16LE, U16BE:
		return 0, math.MaxUint16, true
	case I16LE, I16BE:
		return math.MinInt16, math.MaxInt16, true
	}
	return 0, 0, false
}

// whole reports whether a type holds whole numbers only.
func (e SampleType) whole() bool { return e != Bool && e < F32LE }

// The largest value is a plateau under four conditions. At least plateauPixels
// have it, two of them side by side. They outnumber all pixels in the upper tenth
// of the range below it: a smooth peak has more pixels on its slopes than on its
// top. They do not outnumber all pixels between the smallest and the largest
// value, as in a drawing. The range spans at least plateauSteps, since counts of
// few values have their largest value often.
//
// Floating-point numbers need no such range, and more pixels: without noise a few
// are equal by chance, as in flat parts of a computed image.
const (
	plateauPixels = 3
	plateauFloats = 10
	plateauSteps  = 256
)

func plateau(src tensor.Source[float64], unit float64, least int) (top float64, found bool, err error) {
	low, high := math.Inf(1), math.Inf(-1)
	n, beside := 0, false
	shape, buf := src.Shape(), make([]float64, src.Shape().W)
	each := func(f func(row []float64)) error {
		for p := range shape.Planes() {
			for y := range shape.H {
				row, err := src.Row(p, y, buf)
				if err != nil {
					return err
				}
				f(row)
			}
		}
		return nil
	}
	err = each(func(row []float64) {
		last := math.Inf(-1)
		for _, v := range row {
			if v < low { // not min: NaN stands where FITS is BLANK
				low = v
			}
			if v > high {
				high, n, beside = v, 0, false
			}
			if v == high {
				n++
				beside = beside || last == v
			}
			last = v
		}
	})
	if err != nil || n < least || !beside {
		return high, false, err
	}
	if high-low < plateauSteps*unit {
		return high, false, nil
	}
	near, between, from := 0, 0, high-(high-low)/10
	err = each(func(row []float64) {
		for _, v := range row {
			if v > low && v < high {
				between++
				if v >= from {
					near++
				}
			}
		}
	})
	return high, n > near && n <= between, err
}
