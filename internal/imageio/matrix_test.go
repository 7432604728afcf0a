package imageio

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// The matrix of rules: each kind of input through each format with each option,
// against matrix_rules_test.go.

// matrixInputs are of each kind: the extremes, what lies between, and clear pixels.
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

func (g given) image(o raster.ReadOptions) *raster.Image {
	const h, w = 2, 3
	channels := len(g.planes)
	if g.full == 0 {
		var all []float64
		for _, p := range g.planes {
			all = append(all, p...)
		}
		m := numbersOf(raster.BytesOf(all), 1, channels, h, w, raster.Native[float64](), 2+channels/3)
		m.Samples().Colours, m.Samples().Alpha = g.colours, g.alpha()
		m = m.Samples().View(o)
		return m
	}
	e, depth := raster.U8, 8
	if g.full > 255 {
		e, depth = raster.U16BE, 16
	}
	mem := make([]byte, h*w*channels*e.Size())
	for c, p := range g.planes {
		raster.Store(mem[c*e.Size():], channels*e.Size(), e, p)
	}
	m := pixelsOf(mem, h, w, channels, depth, e)
	m = m.Samples().View(o)
	return m
}

func TestMatrix(t *testing.T) {
	for i, g := range matrixInputs() {
		for _, values := range []raster.Values{raster.UnitValues, raster.RawValues} {
			for _, gray := range []bool{false, true} {
				for _, linear := range []bool{false, true} {
					for _, alpha := range []raster.AlphaMode{raster.AlphaKeep, raster.AlphaFilter, raster.AlphaDrop} {
						if linear && values == raster.RawValues || !g.alpha() && alpha != raster.AlphaKeep || gray && g.colours != 3 {
							continue
						}
						g.o = raster.ReadOptions{Values: values, Gray: gray, Linear: linear, Alpha: alpha}
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
			for m := raster.MapClip; m <= raster.MapSigned; m++ {
				array := f.Name == "npy" || f.Name == "fits"
				if !f.CanWrite() || f.Name == "jpg" || f.Kind == raster.Numbers && (depth == 0 && m != raster.MapClip || depth != 0 && !array) || depth != 0 && m != raster.MapClip && m != raster.MapRescale {
					continue
				}
				o := WriteOptions{Format: f.Name, Depth: depth, Map: m, Digits: -1}
				numbers := f.Kind == raster.Numbers && depth == 0 || f.Floats && g.full == 0 && depth == 0
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
				matrixCompare(t, name, decode(t, out, "x."+f.Name, raster.ReadOptions{Values: raster.RawValues}), want, full)
			}
		}
	}
}

func matrixWrite(m *raster.Image, o WriteOptions) ([]byte, error) {
	o.Like = m
	var out bytes.Buffer
	w, err := Create("-", &out, m.Shape(), o)
	if err != nil {
		return nil, err
	}
	src := raster.Rows[float64](m)
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
func matrixCompare(t *testing.T, name string, got *raster.Image, want [][]float64, full float64) {
	t.Helper()
	planes := got.Samples().Colours
	if got.Samples().Alpha {
		planes++
	}
	if planes != len(want) || full > 0 && full != got.Samples().Full && got.Samples().Kind == raster.Pixels {
		t.Errorf("%s: %d planes up to %v, want %d up to %v", name, planes, got.Samples().Full, len(want), full)
		return
	}
	d, err := tensor.Collect(raster.Rows[float64](got))
	if err != nil {
		t.Fatal(err)
	}
	for c, p := range want {
		for i, v := range p {
			var g float64
			if c < got.Samples().Colours {
				g = d.Plane(c)[i]
			} else {
				g = got.Samples().Sample(got.Samples().Offset+c*got.Samples().StrideC+i/got.Samples().W*got.Samples().StrideY+i%got.Samples().W*got.Samples().StrideX, c)
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
