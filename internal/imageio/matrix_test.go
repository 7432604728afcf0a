package imageio

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// The matrix of rules: each kind of input through each format with each option,
// against the rules said in a few lines of plain arithmetic.

// given is an input and how it is read.
type given struct {
	full    float64 // 0 for numbers
	colours int
	planes  [][]float64 // stored, alpha last where there is one more than colours
	o       ReadOptions
}

func (g given) alpha() bool { return len(g.planes) > g.colours }

// read gives the planes that are computed on, alpha last where it is filtered.
func (g given) read() [][]float64 {
	unit := g.full
	if g.full == 0 {
		unit = 1
	}
	raw := unit
	if g.o.Values == RawValues {
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
				p[i] = linearLight(v / unit)
			}
			if g.alpha() && g.o.Alpha == AlphaFilter {
				p[i] *= g.planes[g.colours][i] / unit
			}
		}
		out = append(out, p)
	}
	if g.alpha() && g.o.Alpha == AlphaFilter {
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
func (g given) pixel(v float64, m Mapping, lo, hi, full float64) float64 {
	unit := 1.0
	if g.o.Values == RawValues {
		if unit = g.full; g.full == 0 || g.full < full {
			unit = full // numbers stay in deeper pixels
		}
	}
	switch m {
	case MapAbs:
		v = math.Abs(v / unit)
	case MapSigned:
		v = 0.5 + v/unit/2
	case MapRescale:
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
	array := f.Kind == Numbers
	filtered := g.alpha() && g.o.Alpha == AlphaFilter
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
	if f.Alpha && g.alpha() && g.o.Alpha != AlphaDrop || array && filtered {
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
	if !g.alpha() || g.o.Alpha != AlphaFilter {
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
	filtered := g.alpha() && g.o.Alpha == AlphaFilter
	switch {
	case f.Name == "pfm" && filtered:
		planes = planes[:len(planes)-1]
	case f.Floats && g.alpha() && g.o.Alpha == AlphaKeep:
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

// inputs of each kind: the extremes, what lies between, and clear pixels.
func matrixInputs() []given {
	var list []given
	for _, full := range []float64{255, 65535} {
		for _, channels := range []int{1, 2, 3, 4} {
			if full > 255 && (channels == 2 || channels == 3) {
				continue
			}
			g := given{full: full, colours: channels - 1 + channels%2}
			for c := range channels {
				p := []float64{0, full, 1, full - 1, math.Floor(full / 3), math.Floor(full * 0.7)}
				p[(c+2)%6], p[(c+4)%6] = math.Floor(full*0.45)+float64(c), full
				g.planes = append(g.planes, p)
			}
			list = append(list, g)
		}
	}
	odd := []float64{-1.5, 0, 0.25, 1, math.NaN(), math.Inf(1)}
	clear := []float64{0, 1, 0.25, 0.5, 1, 0.75}
	list = append(list, given{colours: 3, planes: [][]float64{{1, 0.5, 0.25, 0, 1, 0.125}, {0, 1, 0.5, -1, 2, 1}, {0.5, 0, 1, 0.75, 0, 1}, clear}},
		given{colours: 1, planes: [][]float64{{1, 0.5, 0.25, 0, 1, 0.125}, clear}})
	return append(list, given{colours: 1, planes: [][]float64{odd}}, given{colours: 3, planes: [][]float64{odd, {1, 2, 3, 4, 5, 6}, {0, 0, 0, 0.5, 0, 0}}})
}

func (g given) image(o ReadOptions) *Image {
	const h, w = 2, 3
	channels := len(g.planes)
	if g.full == 0 {
		var all []float64
		for _, p := range g.planes {
			all = append(all, p...)
		}
		m := newNumbers(bytesOf(all), 1, channels, h, w, native[float64](), 2+channels/3)
		m.colours, m.alpha = g.colours, g.alpha()
		m.opts = o
		return m
	}
	e, depth := elemU8, 8
	if g.full > 255 {
		e, depth = elemU16BE, 16
	}
	mem := make([]byte, h*w*channels*e.size())
	for c, p := range g.planes {
		store(mem[c*e.size():], channels*e.size(), e, p)
	}
	m := newPixels(mem, h, w, channels, depth, e)
	m.opts = o
	return m
}

func TestMatrix(t *testing.T) {
	for i, g := range matrixInputs() {
		for _, values := range []Values{UnitValues, RawValues} {
			for _, gray := range []bool{false, true} {
				for _, linear := range []bool{false, true} {
					for _, alpha := range []AlphaMode{AlphaKeep, AlphaFilter, AlphaDrop} {
						if linear && values == RawValues || !g.alpha() && alpha != AlphaKeep || gray && g.colours != 3 {
							continue
						}
						g.o = ReadOptions{Values: values, Gray: gray, Linear: linear, Alpha: alpha}
						t.Run(fmt.Sprintf("input %d %v gray %v linear %v alpha %v", i, values, gray, linear, alpha), func(t *testing.T) { matrixRow(t, g) })
					}
				}
			}
		}
	}
}

func matrixRow(t *testing.T, g given) {
	for _, f := range Formats() {
		for _, depth := range []int{0, 8, 16} {
			for m := MapClip; m <= MapSigned; m++ {
				array := f.Name == "npy" || f.Name == "fits"
				if !f.Write || f.Name == "jpg" || f.Kind == Numbers && (depth == 0 && m != MapClip || depth != 0 && !array) || depth != 0 && m != MapClip && m != MapRescale {
					continue
				}
				o := WriteOptions{Format: f.Name, Depth: depth, Map: m, Digits: -1}
				numbers := f.Kind == Numbers && depth == 0 || f.Floats && g.full == 0 && depth == 0
				want, full := g.numbers(f), 0.0
				if !numbers {
					want, full = g.written(f, o)
				}
				name := fmt.Sprintf("%s depth %d map %v", f.Name, depth, m)
				out, err := matrixWrite(g.image(g.o), o)
				if (err == nil) != (want != nil) {
					t.Errorf("%s: %v", name, err)
				}
				if err != nil || want == nil {
					continue
				}
				matrixCompare(t, name, decode(t, out, "x."+f.Name, ReadOptions{Values: RawValues}), want, full)
			}
		}
	}
}

func matrixWrite(m *Image, o WriteOptions) ([]byte, error) {
	o.Like = m
	var out bytes.Buffer
	w, err := Create("-", &out, m.Shape(), o)
	if err != nil {
		return nil, err
	}
	src := Rows[float64](m)
	if w.NeedsRange() {
		if err := pump(src, RangeSink[float64](w)); err != nil {
			return nil, err
		}
	}
	if err := pump(src, SinkOf[float64](w)); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// lastDigits is how far two ways to the same number of float64 may lie apart:
// a few roundings, one of them before a power.
const lastDigits = 1e-15

// matrixCompare looks at what was written. A pixel is the nearest whole number;
// halfway, and where light is encoded, the last digits of float64 decide.
func matrixCompare(t *testing.T, name string, got *Image, want [][]float64, full float64) {
	t.Helper()
	planes := got.colours
	if got.alpha {
		planes++
	}
	if planes != len(want) || full > 0 && full != got.full && got.kind == Pixels {
		t.Errorf("%s: %d planes up to %v, want %d up to %v", name, planes, got.full, len(want), full)
		return
	}
	d, err := tensor.Collect(Rows[float64](got))
	if err != nil {
		t.Fatal(err)
	}
	for c, p := range want {
		for i, v := range p {
			var g float64
			if c < got.colours {
				g = d.Plane(c)[i]
			} else {
				g = got.stored(got.off+c*got.sc+i/got.w*got.sy+i%got.w*got.sx, c)
			}
			near := math.Abs(g-v) <= 0.5+1e-6
			if full == 0 {
				near = g == v || math.Abs(g-v) <= lastDigits*math.Abs(v) || g == float64(float32(v)) || g != g && v != v
			}
			if !near {
				t.Errorf("%s: plane %d, pixel %d: %v, want %v", name, c, i, g, v)
			}
		}
	}
}
