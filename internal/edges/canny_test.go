package edges

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/edges/rowvec"
	"github.com/convkit/convkit/internal/tensor"
)

// The edges that scikit-image and OpenCV find, pixel by pixel.
func TestCannyPublished(t *testing.T) {
	set := load[struct {
		Image [][]float64
		Cases []struct {
			Like, Border, Norm string
			Sigma, Low, High   *float64
			Aperture           int
			Want               []string
		}
	}](t, "canny.json")
	if len(set.Cases) < 10 {
		t.Fatalf("only %d cases", len(set.Cases))
	}
	for _, c := range set.Cases {
		o := Options{Operator: "canny", Like: Like(1 + slices.Index([]string{"skimage", "opencv"}, c.Like)), Sigma: c.Sigma, Low: c.Low, High: c.High, Aperture: c.Aperture}
		o.Norm = Norm(max(0, slices.Index(NormNames, c.Norm)))
		var g corr.Options
		g.Padding, g.Border = o.Like.Geometry(o.Operator)
		if c.Border != "" {
			var err error
			if g.Border, err = geometry.ParseBorder(c.Border); err != nil {
				t.Fatal(err)
			}
		}
		x := dense[float64](set.Image)
		if o.Like == SkImage {
			for i := range x.Data {
				x.Data[i] /= 255
			}
		}
		if got, want := drawn(detect(t, x, o, g, 2)), strings.Join(c.Want, "\n"); got != want {
			t.Errorf("%s sigma %v, thresholds %v and %v, border %q, norm %q, aperture %d: got\n%s\nwant\n%s", c.Like, value(c.Sigma), value(c.Low), value(c.High), c.Border, c.Norm, c.Aperture, got, want)
		}
		if o.Like == OpenCV && !o.Doubles() {
			if got, want := drawn(detect(t, dense[float32](set.Image), o, g, 1)), strings.Join(c.Want, "\n"); got != want {
				t.Errorf("float32 differs from OpenCV: got\n%s\nwant\n%s", got, want)
			}
		}
	}
}

func value(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// drawn shows edges as a text.
func drawn[T tensor.Float](y *tensor.Dense[T]) string {
	var lines []string
	w := y.Shape().W
	for r := range y.Shape().H {
		var b strings.Builder
		for _, v := range y.Data[r*w : (r+1)*w] {
			b.WriteByte(".#"[min(1, int(v))])
		}
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "\n")
}

// The threads change no bit, nor do bands: of an image of many bands with long thin
// edges, in several planes.
func TestCannyThreads(t *testing.T) {
	x := noise(tensor.Shape{N: 1, C: 3, H: 300, W: 70})
	for i := range x.Data {
		x.Data[i] = math.Sin(float64(i%70)/9+float64(i/70)/40) + x.Data[i]/20
	}
	for _, like := range []Like{Plain, OpenCV} {
		o := Options{Operator: "canny", Like: like}
		want := detect(t, x, o, corr.Options{}, 1)
		if !slices.Contains(want.Data, 1) && !slices.Contains(want.Data, 255) {
			t.Fatal("no edges to compare")
		}
		for _, threads := range []int{2, 7} {
			if !slices.Equal(detect(t, x, o, corr.Options{}, threads).Data, want.Data) {
				t.Errorf("%v: %d threads give other edges", like, threads)
			}
		}
	}
}

// Images of a pixel, a row, a column; flat ones; not a number: no edges, no panic.
func TestCannyNothing(t *testing.T) {
	for _, s := range []tensor.Shape{{N: 1, C: 1, H: 1, W: 1}, {N: 1, C: 1, H: 1, W: 9}, {N: 1, C: 1, H: 9, W: 1}, {N: 1, C: 1, H: 2, W: 2}, {N: 2, C: 3, H: 40, W: 40}} {
		for _, v := range []float64{0, 0.3, 1e9, math.NaN(), math.Inf(1)} {
			x := tensor.NewDense[float64](s)
			for i := range x.Data {
				x.Data[i] = v
			}
			for _, like := range []Like{Plain, SkImage, OpenCV} {
				for _, border := range []corr.BorderMode{corr.Zeros, corr.Symmetric} {
					y := detect(t, x, Options{Operator: "canny", Like: like}, corr.Options{Border: corr.Border{Mode: border}}, 2)
					if slices.ContainsFunc(y.Data, func(v float64) bool { return v != 0 }) {
						t.Errorf("%v, %v of %v: edges", like, s, v)
					}
				}
			}
		}
	}
}

// One NaN takes the edges from the windows that hold it, and no others.
func TestCannyNaN(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 60, W: 40})
	for i := range x.Data {
		if i%40 >= 20 {
			x.Data[i] = 1
		}
	}
	x.Data[30*40+20] = math.NaN()
	got := detect(t, x, Options{Operator: "canny"}, corr.Options{}, 2)
	for y := range 60 {
		edge := slices.ContainsFunc(got.Data[y*40:(y+1)*40], func(v float64) bool { return v == 1 })
		if far := (y < 30-7 || y > 30+7) && y > 0 && y < 59; far && !edge {
			t.Errorf("no edge in row %d, far from the NaN", y)
		} else if y > 30-5 && y < 30+5 && edge {
			t.Errorf("an edge in row %d, whose blur holds the NaN", y)
		}
	}
}

// Automatic thresholds are Otsu's of the lengths, and half of it; what is given
// stays.
func TestCannyAutomatic(t *testing.T) {
	x := noise(tensor.Shape{N: 1, C: 1, H: 40, W: 50})
	for i := range x.Data {
		x.Data[i] = x.Data[i]/10 + math.Floor(math.Sin(float64(i%50)/7)+1)
	}
	sobel := detect(t, blurred(t, x), Options{Operator: "sobel"}, corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Symmetric}}, 1)
	h := histogram{lo: slices.Min(sobel.Data), hi: slices.Max(sobel.Data)}
	h.divide()
	for _, v := range sobel.Data {
		h.counts[h.bin(v)]++
	}
	high := h.otsu()
	low := high / 2
	got := detect(t, x, Options{Operator: "canny"}, corr.Options{}, 2)
	want := detect(t, x, Options{Operator: "canny", Low: &low, High: &high}, corr.Options{}, 2)
	if !slices.Equal(got.Data, want.Data) {
		t.Errorf("automatic:\n%s\nwith %v and %v:\n%s", drawn(got), low, high, drawn(want))
	}
	given := 0.9 * high
	got = detect(t, x, Options{Operator: "canny", High: &given}, corr.Options{}, 2)
	half := given / 2
	want = detect(t, x, Options{Operator: "canny", Low: &half, High: &given}, corr.Options{}, 2)
	if !slices.Equal(got.Data, want.Data) {
		t.Error("half of a given high threshold is not the low one")
	}
}

// blurred is an image as canny blurs it.
func blurred(t *testing.T, x *tensor.Dense[float64]) *tensor.Dense[float64] {
	t.Helper()
	s := x.Shape()
	y := tensor.NewDense[float64](s)
	rows := newSlopes(x, newGaussian[float64](1, corr.Border{}, s.H, s.W), sobel[float64]{size: 3}, rowvec.Roots[float64], 0)
	for r := range s.H {
		if _, err := rows.row(0, r); err != nil {
			t.Fatal(err)
		}
		row, err := rows.blurred(r)
		if err != nil {
			t.Fatal(err)
		}
		copy(y.Data[r*s.W:], row[1:1+s.W])
	}
	return y
}
