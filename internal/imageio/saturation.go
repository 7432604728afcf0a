package imageio

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Saturation is the values from which on an image may have been clipped, at the
// lower and at the upper end, in the values asked for; ±Inf where an end has
// none. why says in words where they come from, "" where neither end has one:
//
//   - pixels of pictures: black and white; the card SATURATE of FITS, in
//     physical values, instead of the upper end of any type;
//   - whole numbers of 8 and 16 bit (FITS, NPY): the ends of their type;
//   - whole numbers and pixels of more than 8 bit: the largest value there is,
//     where it is a plateau, as detectors have it that saturate below the end of
//     the type: see plateau.
//
// Floating-point numbers and text have none without that card, nor has what is
// computed of several samples (luma beyond black and white, colours times alpha).
func (m *Image) Saturation() (low, high float64, why string, err error) {
	low, high = math.Inf(-1), math.Inf(1)
	if m.filtersAlpha() {
		return low, high, "", nil
	}
	if a, b, ok := m.Scale(); ok {
		low, high, why = a, b, "black and white"
	} else if a, b, ok := m.elem.ends(); ok {
		low, high, why = m.zero+m.scale*a, m.zero+m.scale*b, "the ends of their type"
		if m.scale < 0 {
			low, high = high, low
		}
	}
	switch {
	case m.saturate != nil && isFinite(*m.saturate):
		return low, *m.saturate, headerSays, nil
	case !m.elem.whole() || m.elem.size() < 2 || m.gray():
		return low, high, why, nil
	}
	top, found, err := plateau(Rows[float64](m), m.unit())
	if err == nil && found && top < high {
		high, why = top, "a plateau at the largest value"
	}
	return low, high, why, err
}

// saturatedShare is the share of pixels at the upper end of a picture or a type
// from which on they are taken for clipped: a few may be there by chance.
const saturatedShare = 0.001

// Saturated counts the pixels at or above the upper end that Saturation finds;
// 0 where they are so few that they may be there by chance, though not of a
// level that the header gives, and where all pixels are at either end, as those
// of a drawing in black and white are.
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

// unit is the distance between the values of whole numbers.
func (m *Image) unit() float64 {
	if m.kind == Pixels && m.opts.Values == UnitValues {
		return 1 / m.full
	}
	return math.Abs(m.scale)
}

// ends are the smallest and largest number of a type of 8 or 16 bit.
func (e elem) ends() (low, high float64, ok bool) {
	switch e {
	case elemU8:
		return 0, math.MaxUint8, true
	case elemI8:
		return math.MinInt8, math.MaxInt8, true
	case elemU16LE, elemU16BE:
		return 0, math.MaxUint16, true
	case elemI16LE, elemI16BE:
		return math.MinInt16, math.MaxInt16, true
	}
	return 0, 0, false
}

// whole tells whether a type holds whole numbers alone.
func (e elem) whole() bool { return e != elemBool && e < elemF32LE }

// The largest value is a plateau where plateauPixels or more have it, two of them
// side by side, where they outnumber all that lie in the upper tenth of the range
// below it, but not all between the smallest and the largest value, and where the
// range is of plateauSteps: drawings and counts of few values have their largest
// value often, and a smooth peak has more pixels on its slopes than on its top.
const (
	plateauPixels = 3
	plateauSteps  = 256
)

func plateau(src tensor.Source[float64], unit float64) (top float64, found bool, err error) {
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
	if err != nil || n < plateauPixels || !beside {
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
