// Package edges finds the edges of images: derivatives along x, y or any angle,
// the magnitude and the angle of a gradient, thinned or thresholded, second
// derivatives, and Canny's detector.
//
// Every detector but Canny's, which sums in SciPy's order, is made of correlations of
// package corr; what is added here works on the rows of one image plane, in bands, and
// gives the same numbers whatever the threads. x points right and y down, as rows and columns are counted.
package edges

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
)

// Options say what is detected. The zero values of Output and Norm are the
// magnitude and its Euclidean norm.
type Options struct {
	Operator string // one of Operators
	Like     Like
	Output   Output
	Degrees  float64 // the direction of Along, from x towards y
	Norm     Norm

	// Aperture is the size of the kernels of sobel, laplacian and canny, 3, 5 or 7 as
	// OpenCV's ksize and apertureSize. 0 is the default: 3, and for laplacian the four
	// neighbours.
	Aperture int

	Sigma     *float64 // of log, dog and canny; nil for the operator's default
	Low, High *float64 // of canny; nil for automatic ones

	Thin      bool       // keep the ridges of the magnitude
	Threshold *Threshold // nil for none
	White     float64    // what an edge is written as, by canny or a threshold; 0 means 1
	Unit      float64    // of canny: the stored number that pixels were divided by to lie in 0..1; 0 for other numbers
}

// MaxSigma is the largest scale of an operator, in pixels: a Gaussian of it is cut
// at 2000 pixels from its centre.
const MaxSigma = kernel.MaxSigma

// Output is what a gradient (x, y) is turned into.
type Output int

const (
	// Magnitude is the length of the gradient.
	Magnitude Output = iota
	// Angle is atan2(y, x) in degrees from 0 to below 360; 0 where both are 0.
	Angle
	// X and Y are the derivatives themselves.
	X
	Y
	// Along is the derivative cos(a) x + sin(a) y in the direction a.
	Along
)

// OutputNames are the words for an Output, in the order of its constants; Along
// is a number of degrees.
var OutputNames = []string{"magnitude", "angle", "x", "y"}

// Norm is how a magnitude is taken.
type Norm int

const (
	// L2 is sqrt(x² + y²).
	L2 Norm = iota
	// L1 is |x| + |y|.
	L1
)

// NormNames are the words for a Norm, in the order of its constants.
var NormNames = []string{"l2", "l1"}

// Plan is a detector made ready for images of one shape.
type Plan[T tensor.Float] interface {
	Out() tensor.Shape
	Geometry() corr.Geometry
	Describe() string
	Run(context.Context, tensor.Source[T], tensor.Sink[T]) error
}

// NewPlan checks a detector and prepares it. Canny keeps the size of the image:
// of the geometry it takes the border of its blur alone.
func NewPlan[T tensor.Float](in tensor.Shape, o Options, g corr.Options, c corr.Config) (Plan[T], error) {
	if err := o.Check(g); err != nil {
		return nil, err
	}
	op := o.operator()
	if o.White == 0 {
		o.White = 1
		if o.Operator == cannyName && o.Like == OpenCV {
			o.White = 255
		}
	}
	var p Plan[T]
	var err error
	switch {
	case o.Operator == cannyName:
		return newCanny[T](in, o, g, c)
	case !op.pair:
		p, err = newSecond[T](in, o, g, c)
	case o.Output == X || o.Output == Y || o.Output == Along:
		p, err = newDerivative[T](in, o, g, c)
	default:
		p, err = newGradient[T](in, o, g, c)
	}
	if err != nil || o.Threshold == nil {
		return p, err
	}
	return &thresholded[T]{Plan: p, by: *o.Threshold, white: T(o.White)}, nil
}

// Directed reports whether the operator is a pair of derivatives.
func (o Options) Directed() bool { return o.operator().pair }

// UsualNorm is the norm that is meant where none is given.
func (o Options) UsualNorm() Norm {
	if o.Operator == cannyName && o.Like == OpenCV {
		return L1
	}
	return L2
}

// Doubles reports whether pixels, too, are best computed in float64: scikit-image's
// canny does so, and in it a rounding can make or break a tie. Squares of OpenCV's
// large gradients are whole numbers that float32 does not hold.
func (o Options) Doubles() bool {
	return o.Operator == cannyName && (o.Like != OpenCV || o.Aperture > 3)
}

// Check tells what does not go together.
func (o Options) Check(g corr.Options) error {
	op, ok := find(o.Operator)
	switch {
	case !ok:
		return fmt.Errorf("%q is not an edge operator: choose %s", o.Operator, strings.Join(Operators(), ", "))
	case !op.pair && o.Output != Magnitude:
		return fmt.Errorf("%s looks into no direction: it has no %s", o.Operator, directions[o.Output])
	case !op.pair && o.Thin:
		return fmt.Errorf("%s has no gradient to be thinned along", o.Operator)
	case o.Thin && o.Output != Magnitude:
		return fmt.Errorf("thinning keeps the ridges of the magnitude, and this is the %s", directions[o.Output])
	case o.Operator != cannyName && (o.Low != nil || o.High != nil):
		return fmt.Errorf("%s has no low and high threshold", o.Operator)
	case o.Operator == cannyName && o.Threshold != nil:
		return errors.New("canny has thresholds of its own, low and high")
	case o.Like != OpenCV && o.Low != nil && o.High != nil && *o.Low > *o.High:
		return fmt.Errorf("the low threshold, %g, is above the high one, %g", *o.Low, *o.High)
	case o.Operator != cannyName && o.Sigma != nil && *o.Sigma == 0:
		return fmt.Errorf("the sigma of %s must be above 0", o.Operator)
	case o.Sigma != nil && !(*o.Sigma >= 0 && *o.Sigma <= MaxSigma):
		return fmt.Errorf("sigma %g: must lie between 0 and %d", *o.Sigma, MaxSigma)
	case o.Sigma != nil && op.sigma == "":
		return fmt.Errorf("%s has no sigma", o.Operator)
	case o.Aperture != 0 && !op.aperture:
		return fmt.Errorf("%s has one size: an aperture belongs to sobel, laplacian and canny", o.Operator)
	case o.Aperture != 0 && !slices.Contains(kernel.Apertures, o.Aperture):
		return fmt.Errorf("aperture %d: must be 3, 5 or 7", o.Aperture)
	case o.Aperture != 0 && o.Like == SkImage:
		return errors.New("scikit-image's operators have one size: they take no aperture")
	}
	if o.Operator == cannyName && (step(g.Stride) || step(g.Dilation) || g.Padding.Mode == corr.Full || g.Padding.Mode == corr.Explicit) {
		return errors.New("canny keeps the size of the image: it takes no stride, no dilation and no padding but same")
	}
	return o.Like.check(o.Operator)
}

// step reports whether a stride or a dilation is more than one.
func step(s corr.Size) bool { return s.H > 1 || s.W > 1 }

var directions = []string{"magnitude", "angle", "x", "y", "derivative along an angle"}
