package report

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// Of noise, zscale shows almost the whole range, and a few stars change little.
func TestZScaleOfNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const mean, deviation = 10, 5
	values := make([]float64, 10000)
	for i := range values {
		values[i] = mean + deviation*r.NormFloat64()
	}
	for _, stars := range []int{0, 20} {
		for i := range stars {
			values[i*500] += 1e4
		}
		s := scaleOf(values, ZScale)
		// The largest of a thousand normal numbers is above 2.5 deviations. The line
		// through their sorted values reaches 12/(2√π)/2/zContrast = 6.77 deviations.
		for _, reach := range []float64{mean - s.low, s.high - mean} {
			if reach < 2.5*deviation || reach > 7*deviation {
				t.Errorf("with %d stars, the limits are %v, %v", stars, s.low, s.high)
			}
		}
	}
}

// Every stretch takes its low end to 0 and its high end to 1, and rises between them.
func TestScales(t *testing.T) {
	ramp := make([]float64, 2001)
	for i := range ramp {
		ramp[i] = float64(i)
	}
	for _, values := range [][]float64{ramp, {1, 2}, {0, 0, 0, 0, 1000}, {5}, {math.NaN(), 1, math.Inf(1), 3}, {math.NaN()}, {1e300, -1e300}} {
		for s, name := range StretchNames {
			m := scaleOf(values, Stretch(s))
			if a, b := m.level(m.low), m.level(m.high); a != 0 || math.Abs(b-1) > roundoff || !(m.low < m.high) {
				t.Errorf("%s of %v: %v to %v become %v to %v", name, values[:1], m.low, m.high, a, b)
			}
			if half := m.level(m.low/2 + m.high/2); half <= 0 || half >= 1 || s == int(Asinh) && half < 0.5-roundoff {
				t.Errorf("%s of %v: the middle becomes %v", name, values[:1], half)
			}
		}
	}
	if m := scaleOf(ramp, ZScale); m.low != 0 || m.high != 2000 {
		t.Errorf("zscale of a ramp is %v to %v", m.low, m.high)
	}
}

func array(h, w int, at func(i int) float64) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
	for i := range d.Data {
		d.Data[i] = at(i)
	}
	return d
}

// Large images become means of blocks, narrower at the ends.
func TestReduce(t *testing.T) {
	m := Image{Name: "m", Rows: array(3, 5, func(i int) float64 { return float64(i) })}
	r, err := reduce(t.Context(), m, 3)
	if err != nil {
		t.Fatal(err)
	}
	// rows 0 to 1: (0+1+5+6)/4, (2+3+7+8)/4, (4+9)/2; row 2: (10+11)/2, (12+13)/2, 14
	if want := []float64{3, 5, 6.5, 10.5, 12.5, 14}; r.block != 2 || !slices.Equal(r.planes[0], want) || r.title() != "m (means of 2x2 pixels)" {
		t.Errorf("%v, %s", r.planes[0], r.title())
	}
	if r, _ := reduce(t.Context(), m, 5); r.block != 1 || r.planes[0][7] != 7 || r.title() != "m" {
		t.Errorf("changed without need: %v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reduce(ctx, m, 5); err == nil {
		t.Error("goes on after an interruption")
	}
}

// A figure of an image has axes that count pixels, and a scale in its own values.
func TestImagesFigure(t *testing.T) {
	m := Image{Name: "ramp", Pixel: "0.4 arcsec", Rows: array(30, 40, func(i int) float64 { return float64(i) })}
	f, err := Images(t.Context(), []Image{m}, Linear)
	if err != nil {
		t.Fatal(err)
	}
	svg := drawn(t, f, SVG)
	texts := svgTexts(t, svg)
	for _, want := range []string{"ramp", "row", "column, a pixel is 0.4 arcsec", "value", "0", "1000", "25", "35"} {
		if !slices.Contains(texts, want) {
			t.Errorf("no text %q in %q", want, texts)
		}
	}
	if n := bytes.Count(svg, []byte("<image")); n != 2 {
		t.Errorf("%d pictures, want the image and its scale", n)
	}
	if _, err := Images(t.Context(), []Image{m}, Asinh); err != nil {
		t.Error(err)
	}
}

func TestImagesText(t *testing.T) {
	var b bytes.Buffer
	m := Image{Name: "m", Rows: array(2, 3, func(i int) float64 { return []float64{0, 5, 10, 10, math.NaN(), 0}[i] })}
	if err := ImagesText(t.Context(), &b, []Image{m}, Linear, 80, None); err != nil {
		t.Fatal(err)
	}
	if want := "m\n +@\n@? \nfrom 0 to 10\n"; strings.ReplaceAll(b.String(), "=", "+") != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestPixelScale(t *testing.T) {
	for _, c := range []struct {
		cards []string
		want  string
	}{
		{[]string{"CTYPE1  = 'RA---TAN'", "CDELT1  = -1.1E-04 / degrees", "CDELT2  = 1.1E-04"}, "0.396 arcsec"},
		{[]string{"CTYPE1  = 'RA---TAN'", "CUNIT1  = 'deg     '", "CD1_1   = 0.0", "CD1_2   = 1D-4", "CD2_1   = -4D-4", "CD2_2   = 0"}, "0.72 arcsec"},
		{[]string{"CTYPE1  = 'WAVE'", "CDELT1  = 1", "CDELT2  = 1"}, ""},
		{[]string{"CTYPE1  = 'RA---TAN'", "CUNIT1  = 'rad'", "CDELT1  = 1", "CDELT2  = 1"}, ""},
		{[]string{"CTYPE1  = 'RA---TAN'", "CDELT1  = x"}, ""},
		{nil, ""},
	} {
		if got := PixelScale(c.cards); got != c.want {
			t.Errorf("%q: %q, want %q", c.cards, got, c.want)
		}
	}
}
