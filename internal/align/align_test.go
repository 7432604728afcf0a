package align

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// tolerance is what align promises for images that hold no more than their elements
// can tell.
const tolerance = 0.02

// exposure is how far an offset and a factor on the other image may move the
// answer: a twentieth of that, for they cancel but for roundings of the peak.
const exposure = tolerance / 20

// stretch is what sums of a dozen products of values up to 255 lose in float64.
const stretch = 1e-9

// interpolated is what two interpolations in a row may lose of a photograph with
// values up to 255 that was blurred by one pixel.
const interpolated = 1

// scene is a band-limited view without edges: waves of at most 0.35 periods an
// element, the long ones stronger, as in photographs.
type scene []struct{ fy, fx, phase, height float64 }

func newScene(seed uint64) scene {
	r := rand.New(rand.NewPCG(seed, 1))
	s := make(scene, 200)
	for i := range s {
		f, angle := 0.35*math.Pow(r.Float64(), 2)+0.002, 2*math.Pi*r.Float64()
		s[i].fy, s[i].fx = f*math.Sin(angle), f*math.Cos(angle)
		s[i].phase, s[i].height = 2*math.Pi*r.Float64(), math.Min(10, 0.2/f)
	}
	return s
}

// view is what a camera at (y0, x0) sees of it: h x w elements around 128.
func (s scene) view(y0, x0 float64, h, w int) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
	for i := range d.Data {
		y, x := y0+float64(i/w), x0+float64(i%w)
		v := 128.0
		for _, k := range s {
			v += k.height * math.Cos(2*math.Pi*(k.fy*y+k.fx*x)+k.phase)
		}
		d.Data[i] = v
	}
	return d
}

func find(t *testing.T, a, b tensor.Source[float64], o Options) Shift {
	t.Helper()
	s, err := Find(context.Background(), a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Any shift, of images that are not periodic, is found to 0.02, with noise and
// with whole numbers too; and back it is the same.
func TestShifts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for i, c := range []struct {
		dy, dx float64
		h, w   int
		noise  float64
	}{
		{0, 0, 64, 64, 0}, {0.5, -0.5, 64, 80, 0}, {3.31, -7.84, 91, 77, 0}, {-20.25, 11.1, 100, 100, 0},
		{-0.21, 0.07, 128, 96, 3}, {31.4, 22.7, 100, 90, 0}, {-2.75, 4.5, 33, 47, 0}, {5.2, 60.8, 64, 160, 1},
	} {
		s := newScene(uint64(i))
		a, b := s.view(0, 0, c.h, c.w), s.view(c.dy, c.dx, c.h, c.w)
		for j := range a.Data {
			a.Data[j] = math.Round(a.Data[j] + c.noise*r.NormFloat64())
			b.Data[j] = math.Round(b.Data[j] + c.noise*r.NormFloat64())
		}
		there, back := find(t, a, b, Options{MaxShift: -1}), find(t, b, a, Options{MaxShift: -1})
		if math.Abs(there.Y-c.dy) > tolerance || math.Abs(there.X-c.dx) > tolerance {
			t.Errorf("%+v: found %+v", c, there)
		}
		if math.Abs(there.Y+back.Y) > tolerance || math.Abs(there.X+back.X) > tolerance {
			t.Errorf("%+v: there %+v, back %+v", c, there, back)
		}
		if there.Confidence < 0.5 {
			t.Errorf("%+v: confidence %v", c, there.Confidence)
		}
	}
}

// The result does not depend on the threads, on brightness and contrast, or on
// the number of planes.
func TestWhatDoesNotMatter(t *testing.T) {
	s := newScene(9)
	a, b := s.view(0, 0, 70, 60), s.view(4.3, -2.2, 70, 60)
	want := find(t, a, b, Options{MaxShift: -1, Threads: 1})
	if got := find(t, a, b, Options{MaxShift: -1, Threads: 3}); got != want {
		t.Errorf("with 3 threads %+v, with one %+v", got, want)
	}
	bright := tensor.NewDense[float64](tensor.Shape{N: 1, C: 3, H: 70, W: 60})
	for i := range bright.Data {
		bright.Data[i] = 1000 + 3*b.Data[i%(70*60)]
	}
	if got := find(t, a, bright, Options{MaxShift: -1}); math.Abs(got.Y-want.Y) > exposure || math.Abs(got.X-want.X) > exposure {
		t.Errorf("brighter %+v, else %+v", got, want)
	}
}

// Images of different sizes begin at the same corner, and thin ones move along.
func TestSizes(t *testing.T) {
	s := newScene(11)
	got := find(t, s.view(0, 0, 120, 100), s.view(20.4, 10.6, 60, 70), Options{MaxShift: -1})
	if math.Abs(got.Y-20.4) > tolerance || math.Abs(got.X-10.6) > tolerance {
		t.Errorf("of a part: %+v", got)
	}
	got = find(t, s.view(0, 0, 1, 200), s.view(0, 7.3, 1, 200), Options{MaxShift: -1})
	if got.Y != 0 || math.Abs(got.X-7.3) > tolerance {
		t.Errorf("of a row: %+v", got)
	}
	for _, n := range []int{2, 3, 5, 9} {
		x := s.view(0, 0, n, n)
		if got := find(t, x, x, Options{MaxShift: -1}); math.Abs(got.Y) > tolerance || math.Abs(got.X) > tolerance {
			t.Errorf("of %dx%d and itself: %+v", n, n, got)
		}
	}
}

// A pattern that repeats fits in many places: the confidence says so, and the
// largest shift decides.
func TestMaxShift(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 96, W: 96})
	y := tensor.NewDense[float64](x.Shape())
	tile := rand.New(rand.NewPCG(1, 1)).Perm(256)
	for i := range x.Data {
		x.Data[i] = float64(tile[i/96%16*16+i%96%16])
		y.Data[i] = float64(tile[(i/96+3)%16*16+(i%96+14)%16])
	}
	got := find(t, x, y, Options{MaxShift: 8})
	if math.Abs(got.Y-3) > tolerance || math.Abs(got.X+2) > tolerance {
		t.Errorf("within 8: %+v", got)
	}
	if free := find(t, x, y, Options{MaxShift: -1}); free.Confidence > 0.5 || got.Confidence < 0.5 {
		t.Errorf("confidence %v, and %v within 8", free.Confidence, got.Confidence)
	}
	s := newScene(1)
	if got := find(t, s.view(0, 0, 50, 50), s.view(0, 9, 50, 50), Options{MaxShift: 4}); max(math.Abs(got.Y), math.Abs(got.X)) > 4+1 {
		t.Errorf("beyond the largest shift: %+v", got)
	}
}

