// Package align finds the shift, or the rotation, scale and shift, between two
// images of one scene.
//
// A shift d = (dy, dx) moves B onto A: what B shows at (y, x) A shows at
// (y+dy, x+dx), A(y, x) = B(y-dy, x-dx). That is the sign of scikit-image's
// phase_cross_correlation(A, B).
//
// Candidates come from the phase correlation (phase.go) and from the normalised
// cross-correlation over all whole shifts (ncc.go). The best of them are fitted
// to a fraction of a pixel by least squares (refine.go). The fit's residuals and
// the candidates that lost say how far the answer can be trusted (certainty.go).
package align

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// Model is the family of motions in which the answer is sought.
type Model int

// The models, each with the one before as a special case.
const (
	ShiftOnly  Model = iota // dy, dx
	Rigid                   // and an angle
	Similarity              // and a scale
)

var modelNames = []string{"shift", "rigid", "similarity"}

// ModelNames lists the words of ParseModel.
func ModelNames() []string { return slices.Clone(modelNames) }

// ParseModel returns the model of that name.
func ParseModel(name string) (Model, error) {
	return enum.Parse[Model](name, modelNames)
}

// Options limit the search.
type Options struct {
	// MaxShift is the largest number of rows and of columns; negative for any
	// that leaves an overlap.
	MaxShift int
	// EitherSign allows B to be A as any kernel changes it: a negative, or edges
	// only. Heights and correlations then count without their signs, and the shift
	// is the centre of the phase correlation's peak, to about half a pixel.
	EitherSign bool
	// Model is the kind of motion; EitherSign goes with ShiftOnly.
	Model Model
	// MaskA and MaskB exclude pixels where they are 0 or NaN; nil excludes none.
	// A mask has one plane of its image's size.
	MaskA, MaskB tensor.Source[float64]
	Threads      int // 0: one for each processor
}

// Shift moves B onto A: a point p of B (as x, y) lies in A at
// c + Scale*R(Angle)*(p-c) + (X, Y), where c is B's centre.
type Shift struct {
	Y, X           float64
	Angle          float64 // degrees, from +x toward +y
	Scale          float64 // 1 without a model that has it
	WholeY, WholeX int     // the nearest whole shift

	// ErrorY and ErrorX are standard errors of the shift in pixels, from the
	// residuals of 64 blocks of the overlap; +Inf where a direction is undetermined.
	ErrorY, ErrorX float64

	// Confidence is between 0 and 1: 1 less the ratio of the evidence for the next
	// best shift to the evidence for this one, reduced where the standard error
	// exceeds a tenth of a pixel and where parts of the images move differently.
	Confidence float64
	// Doubt names what reduces the confidence most.
	Doubt Doubt
}

// Doubt is a reason for a low confidence.
type Doubt int

// The reasons.
const (
	NoDoubt      Doubt = iota
	OtherFits          // another shift fits about as well
	Undetermined       // along some direction the images do not determine the shift
	PartsDiffer        // parts of the images are shifted differently
	Limited            // a better shift lies beyond the largest
)

// Find finds the shift between two images. Planes are averaged first. Images of
// different sizes begin at the same corner. It fails where an image is constant,
// holds a NaN or an infinity outside its mask, or where nothing overlaps.
func Find(ctx context.Context, a, b tensor.Source[float64], o Options) (Shift, error) {
	o.Threads = schedule.Workers(o.Threads)
	if err := memory.Need(bytes(a.Shape(), b.Shape()), "aligning images of %v and %v", a.Shape(), b.Shape()); err != nil {
		return Shift{}, err
	}
	x, err := load(a, o.MaskA, "first")
	if err != nil {
		return Shift{}, err
	}
	y, err := load(b, o.MaskB, "second")
	if err != nil {
		return Shift{}, err
	}
	if o.EitherSign {
		return center(ctx, x, y, o)
	}
	if o.Model != ShiftOnly {
		return findTurned(ctx, x, y, o)
	}
	list, err := candidates(ctx, x, y, o)
	if err != nil {
		return Shift{}, err
	}
	if len(list) == 0 {
		return Shift{}, noOverlap(o)
	}
	n := min(len(list), refined)
	starts := make([]motion, n)
	for i, c := range list[:n] {
		starts[i] = c.motion()
	}
	return choose(ctx, x, y, starts, list[n:], o)
}

// bytes is about the memory of Find: both planes as numbers, smoothed and not, and a
// spectrum of complex numbers of each.
func bytes(a, b tensor.Shape) int64 {
	h, w := max(a.H, b.H), max(a.W, b.W)
	return memory.Times(h, w, 2*8+2*8+2*16)
}

func noOverlap(o Options) error {
	if o.MaxShift < 0 {
		return errors.New("the images agree at no shift at which they overlap")
	}
	return fmt.Errorf("no shift of at most %d leaves an overlap that agrees", o.MaxShift)
}

// motion moves B onto A as Shift does; angle in radians, scale as its logarithm.
type motion struct{ y, x, angle, logScale float64 }

func (m motion) shift() Shift {
	angle := math.Remainder(m.angle*180/math.Pi, 360)
	return Shift{Y: m.y, X: m.x, Angle: angle, Scale: math.Exp(m.logScale),
		WholeY: int(math.Round(m.y)), WholeX: int(math.Round(m.x))}
}
