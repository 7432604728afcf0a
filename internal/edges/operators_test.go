package edges

import (
	"math"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// published is a case of operators.json.
type published struct {
	Operator, Like, Output, Norm, Threshold, Padding, Border string
	Sigma                                                    *float64
	Aperture                                                 int
	Want                                                     [][]float64
}

func (c published) options(t *testing.T) (Options, corr.Options) {
	t.Helper()
	o := Options{Operator: c.Operator, Sigma: c.Sigma, Aperture: c.Aperture, Like: Like(1 + slices.Index([]string{"skimage", "opencv"}, c.Like))}
	o.Output = Output(max(0, slices.Index(OutputNames, c.Output)))
	o.Norm = Norm(max(0, slices.Index(NormNames, c.Norm)))
	var g corr.Options
	g.Padding, g.Border = o.Like.Geometry(o.Operator)
	var err error
	if c.Threshold != "" {
		if o.Threshold, err = ParseThreshold(c.Threshold); err != nil {
			t.Fatal(err)
		}
	}
	if c.Padding != "" {
		if g.Padding, err = geometry.ParsePadding(c.Padding); err != nil {
			t.Fatal(err)
		}
		if g.Border, err = geometry.ParseBorder(c.Border); err != nil {
			t.Fatal(err)
		}
	}
	return o, g
}

// What scikit-image, OpenCV and SciPy answer, value by value.
func TestPublished(t *testing.T) {
	set := load[struct {
		Image [][]float64
		Cases []published
	}](t, "operators.json")
	if len(set.Cases) < 20 {
		t.Fatalf("only %d cases", len(set.Cases))
	}
	for _, c := range set.Cases {
		t.Run(c.Operator+" "+c.Like+" "+c.Output, func(t *testing.T) {
			o, g := c.options(t)
			t.Run("float64", func(t *testing.T) { near(t, detect(t, dense[float64](set.Image), o, g, 2), c.Want, 1e-12) })
			t.Run("float32", func(t *testing.T) { near(t, detect(t, dense[float32](set.Image), o, g, 2), c.Want, 1e-6) })
		})
	}
}

// near compares with numbers of which the largest is scale: they add up taps in
// another order, which costs a few roundings of the largest sum.
func near[T tensor.Float](t *testing.T, got *tensor.Dense[T], want [][]float64, relative float64) {
	t.Helper()
	all := slices.Concat(want...)
	if len(all) != len(got.Data) {
		t.Fatalf("got %v", got.Shape())
	}
	scale := 1.0
	for _, v := range all {
		scale = max(scale, math.Abs(v))
	}
	for i, v := range all {
		if !(math.Abs(float64(got.Data[i])-v) <= relative*scale) {
			t.Fatalf("element %d: got %v, want %v", i, got.Data[i], v)
		}
	}
}

// Along an angle a derivative is cos a times the one along x and sin a times the
// one along y, and at quarter turns exactly one of them.
func TestAlong(t *testing.T) {
	x := noise(tensor.Shape{N: 1, C: 2, H: 9, W: 8})
	for _, operator := range []string{"diff", "roberts", "prewitt", "sobel", "scharr", "farid"} {
		at := func(output Output, degrees float64) *tensor.Dense[float64] {
			return detect(t, x, Options{Operator: operator, Output: output, Degrees: degrees}, corr.Options{Padding: corr.Padding{Mode: corr.Same}}, 1)
		}
		dx, dy := at(X, 0), at(Y, 0)
		for _, a := range []float64{-90, 0, 30, 45, 90, 180, 270, 360, 1000} {
			got := at(Along, a)
			sin, cos := math.Sincos(a * math.Pi / 180)
			for i, v := range got.Data {
				if math.Abs(v-(cos*dx.Data[i]+sin*dy.Data[i])) > rounding {
					t.Fatalf("%s along %v: element %d is %v", operator, a, i, v)
				}
			}
		}
		if !slices.Equal(at(Along, 0).Data, dx.Data) || !slices.Equal(at(Along, -270).Data, dy.Data) {
			t.Errorf("%s: quarter turns are not exact", operator)
		}
	}
}

// The gradient points along the steepest ascent, at every angle: farid's is true
// to a hundredth of a degree on a plane.
func TestAngle(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 7, W: 7})
	for want := 0.0; want < 360; want += 15 {
		sin, cos := math.Sincos(want * math.Pi / 180)
		for i := range x.Data {
			x.Data[i] = cos*float64(i%7) + sin*float64(i/7)
		}
		for _, operator := range []string{"prewitt", "sobel", "scharr", "farid"} {
			for i, v := range detect(t, x, Options{Operator: operator, Output: Angle}, corr.Options{}, 1).Data {
				if d := math.Remainder(v-want, 360); math.Abs(d) > 0.01 || v < 0 || v >= 360 {
					t.Fatalf("%s: element %d points to %v, want %v", operator, i, v, want)
				}
			}
		}
	}
}

// A 3-4-5 corner: the two differences of different sizes share one window.
func TestSharedWindow(t *testing.T) {
	y := detect(t, dense[float64]([][]float64{{0, 3, 3}, {4, 3, 3}}), Options{Operator: "diff"}, corr.Options{}, 1)
	if y.Shape().H != 1 || y.Shape().W != 2 || y.Data[0] != 5 || y.Data[1] != 0 {
		t.Errorf("got %v of %v, want 5 0", y.Data, y.Shape())
	}
}

// noise is an image of numbers that look random.
func noise(s tensor.Shape) *tensor.Dense[float64] {
	x := tensor.NewDense[float64](s)
	state := uint64(1)
	for i := range x.Data {
		state = state*6364136223846793005 + 1442695040888963407
		x.Data[i] = float64(state>>40) / (1 << 24)
	}
	return x
}