// What a kernel made of an image is aligned to half an element: a negative, and
// edges.
func TestEitherSign(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 90, W: 80})
	for i := range x.Data {
		x.Data[i] = r.Float64()
	}
	at := func(y, x0 int) float64 { return x.Data[y*80+x0] }
	for name, f := range map[string]func(y, x int) float64{
		"negative":  func(y, x int) float64 { return -at(y, x) },
		"edges":     func(y, x int) float64 { return at(y, x+1) - at(y, x-1) },
		"laplacian": func(y, x int) float64 { return 4*at(y, x) - at(y, x+1) - at(y, x-1) - at(y+1, x) - at(y-1, x) },
		"inverse":   func(y, x int) float64 { return at(y, x+1) + at(y, x-1) + at(y+1, x) + at(y-1, x) - 4*at(y, x) },
	} {
		a, b := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 60, W: 60}), tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 60, W: 60})
		for i := range a.Data {
			a.Data[i], b.Data[i] = at(10+i/60, 10+i%60), f(10+i/60+5, 10+i%60-3)
		}
		if got := find(t, a, b, Options{MaxShift: -1, EitherSign: true}); math.Abs(got.Y-5) > 0.5 || math.Abs(got.X+3) > 0.5 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNothingToAlign(t *testing.T) {
	x := newScene(1).view(0, 0, 20, 20)
	flat := tensor.NewDense[float64](x.Shape())
	if _, err := Find(context.Background(), x, flat, Options{MaxShift: -1}); !errors.Is(err, errConstant) {
		t.Errorf("of a constant image: %v", err)
	}
	flat.Data[5] = math.NaN()
	if _, err := Find(context.Background(), flat, x, Options{MaxShift: -1}); err == nil {
		t.Error("a NaN was aligned")
	}
}

// Moving undoes the shift: exactly for whole ones, else but for the filter.
func TestMoved(t *testing.T) {
	s := newScene(3)
	for _, d := range []struct{ dy, dx, near float64 }{{4, -3, 0}, {0.5, 0, 4}, {-2.3, 5.7, 4}} {
		a, b := s.view(0, 0, 50, 60), s.view(d.dy, d.dx, 50, 60)
		m, err := tensor.Collect(tensor.Source[float64](NewMoved[float64](b, d.dy, d.dx, 50, 60)))
		if err != nil {
			t.Fatal(err)
		}
		for y := 10; y < 40; y++ {
			for x := 10; x < 50; x++ {
				if e := math.Abs(m.Data[y*60+x] - a.Data[y*60+x]); e > d.near+stretch {
					t.Fatalf("moved by %v, %v: element %d,%d is off by %v", d.dy, d.dx, y, x, e)
				}
			}
		}
	}
}
