package kernel

import (
	"math"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/guess"
	"github.com/convkit/convkit/internal/tensor"
)

// order is the parameter of derivative-x and -y.
var order = []Parameter{{"order", "1", "which derivative, 1 to 50"}}

// derivatives are the kernels that find edges. Apart from diff and roberts they
// give right minus left (x) and lower minus upper (y), as OpenCV's do; diff gives
// left minus right and upper minus lower, as the textbook writes it. They are not
// normalised: a step of 1 makes prewitt-x answer 3, sobel-x 4 and scharr-x 16;
// farid alone gives the slope itself, 1 to 1 per cent.
func derivatives() []entry {
	return []entry{
		fixed("diff-x", "1 -1", "the textbook's edge detector (Dive into Deep Learning)",
			"difference of neighbours, left minus right: vertical edges"),
		fixed("diff-y", "1; -1", "transpose of diff-x",
			"difference of neighbours, upper minus lower: horizontal edges"),
		fixed("roberts-x", "1 0; 0 -1", "L. G. Roberts, 1963",
			"difference along the falling diagonal, upper left minus lower right"),
		fixed("roberts-y", "0 1; -1 0", "L. G. Roberts, 1963",
			"difference along the rising diagonal, upper right minus lower left"),
		fixed("prewitt-x", "-1 0 1; -1 0 1; -1 0 1", "J. M. S. Prewitt, 1970; unnormalised",
			"horizontal derivative, smoothed by a box of 3: vertical edges"),
		fixed("prewitt-y", "-1 -1 -1; 0 0 0; 1 1 1", "transpose of prewitt-x",
			"vertical derivative, smoothed by a box of 3: horizontal edges"),
		sized("sobel-x", "-1 0 1; -2 0 2; -1 0 1", "I. Sobel and G. Feldman, 1968; sign and scale of OpenCV's Sobel",
			"horizontal derivative, smoothed by 1 2 1: vertical edges", Apertures, func(n int) tensor.Kernel { x, _ := Sobel(n); return x }),
		sized("sobel-y", "-1 -2 -1; 0 0 0; 1 2 1", "transpose of sobel-x",
			"vertical derivative, smoothed by 1 2 1: horizontal edges", Apertures, func(n int) tensor.Kernel { _, y := Sobel(n); return y }),
		fixed("scharr-x", "-3 0 3; -10 0 10; -3 0 3", "H. Scharr, 2000; sign and scale of OpenCV's Scharr",
			"horizontal derivative with a truer angle than sobel's"),
		fixed("scharr-y", "-3 -10 -3; 0 0 0; 3 10 3", "transpose of scharr-x",
			"vertical derivative with a truer angle than sobel's"),
		{Info: Info{
			Name: "farid-x", Formula: "p d, p = (" + words(faridSmooth) + ") down, d = (" + words(faridSlope) + ") across",
			Source:  "H. Farid and E. P. Simoncelli, 2004, 5 taps; equal to scikit-image's farid_v",
			Summary: "horizontal derivative per pixel, its angle the truest of all here: vertical edges",
		}, make: func(*arguments) tensor.Kernel { return product(faridSmooth, faridSlope) }},
		{Info: Info{
			Name: "farid-y", Formula: "transpose of farid-x",
			Source:  "H. Farid and E. P. Simoncelli, 2004, 5 taps; equal to scikit-image's farid_h",
			Summary: "vertical derivative per pixel, its angle the truest of all here: horizontal edges",
		}, make: func(*arguments) tensor.Kernel { return product(faridSlope, faridSmooth) }},
		{Info: Info{
			Name: "derivative-x", Parameters: order, Formula: "(-1)^(d-i) C(d, i) for i = 0 to d, d the order",
			Source:  "finite differences: -1 1 taken d times; order 1 is the opposite of diff-x",
			Summary: "smallest kernel of a horizontal derivative of any order",
		}, make: func(a *arguments) tensor.Kernel { return product([]float64{1}, a.differences()) }},
		{Info: Info{
			Name: "derivative-y", Parameters: order, Formula: "transpose of derivative-x",
			Source:  "finite differences: -1 1 taken d times; order 1 is the opposite of diff-y",
			Summary: "smallest kernel of a vertical derivative of any order",
		}, make: func(a *arguments) tensor.Kernel { return product(a.differences(), []float64{1}) }},
	}
}

// The pair of smoothing and slope that Farid and Simoncelli optimised together,
// in the orientation of correlation.
var (
	faridSmooth = []float64{0.0376593171958126, 0.249153396177344, 0.426374573253687, 0.249153396177344, 0.0376593171958126}
	faridSlope  = []float64{-0.109603762960254, -0.276690988455557, 0, 0.276690988455557, 0.109603762960254}
)

func words(values []float64) string {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = format(v)
	}
	return strings.Join(s, " ")
}

// product returns the kernel column[u] * row[v].
func product(column, row []float64) tensor.Kernel {
	taps := make([]float64, 0, len(column)*len(row))
	for _, y := range column {
		for _, x := range row {
			taps = append(taps, y*x)
		}
	}
	return tensor.Matrix(len(column), len(row), taps...)
}

// differences returns the binomials of the order with alternating signs, the
// last one positive. Up to order 50 they are exact in float64.
func (a *arguments) differences() []float64 {
	d := []float64{1}
	order := a.number("order", 1, 50)
	if order != math.Trunc(order) {
		a.fail("order", "must be a whole number")
	}
	for range int(order) {
		d = append(d, 0)
		for i := len(d) - 1; i > 0; i-- {
			d[i] = d[i-1] - d[i]
		}
		d[0] = -d[0]
	}
	return d
}

// Operators are the names that Gradient knows.
func Operators() []string { return []string{"diff", "roberts", "prewitt", "sobel", "scharr", "farid"} }

// Gradient returns the derivative kernels of an operator: OPERATOR-x and
// OPERATOR-y. The two of roberts look along the diagonals.
func Gradient(operator string) (x, y tensor.Kernel, err error) {
	if !slices.Contains(Operators(), operator) {
		advice := "choose " + strings.Join(Operators(), ", ")
		if best, ok := guess.Nearest(strings.ToLower(operator), Operators()); ok {
			advice = "did you mean " + best + "? " + advice
		}
		return x, y, specError(advice, "%q is not an edge operator", operator)
	}
	if x, err = Named(operator+"-x", nil); err != nil {
		return x, y, err
	}
	y, err = Named(operator+"-y", nil)
	return x, y, err
}
