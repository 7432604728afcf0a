package kernel

import (
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// derivatives are the kernels that find edges. Apart from diff and roberts they
// give right minus left (x) and lower minus upper (y), as OpenCV's do; diff gives
// left minus right and upper minus lower, as the textbook writes it. None is
// normalised: a step of 1 makes prewitt-x answer 3, sobel-x 4 and scharr-x 16.
func derivatives() []entry {
	return []entry{
		fixed("diff-x", "1 -1", "the textbook's edge detector (Dive into Deep Learning, 7.2)",
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
		fixed("sobel-x", "-1 0 1; -2 0 2; -1 0 1", "I. Sobel and G. Feldman, 1968; sign and scale of OpenCV's Sobel",
			"horizontal derivative, smoothed by 1 2 1: vertical edges"),
		fixed("sobel-y", "-1 -2 -1; 0 0 0; 1 2 1", "transpose of sobel-x",
			"vertical derivative, smoothed by 1 2 1: horizontal edges"),
		fixed("scharr-x", "-3 0 3; -10 0 10; -3 0 3", "H. Scharr, 2000; sign and scale of OpenCV's Scharr",
			"horizontal derivative with a truer angle than sobel's"),
		fixed("scharr-y", "-3 -10 -3; 0 0 0; 3 10 3", "transpose of scharr-x",
			"vertical derivative with a truer angle than sobel's"),
	}
}

// Operators are the names that Gradient knows.
func Operators() []string { return []string{"diff", "roberts", "prewitt", "sobel", "scharr"} }

// Gradient returns the derivative kernels of an operator: OPERATOR-x and
// OPERATOR-y. The two of roberts look along the diagonals.
func Gradient(operator string) (x, y tensor.Kernel, err error) {
	if !slices.Contains(Operators(), operator) {
		advice := "choose " + strings.Join(Operators(), ", ")
		if best, ok := nearest(strings.ToLower(operator), Operators()); ok {
			advice = "did you mean " + best + "? " + advice
		}
		return x, y, specError(advice, "%q is no edge operator", operator)
	}
	if x, err = Named(operator+"-x", nil); err != nil {
		return x, y, err
	}
	y, err = Named(operator+"-y", nil)
	return x, y, err
}
