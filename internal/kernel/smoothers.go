package kernel

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// MaxSigma keeps a Gaussian of the default reach within maxTaps.
const MaxSigma = 500

// smoothers are the kernels whose taps sum to 1.
func smoothers() []entry {
	return []entry{
		{Info: Info{
			Name: "identity", Parameters: []Parameter{{"size", "1", "N or HxW"}},
			Formula: "1 at row (H-1)/2, column (W-1)/2, rounded down and counted from 0; else 0",
			Source:  "definition; an even size has its centre where `same` padding puts it",
			Summary: "changes nothing",
		}, make: identity},
		{Info: Info{
			Name: "box", Parameters: []Parameter{{"size", "3", "N or HxW"}},
			Formula: "1/(H W) everywhere",
			Source:  "definition",
			Summary: "mean over a rectangle",
		}, make: box},
		{Info: Info{
			Name: "gaussian", Parameters: []Parameter{
				{"sigma", "1", "standard deviation in pixels, V or VxW (vertical x horizontal)"},
				{"size", "", "N or HxW; 2 int(truncate sigma + 1/2) + 1 if not given"},
				{"truncate", "4", "reach in sigmas, where no size is given"},
			},
			Formula: "exp(-x^2/(2 sigma^2)) exp(-y^2/(2 sigma^2)), x and y from the centre, divided by its sum",
			Source:  "size and taps of SciPy's gaussian_filter; with a size, OpenCV's getGaussianKernel",
			Summary: "blur",
		}, make: gaussian},
		{Info: Info{
			Name: "motion", Parameters: []Parameter{{"length", "9", "length of the path in pixels"}, {"angle", "0", "degrees, counter-clockwise from the right"}},
			Formula: "max(0, 1 - d) divided by its sum, d the distance of the tap from a centred segment of length-1 pixels",
			Source:  "an anti-aliased line, after MATLAB's fspecial motion",
			Summary: "blur along a line",
		}, make: motion},
	}
}

func identity(a *arguments) tensor.Kernel {
	h, w := a.size("size")
	taps := make([]float64, h*w)
	taps[(h-1)/2*w+(w-1)/2] = 1
	return tensor.Matrix(h, w, taps...)
}

func box(a *arguments) tensor.Kernel {
	h, w := a.size("size")
	taps := make([]float64, h*w)
	for i := range taps {
		taps[i] = 1 / float64(h*w)
	}
	return tensor.Matrix(h, w, taps...)
}

func gaussian(a *arguments) tensor.Kernel {
	sy, sx := a.pair("sigma", MaxSigma)
	h, w := a.size("size")
	if h == 0 {
		h, w = 2*a.reach("truncate", sy)+1, 2*a.reach("truncate", sx)+1
	}
	return product(gaussian1D(h, sy), gaussian1D(w, sx))
}

// reach is int(truncate*sigma + 1/2), SciPy's radius of a Gaussian. Beyond 2047
// a square of it would have more than maxTaps taps.
func (a *arguments) reach(key string, sigma float64) int {
	r := math.Floor(a.positive(key, 1e6)*sigma + 0.5)
	if r > 2047 {
		a.note(specError("give a smaller sigma or truncate", "kernel %s: sigma %v reaches %v pixels, and 2047 are the limit", a.Name, sigma, r))
		return 0
	}
	return int(r)
}

// gaussian1D returns n samples exp(-x^2/(2 sigma^2)) at x = i - (n-1)/2, divided
// by their sum. Exponents are taken relative to the sample next to the centre,
// which is then 1 before the division however small sigma is.
func gaussian1D(n int, sigma float64) []float64 {
	g := make([]float64, n)
	least := float64((n+1)%2) / 2
	sum := 0.0
	for i := range g {
		x := math.Abs(float64(i) - float64(n-1)/2)
		if x > least {
			g[i] = math.Exp(-(x - least) / sigma * ((x + least) / sigma) / 2)
		} else {
			g[i] = 1
		}
		sum += g[i]
	}
	for i := range g {
		g[i] /= sum
	}
	return g
}

// outer returns the square kernel g gᵀ.
func outer(g []float64) tensor.Kernel { return product(g, g) }

// motion draws the anti-aliased segment of its entry. The sides are odd and as
// small as hold every tap above zero.
func motion(a *arguments) tensor.Kernel {
	length := a.number("length", 1, 2000)
	angle := a.number("angle", -3600, 3600)
	half := (length - 1) / 2
	sin, cos := sincosDegrees(angle)
	// A tap at distance 1 or more weighs nothing; below 1e-9 it is rounding.
	weight := func(y, x float64) float64 {
		along := x*cos - y*sin // y points down, angles turn counter-clockwise
		beyond := math.Max(0, math.Abs(along)-half)
		w := 1 - math.Hypot(beyond, x*sin+y*cos)
		if w < 1e-9 {
			return 0
		}
		return w
	}
	ry, rx := extent(half, math.Abs(sin), weight, true), extent(half, math.Abs(cos), weight, false)
	h, w := 2*ry+1, 2*rx+1
	taps := make([]float64, 0, h*w)
	sum := 0.0
	for u := -ry; u <= ry; u++ {
		for v := -rx; v <= rx; v++ {
			t := weight(float64(u), float64(v))
			taps = append(taps, t)
			sum += t
		}
	}
	for i := range taps {
		taps[i] /= sum
	}
	return tensor.Matrix(h, w, taps...)
}

// extent returns the largest row (or column) that holds a weight: it is at most
// one beyond the end of the segment, half*share.
func extent(half, share float64, weight func(y, x float64) float64, rows bool) int {
	for r := int(math.Ceil(half*share)) + 1; r > 0; r-- {
		for i := -int(half) - 2; i <= int(half)+2; i++ {
			y, x := float64(r), float64(i)
			if !rows {
				y, x = x, y
			}
			if weight(y, x) > 0 {
				return r
			}
		}
	}
	return 0
}

// sincosDegrees is exact at multiples of 90 degrees, so that a horizontal or
// vertical line has no taps of rounding beside it.
func sincosDegrees(degrees float64) (sin, cos float64) {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 0:
		return 0, 1
	case 90:
		return 1, 0
	case 180:
		return 0, -1
	case 270:
		return -1, 0
	}
	return math.Sincos(degrees * math.Pi / 180)
}
