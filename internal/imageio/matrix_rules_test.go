package imageio

import (
	"math"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/srgb"
)

// What becomes of an input in a format, said in a few lines of plain arithmetic.

// given is an input and how it is read.
type given struct {
	full    float64 // 0 for numbers
	colours int
	planes  [][]float64 // stored, alpha last where there is one more than colours
	o       raster.ReadOptions
}

func (g given) alpha() bool { return len(g.planes) > g.colours }

// read gives the planes that are computed on, alpha last where it is filtered.
func (g given) read() [][]float64 {
	unit := g.unit()
	raw := unit
	if g.o.Values == raster.RawValues {
		raw = 1
	}
	colours := g.planes[:g.colours]
	if g.o.Gray && g.colours == 3 {
		y := make([]float64, len(colours[0]))
		for i := range y {
			y[i] = (299*colours[0][i] + 587*colours[1][i] + 114*colours[2][i]) / 1000
		}
		colours = [][]float64{y}
	}
	var out [][]float64
	for _, c := range colours {
		p := make([]float64, len(c))
		for i, v := range c {
			p[i] = v / raw
			if g.o.Linear && g.full > 0 {
				p[i] = srgb.Linear(v / unit)
			}
			if g.alpha() && g.o.Alpha == raster.AlphaFilter {
				p[i] *= g.planes[g.colours][i] / unit
			}
		}
		out = append(out, p)
	}
	if g.alpha() && g.o.Alpha == raster.AlphaFilter {
		a := make([]float64, len(out[0]))
		for i, v := range g.planes[g.colours] {
			a[i] = v / raw
		}
		out = append(out, a)
	}
	return out
}

// pixel is the sample that a colour becomes, as a real number: the nearest
// whole one is written.
func (g given) pixel(v float64, m raster.Mapping, lo, hi, full float64) float64 {
	unit := 1.0
	if g.o.Values == raster.RawValues {
		if unit = g.full; g.full == 0 || g.full < full {
			unit = full // numbers stay in deeper pixels
		}
	}
	switch m {
	case raster.MapAbs:
		v = math.Abs(v / unit)
	case raster.MapSigned:
		v = 0.5 + v/unit/2
	case raster.MapRescale:
		v = (v - lo) / (hi - lo)
	default:
		v /= unit
	}
	if !(v > 0) {
		v = 0
	}
	v = min(v, 1)
	if g.o.Linear {
		v = encoded(v)
	}
	return v * full
}

// encoded is sRGB's encoding, the other way round than the table of the code.
func encoded(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// written gives the samples that a format gets as pixels, alpha last; nil where
// it must refuse. Arrays take all planes that are computed on as they are.
func (g given) written(f Format, o WriteOptions) (planes [][]float64, full float64) {
	depth := o.Depth
	if depth == 0 {
		depth = 8
		if g.full > 255 {
			depth = 16
		}
	}
	full = float64(int(1)<<depth - 1)
	in := g.read()
	array := f.Kind == raster.Numbers
	filtered := g.alpha() && g.o.Alpha == raster.AlphaFilter
	colours := g.straight()
	if filtered {
		colours = colours[:len(colours)-1]
	}
	if n := len(colours); n != 1 && !(n == 3 && f.Colour) && !array {
		return nil, 0
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range colours {
		for i, v := range c {
			if v-v == 0 && !(filtered && in[len(in)-1][i] <= 0) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	for _, c := range colours {
		p := make([]float64, len(c))
		for i, v := range c {
			p[i] = g.pixel(v, o.Map, lo, hi, full)
		}
		planes = append(planes, p)
	}
	if f.Alpha && g.alpha() && g.o.Alpha != raster.AlphaDrop || array && filtered {
		p := make([]float64, len(planes[0]))
		for i, v := range g.planes[g.colours] {
			p[i] = min(max(v/g.unit()*full, 0), full)
		}
		planes = append(planes, p)
	}
	return planes, full
}

// unit is the stored number that means 1.
func (g given) unit() float64 {
	if g.full == 0 {
		return 1
	}
	return g.full
}

// straight is read with the colours divided by alpha again, where that was
// multiplied in; what is transparent has none.
func (g given) straight() [][]float64 {
	planes := g.read()
	if !g.alpha() || g.o.Alpha != raster.AlphaFilter {
		return planes
	}
	n := len(planes) - 1
	for c := range n {
		for i := range planes[c] {
			a := g.planes[g.colours][i] / g.unit()
			if planes[c][i] /= a; !(a > 0) {
				planes[c][i] = 0
			}
		}
	}
	return planes
}

// numbers gives the planes that a format gets as floating point, nil where it
// must refuse.
func (g given) numbers(f Format) [][]float64 {
	planes := g.straight()
	filtered := g.alpha() && g.o.Alpha == raster.AlphaFilter
	switch {
	case f.Name == "pfm" && filtered:
		planes = planes[:len(planes)-1]
	case f.Floats && g.alpha() && g.o.Alpha == raster.AlphaKeep:
		planes = append(planes, g.planes[g.colours])
	}
	if n := len(planes); f.Name == "pfm" && n != 1 && n != 3 {
		return nil
	}
	if f.Name == "json" && g.full == 0 {
		for _, p := range planes {
			for _, v := range p {
				if v-v != 0 {
					return nil
				}
			}
		}
	}
	return planes
}
