package detect

import (
	"math"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
)

// foreign are operations on pictures with values from 0 to 1 that no kernel does.
var foreign = map[string]func(x *tensor.Dense[float64], y, c int) float64{
	"gamma 2.2":  pointwise(func(v float64) float64 { return math.Pow(v, 1/2.2) }),
	"gamma 1.8":  pointwise(func(v float64) float64 { return math.Pow(v, 1/1.8) }),
	"gamma 1.1":  pointwise(func(v float64) float64 { return math.Pow(v, 1/1.1) }),
	"gamma 0.5":  pointwise(func(v float64) float64 { return v * v }),
	"s-curve":    pointwise(func(v float64) float64 { return v * v * (3 - 2*v) }),
	"sine curve": pointwise(func(v float64) float64 { return 0.5 - 0.5*math.Cos(math.Pi*v) }),
	"logarithm":  pointwise(func(v float64) float64 { return math.Log1p(9*v) / math.Log(10) }),
	"threshold":  pointwise(func(v float64) float64 { return math.Round(v) }),
	"posterise":  pointwise(func(v float64) float64 { return math.Floor(v*8) / 8 }),
	"solarise":   pointwise(func(v float64) float64 { return math.Min(v, 1-v) }),
	"clip":       pointwise(func(v float64) float64 { return math.Min(math.Max(v, 0.4), 0.7) }),
	"triangle":   pointwise(func(v float64) float64 { return math.Abs(math.Mod(3*v, 2) - 1) }),
	"median 3":   ranked3(1, 0.5),
	"median 5":   ranked3(2, 0.5),
	"erosion":    ranked3(1, 0),
	"dilation":   ranked3(1, 1),
	"quartile":   ranked3(1, 0.25),
	"erosion 5":  ranked3(2, 0),
	"range": func(x *tensor.Dense[float64], y, c int) float64 {
		return ranked3(1, 1)(x, y, c) - ranked3(1, 0)(x, y, c)
	},
	"gradient": func(x *tensor.Dense[float64], y, c int) float64 {
		return math.Hypot(at(x, y, c+1)-at(x, y, c-1), at(x, y+1, c)-at(x, y-1, c))
	},
	"deviation":       deviation,
	"bilateral":       bilateral,
	"rotation by 3":   rotated(3),
	"rotation by 0.5": rotated(0.5),
	"scale by 1.02":   warped(func(y, c float64) (float64, float64) { return y * 1.02, c * 1.02 }),
	"shear":           warped(func(y, c float64) (float64, float64) { return y, c + 0.05*y }),
	"barrel":          warped(func(y, c float64) (float64, float64) { r := 1 + 2e-5*(y*y+c*c); return y * r, c * r }),
	"wave":            warped(func(y, c float64) (float64, float64) { return y, c + math.Sin(y/6) }),
	"vignette": func(x *tensor.Dense[float64], y, c int) float64 {
		return at(x, y, c) * (1 - 1e-4*float64((y-24)*(y-24)+(c-24)*(c-24)))
	},
	"blur that grows": func(x *tensor.Dense[float64], y, c int) float64 {
		f := float64(c) / 150
		return (1-2*f)*at(x, y, c) + f*(at(x, y, c-1)+at(x, y, c+1))
	},
	"geometric mean": func(x *tensor.Dense[float64], y, c int) float64 { return math.Sqrt(at(x, y, c) * at(x, y, c+1)) },
	"local contrast": func(x *tensor.Dense[float64], y, c int) float64 {
		return 0.5 + (at(x, y, c)-mean(x, y, c))/(0.3+8*deviation(x, y, c))
	},
	"blocks of 8":  func(x *tensor.Dense[float64], y, c int) float64 { return 0.7*at(x, y, c) + 0.3*at(x, y/8*8+4, c/8*8+4) },
	"equalisation": equalised,
	"mosaic of 2":  func(x *tensor.Dense[float64], y, c int) float64 { return at(x, y/2*2, c/2*2) },
	"mirror":       func(x *tensor.Dense[float64], y, c int) float64 { return at(x, y, x.Shape().W-1-c) },
}

// at returns a pixel, or the nearest one beyond the edge.
func at(x *tensor.Dense[float64], y, c int) float64 {
	s := x.Shape()
	return x.Data[min(max(y, 0), s.H-1)*s.W+min(max(c, 0), s.W-1)]
}

func pointwise(f func(float64) float64) func(*tensor.Dense[float64], int, int) float64 {
	return func(x *tensor.Dense[float64], y, c int) float64 { return f(at(x, y, c)) }
}

