package edges

import (
	"fmt"
	"math"
	"strings"

	"github.com/convkit/convkit/internal/corr"
)

// Like is the program whose numbers a detector gives.
type Like int

const (
	// Plain: the kernels as `convkit kernels` lists them.
	Plain Like = iota
	// SkImage is scikit-image: kernels whose smoothing sums to 1, a magnitude
	// divided by sqrt(2), an edge that is repeated, the result as large as the
	// image.
	SkImage
	// OpenCV: whole kernels, a border that mirrors without repeating the edge,
	// the result as large as the image.
	OpenCV
)

// String gives the program's name.
func (l Like) String() string { return []string{"convkit", "scikit-image", "OpenCV"}[l] }

// Has reports whether a program has an operator.
func (l Like) Has(operator string) bool {
	op, ok := find(operator)
	return ok && (l == Plain || l == OpenCV && op.opencv || l == SkImage && !math.IsNaN(op.skimage))
}

// check refuses an operator that a program does not have.
func (l Like) check(operator string) error {
	if l.Has(operator) {
		return nil
	}
	var has []string
	for _, name := range Operators() {
		if l.Has(name) {
			has = append(has, name)
		}
	}
	return fmt.Errorf("%v has no %s: it has %s", l, operator, strings.Join(has, ", "))
}

// Geometry is the padding and the border that a program gives an operator.
func (l Like) Geometry(operator string) (corr.Padding, corr.Border) {
	same := corr.Padding{Mode: corr.Same}
	switch {
	case l == OpenCV:
		return same, corr.Border{Mode: corr.Reflect}
	case l == SkImage && operator == "dog":
		return same, corr.Border{Mode: corr.Replicate}
	case l == SkImage && operator == cannyName:
		return same, corr.Border{} // of its blur
	case l == SkImage:
		return same, corr.Border{Mode: corr.Symmetric}
	}
	return corr.Padding{}, corr.Border{}
}

// shrink is what a program multiplies the norm of a gradient with.
func (l Like) shrink() float64 {
	if l == SkImage {
		return math.Sqrt(0.5)
	}
	return 1
}
