package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
)

// signed returns colours for -top to top: blue, light grey at 0, red. They differ in
// hue for all kinds of colour blindness (Moreland, Diverging color maps for scientific
// visualization, 2009).
func signed(top float64) palette.ColorMap {
	m := moreland.SmoothBlueRed()
	m.SetMin(-top)
	m.SetMax(top)
	m.SetConvergePoint(0)
	return m
}

// rising returns colours from dark to light, whose lightness grows steadily.
func rising(low, high float64) palette.ColorMap {
	m := moreland.ExtendedBlackBody()
	m.SetMin(low)
	m.SetMax(high)
	return m
}

// unknown is the colour of what is NaN or infinite.
var unknown = color.RGBA{0x80, 0x80, 0x80, 0xff}

// colourOf returns the colour of v; values beyond the ends get those of the ends.
func colourOf(m palette.ColorMap, v float64) color.RGBA {
	if math.IsNaN(v) {
		return unknown
	}
	c, err := m.At(min(max(v, m.Min()), m.Max()))
	if err != nil {
		return unknown
	}
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}
}

// inkOn returns black or white, whichever has the larger contrast to a ground by the
// formula of WCAG 2: (L1 + 0.05)/(L2 + 0.05) of relative luminances.
func inkOn(ground color.RGBA) color.RGBA {
	if l := luminance(ground); (l+0.05)*(l+0.05) > 1.05*0.05 {
		return color.RGBA{0, 0, 0, 0xff}
	}
	return color.RGBA{0xff, 0xff, 0xff, 0xff}
}

// The colours of lines: black, and of Okabe and Ito's set those with the largest
// contrast to white. Dashes tell them apart, too.
var lineColours = []color.RGBA{
	{0x00, 0x00, 0x00, 0xff},
	{0x00, 0x72, 0xb2, 0xff},
	{0xd5, 0x5e, 0x00, 0xff},
	{0x00, 0x9e, 0x73, 0xff},
	{0xcc, 0x79, 0xa7, 0xff},
	{0x56, 0xb4, 0xe9, 0xff},
}
