package align

import (
	"go/build"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// trust is the confidence from which on a shift must be right to wrong pixels.
const trust, wrong = 0.2, 0.3

// photograph is one of those that Go carries, as grey values.
func photograph(t *testing.T) *plane {
	t.Helper()
	f, err := os.Open(filepath.Join(build.Default.GOROOT, "src", "image", "testdata", "video-001.png"))
	if err != nil {
		t.Skip("this Go comes without test images:", err)
	}
	defer f.Close()
	im, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b := im.Bounds()
	p := &plane{h: b.Dy(), w: b.Dx(), data: make([]float64, b.Dx()*b.Dy())}
	for i := range p.data {
		r, g, u, _ := im.At(b.Min.X+i%p.w, b.Min.Y+i/p.w).RGBA()
		p.data[i] = float64(r+g+u) / 3 / 257
	}
	return p
}

// blurred is a Gaussian blur, with the edge pixels repeated.
func (p *plane) blurred(sigma float64) *plane {
	n := int(4 * sigma)
	line := func(src *plane, dy, dx int) *plane {
		d := &plane{h: src.h, w: src.w, data: make([]float64, len(src.data))}
		for i := range d.data {
			sum, weights := 0.0, 0.0
			for k := -n; k <= n; k++ {
				w := math.Exp(-square(float64(k)/max(sigma, 1e-9)) / 2)
				y, x := min(max(i/p.w+k*dy, 0), p.h-1), min(max(i%p.w+k*dx, 0), p.w-1)
				sum += w * src.data[y*p.w+x]
				weights += w
			}
			d.data[i] = sum / weights
		}
		return d
	}
	return line(line(p, 1, 0), 0, 1)
}

// views are two pictures of h x w pixels of a scene: the second shows at (y, x) what
// the scene has at the place that its motion leads to.
func views(h, w int, scene func(y, x float64) float64, m motion, noise float64, r *rand.Rand) (a, b *tensor.Dense[float64]) {
	shape := tensor.Shape{N: 1, C: 1, H: h, W: w}
	a, b = tensor.NewDense[float64](shape), tensor.NewDense[float64](shape)
	cy, cx := float64(h-1)/2, float64(w-1)/2
	sin, cos := math.Sincos(m.angle)
	s := math.Exp(m.logScale)
	for i := range a.Data {
		y, x := float64(i/w), float64(i%w)
		a.Data[i] = scene(y, x) + noise*r.NormFloat64()
		b.Data[i] = scene(cy+s*(sin*(x-cx)+cos*(y-cy))+m.y, cx+s*(cos*(x-cx)-sin*(y-cy))+m.x) + noise*r.NormFloat64()
	}
	return a, b
}

// between is a scene that shows an image between its pixels, from (y0, x0) on.
func (p *plane) between(y0, x0 float64) func(y, x float64) float64 {
	return func(y, x float64) float64 { v, _, _ := p.sample(y0+y, x0+x); return v }
}

// Crops of a photograph, blurred or not, with noise and rounded or not, are aligned
// within tolerance where there is no noise, and never wrongly with confidence.
func TestCrops(t *testing.T) {
	src := photograph(t)
	r := rand.New(rand.NewPCG(3, 4))
	for _, sigma := range []float64{0, 2, 6, 8} {
		scene := src.blurred(sigma)
		for i, d := range []motion{{y: 3, x: -2}, {}, {y: -7, x: 5}, {y: 12.5, x: 3.25}} {
			noise := float64(i % 2)
			a, b := views(64, 80, scene.between(20, 30), d, noise, r)
			if i >= 2 {
				for k := range a.Data {
					a.Data[k], b.Data[k] = math.Round(a.Data[k]), math.Round(b.Data[k])
				}
			}
			s := find(t, a, b, Options{MaxShift: -1})
			off := max(math.Abs(s.Y-d.y), math.Abs(s.X-d.x))
			if near := tolerance + noise*max(1, sigma)/60; off > near || s.Confidence < trust {
				t.Errorf("blur %v, noise %v: %+v found as %+v", sigma, noise, d, s)
			}
		}
	}
}

// Scenes that leave a shift open have a low confidence, or are right by their noise.
func TestUndetermined(t *testing.T) {
	src := photograph(t)
	r := rand.New(rand.NewPCG(7, 7))
	for name, scene := range map[string]func(y, x float64) float64{
		"stripes": func(y, x float64) float64 { return 50 * math.Sin((0.6*y+0.8*x)/3) },
		"ramp":    func(y, x float64) float64 { return 2*y - 3*x },
		"edge":    func(y, x float64) float64 { return 100 * math.Tanh(0.28*(y-50)+0.96*(x-40)) },
		"columns": func(_, x float64) float64 { return src.data[20*src.w+min(max(int(x+0.5), 0), src.w-1)] },
		"checks":  func(y, x float64) float64 { return 50 * math.Sin(y/2) * math.Sin(x/2) },
	} {
		for _, noise := range []float64{0, 0.5, 3} {
			d := motion{y: 10*r.Float64() - 5, x: 10*r.Float64() - 5}
			a, b := views(90, 100, scene, d, noise, r)
			s := find(t, a, b, Options{MaxShift: -1})
			if off := max(math.Abs(s.Y-d.y), math.Abs(s.X-d.x)); off > wrong && s.Confidence >= trust {
				t.Errorf("%s, noise %v: %+v found as %+v", name, noise, d, s)
			}
		}
	}
}

// Where no shift is right, none is confident: pictures turned or scaled, noise alone.
func TestNoShiftIsRight(t *testing.T) {
	src := photograph(t)
	r := rand.New(rand.NewPCG(9, 9))
	scene := src.between(float64(src.h-90)/2, float64(src.w-120)/2)
	for _, m := range []motion{{angle: 3 * math.Pi / 180}, {angle: -1}, {logScale: math.Log(1.05)}, {angle: math.Pi / 2, logScale: -0.2}} {
		a, b := views(90, 120, scene, m, 0.5, r)
		s := find(t, a, b, Options{MaxShift: -1})
		if s.Confidence >= trust || s.Doubt == NoDoubt {
			t.Errorf("%+v as a shift: %+v", m, s)
		}
	}
	a, b := views(90, 120, func(_, _ float64) float64 { return 0 }, motion{}, 1, r)
	if s := find(t, a, b, Options{MaxShift: -1}); s.Confidence >= trust {
		t.Errorf("noise alone: %+v", s)
	}
}

// Rotations are found to a tenth of a degree and scales to a thousandth.
func TestModels(t *testing.T) {
	src := photograph(t)
	r := rand.New(rand.NewPCG(1, 2))
	scene := src.between(float64(src.h-80)/2, float64(src.w-100)/2)
	for _, c := range []struct {
		model          Model
		degrees, scale float64
	}{{Rigid, 3, 1}, {Rigid, -130, 1}, {Rigid, 0, 1}, {Similarity, 20, 1.03}, {Similarity, 179, 0.82}, {Similarity, -0.4, 1.3}} {
		want := motion{y: 2.6, x: -4.1, angle: c.degrees * math.Pi / 180, logScale: math.Log(c.scale)}
		a, b := views(80, 100, scene, want, 0.2, r)
		s := find(t, a, b, Options{MaxShift: -1, Model: c.model})
		if math.Abs(math.Remainder(s.Angle-c.degrees, 360)) > 0.1 || math.Abs(s.Scale/c.scale-1) > 1e-3 ||
			math.Abs(s.Y-want.y) > 0.1 || math.Abs(s.X-want.x) > 0.1 || s.Confidence < trust {
			t.Errorf("%+v: %+v", c, s)
		}
	}
}

// A frame that stands still in both pictures is left out by masks; without them the
// answer has no confidence.
func TestMasks(t *testing.T) {
	src := photograph(t)
	r := rand.New(rand.NewPCG(1, 1))
	d := motion{y: -3, x: -5}
	a, b := views(80, 100, src.between(12, 20), d, 0, r)
	mask := tensor.NewDense[float64](a.Shape())
	for i := range a.Data {
		if y, x := i/100, i%100; y < 10 || y >= 70 || x < 10 || x >= 90 {
			a.Data[i], b.Data[i] = 0, math.NaN()
		} else {
			mask.Data[i] = 1
		}
	}
	s := find(t, a, b, Options{MaxShift: -1, MaskA: mask, MaskB: mask})
	if math.Abs(s.Y-d.y) > tolerance || math.Abs(s.X-d.x) > tolerance || s.Confidence < trust {
		t.Errorf("with masks: %+v", s)
	}
	for i := range b.Data {
		if b.Data[i] != b.Data[i] {
			b.Data[i] = 0
		}
	}
	s = find(t, a, b, Options{MaxShift: -1})
	if off := max(math.Abs(s.Y-d.y), math.Abs(s.X-d.x)); off > wrong && s.Confidence >= trust {
		t.Errorf("without masks: %+v", s)
	}
}

// A picture that was turned, scaled and shifted lies on the first again once warped.
func TestWarped(t *testing.T) {
	src := photograph(t).blurred(1)
	r := rand.New(rand.NewPCG(1, 2))
	m := motion{y: 1.5, x: -2, angle: 0.1, logScale: 0.02}
	a, b := views(60, 70, src.between(25, 40), m, 0, r)
	v, err := NewWarped(tensor.Source[float64](b), m.shift(), 60, 70)
	if err != nil {
		t.Fatal(err)
	}
	c, err := tensor.Collect(tensor.Source[float64](v))
	if err != nil {
		t.Fatal(err)
	}
	for y := 15; y < 45; y++ {
		for x := 15; x < 55; x++ {
			if e := math.Abs(c.Data[y*70+x] - a.Data[y*70+x]); e > interpolated {
				t.Fatalf("pixel %d,%d is off by %v", y, x, e)
			}
		}
	}
}
