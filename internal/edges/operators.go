package edges

import (
	"math"
	"strconv"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
)

// operator is one row of the table of detectors.
type operator struct {
	name  string
	pair  bool   // of derivatives; else it looks into no direction
	sigma string // the parameter of the kernel that --sigma sets, "" for none
	// scale is what scikit-image multiplies the kernels with; NaN where it has
	// no such operator. opencv reports whether OpenCV has it, with our taps.
	skimage float64
	opencv  bool
	// aperture: its kernels have three sizes.
	aperture bool
}

// cannyName is the detector that is more than a correlation.
const cannyName = "canny"

// operators are all detectors, in the order of help.
var operators = []operator{
	{"diff", true, "", math.NaN(), false, false},
	{"roberts", true, "", -1, false, false},
	{"prewitt", true, "", 1. / 3, false, false},
	{"sobel", true, "", 1. / 4, true, true},
	{"scharr", true, "", 1. / 16, true, false},
	{"farid", true, "", 1, false, false},
	{"laplacian", false, "", -1, true, true},
	{"log", false, "sigma", math.NaN(), false, false},
	{"dog", false, "sigma1", 1, false, false},
	{cannyName, false, "sigma", 1, true, true},
}

// Operators are the names of all detectors.
func Operators() []string {
	var names []string
	for _, op := range operators {
		names = append(names, op.name)
	}
	return names
}

func find(name string) (operator, bool) {
	for _, op := range operators {
		if op.name == name {
			return op, true
		}
	}
	return operator{}, false
}

// operator is the row of a name that Check has seen.
func (o Options) operator() operator {
	op, _ := find(o.Operator)
	return op
}

// pair gives the named kernels NAME-x and NAME-y in the scale of the convention.
func (o Options) pair() (x, y tensor.Kernel, err error) {
	if o.Aperture != 0 {
		x, y = kernel.Sobel(o.Aperture)
		return x, y, nil
	}
	if x, y, err = kernel.Gradient(o.Operator); err != nil {
		return x, y, err
	}
	s := o.scale()
	return scaled(x, s), scaled(y, s), nil
}

// scale is what the kernels are multiplied with.
func (o Options) scale() float64 {
	if o.Like == SkImage {
		return o.operator().skimage
	}
	return 1
}

func scaled(k tensor.Kernel, s float64) tensor.Kernel {
	taps := make([]float64, len(k.Taps))
	for i, v := range k.Taps {
		taps[i] = s * v
	}
	k.Taps = taps
	return k
}

// newSecond plans an operator of no direction: one correlation.
func newSecond[T tensor.Float](in tensor.Shape, o Options, g corr.Options, c corr.Config) (Plan[T], error) {
	if o.Aperture != 0 {
		return corr.NewPlan[T](in, kernel.Laplacian(o.Aperture), g, c)
	}
	params := map[string]string{}
	if o.Sigma != nil {
		params[o.operator().sigma] = strconv.FormatFloat(*o.Sigma, 'g', -1, 64)
	}
	k, err := kernel.Named(o.Operator, params)
	if err != nil {
		return nil, err
	}
	return corr.NewPlan[T](in, scaled(k, o.scale()), g, c)
}

// newDerivative plans one derivative: along x, y, or any direction.
func newDerivative[T tensor.Float](in tensor.Shape, o Options, g corr.Options, c corr.Config) (Plan[T], error) {
	x, y, err := o.pair()
	if err != nil {
		return nil, err
	}
	k := x
	switch o.Output {
	case Y:
		k = y
	case Along:
		k = along(x, y, o.Degrees, g)
	}
	return corr.NewPlan[T](in, k, g, c)
}

// along is cos(a) x + sin(a) y. Quarter turns are exact, and are one of the two
// kernels in its own size.
func along(x, y tensor.Kernel, degrees float64, g corr.Options) tensor.Kernel {
	a := math.Mod(degrees, 360)
	if a < 0 {
		a += 360
	}
	switch a {
	case 0, 360:
		return x
	case 90:
		return y
	case 180:
		return scaled(x, -1)
	case 270:
		return scaled(y, -1)
	}
	sin, cos := math.Sincos(a * math.Pi / 180)
	sin, cos = clean(sin), clean(cos)
	x, y = share(x, y, g)
	k := scaled(x, cos)
	for i, v := range y.Taps {
		k.Taps[i] += float64(sin * v)
	}
	return k
}

// clean takes the roundings off the sines of 30, 45 and 60 degrees, so that a
// derivative along an edge is 0 there.
func clean(v float64) float64 {
	for _, exact := range []float64{0.5, math.Sqrt2 / 2} {
		if math.Abs(math.Abs(v)-exact) < 1e-15 {
			return math.Copysign(exact, v)
		}
	}
	return v
}

// share brings two plain kernels to the same size with zeros at the bottom and the
// right; or, where Same padding puts the origin of an even size there, at the top
// and the left, so that neither kernel moves against the image.
func share(x, y tensor.Kernel, g corr.Options) (tensor.Kernel, tensor.Kernel) {
	before := g.Padding.Mode == corr.Same && (g.Padding.Rule == geometry.OddBefore || g.Padding.Rule == geometry.StridedBefore)
	h, w := max(x.H, y.H), max(x.W, y.W)
	return fill(x, h, w, before != g.Convolve), fill(y, h, w, before != g.Convolve)
}

func fill(k tensor.Kernel, h, w int, before bool) tensor.Kernel {
	f := k
	f.H, f.W, f.Taps = h, w, make([]float64, h*w)
	top, left := 0, 0
	if before {
		top, left = h-k.H, w-k.W
	}
	for u := range k.H {
		copy(f.Taps[(top+u)*w+left:], k.Taps[u*k.W:(u+1)*k.W])
	}
	return f
}