// ranked3 is the value of a rank, as a share, within reach.
func ranked3(reach int, rank float64) func(*tensor.Dense[float64], int, int) float64 {
	return func(x *tensor.Dense[float64], y, c int) float64 {
		var list []float64
		for u := -reach; u <= reach; u++ {
			for v := -reach; v <= reach; v++ {
				list = append(list, at(x, y+u, c+v))
			}
		}
		slices.Sort(list)
		return list[int(rank*float64(len(list)-1))]
	}
}

func mean(x *tensor.Dense[float64], y, c int) float64 {
	sum := 0.0
	for i := range 9 {
		sum += at(x, y+i/3-1, c+i%3-1)
	}
	return sum / 9
}

func deviation(x *tensor.Dense[float64], y, c int) float64 {
	m, sum := mean(x, y, c), 0.0
	for i := range 9 {
		sum += math.Pow(at(x, y+i/3-1, c+i%3-1)-m, 2)
	}
	return math.Sqrt(sum / 9)
}

func bilateral(x *tensor.Dense[float64], y, c int) float64 {
	sum, weights, centre := 0.0, 0.0, at(x, y, c)
	for i := range 25 {
		v := at(x, y+i/5-2, c+i%5-2)
		w := math.Exp(-math.Pow((v-centre)/0.1, 2))
		sum, weights = sum+w*v, weights+w
	}
	return sum / weights
}

// warped reads from a place that is given relative to the middle, between pixels.
func warped(f func(y, c float64) (float64, float64)) func(*tensor.Dense[float64], int, int) float64 {
	return func(x *tensor.Dense[float64], y, c int) float64 {
		h, w := float64(x.Shape().H-1)/2, float64(x.Shape().W-1)/2
		u, v := f(float64(y)-h, float64(c)-w)
		u, v = u+h, v+w
		y0, x0 := int(math.Floor(u)), int(math.Floor(v))
		fy, fx := u-float64(y0), v-float64(x0)
		return (1-fy)*((1-fx)*at(x, y0, x0)+fx*at(x, y0, x0+1)) + fy*((1-fx)*at(x, y0+1, x0)+fx*at(x, y0+1, x0+1))
	}
}

func rotated(degrees float64) func(*tensor.Dense[float64], int, int) float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return warped(func(y, c float64) (float64, float64) { return cos*y - sin*c, sin*y + cos*c })
}

// equalised is the share of the pixels that are darker.
func equalised(x *tensor.Dense[float64], y, c int) float64 {
	n, v := 0, at(x, y, c)
	for _, o := range x.Data {
		if o < v {
			n++
		}
	}
	return float64(n) / float64(len(x.Data))
}

// TestForeign: nothing that no kernel does is called certain or likely, in 8 bits and in
// floating point, and tone curves are recognised.
func TestForeign(t *testing.T) {
	const step = 1.0 / 255
	x := traintest.Texture(48, 50)
	for i, v := range x.Data {
		x.Data[i] = math.Round(math.Min(math.Max(v, 0), 1)/step) * step
	}
	for name, f := range foreign {
		for _, s := range []float64{step, 0} {
			y := tensor.NewDense[float64](x.Shape())
			for i := range y.Data {
				y.Data[i] = f(x, i/x.Shape().W, i%x.Shape().W)
				if s > 0 {
					y.Data[i] = math.Round(y.Data[i]/s) * s
				}
			}
			inputs := []train.Input{train.One(train.Pair{X: x, Y: y})}
			d, err := Detect(t.Context(), inputs, train.Spec{Kernel: size3}, true)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Explain(t.Context(), inputs, s); err != nil {
				t.Fatal(err)
			}
			lines := d.Confidence(s)
			if d.Explained(s) || said(lines, "certain") || said(lines, "likely") {
				t.Errorf("%s, step %.3g: %q", name, s, lines)
			}
			if curve := name == "gamma 2.2" || name == "gamma 1.8" || name == "gamma 0.5" || name == "s-curve" || name == "equalisation"; curve && !said(lines, "tone curve of X", gammas[name]) {
				t.Errorf("%s, step %.3g is no tone curve: %q", name, s, lines)
			}
		}
	}
}

// gammas are what is said of the curves among them.
var gammas = map[string]string{"gamma 2.2": "a gamma of 2.2", "gamma 1.8": "a gamma of 1.8", "gamma 0.5": "a gamma of 0.5"}

var size3 = corr.Size{H: 3, W: 3}
