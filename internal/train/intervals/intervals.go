// Package intervals fits kernels to outputs that were rounded to a grid.
//
// If Y = round(K ⋆ X / step)·step and X is exact, every window a with output y says
//
//	|y − aᵀw| ≤ step/2
//
// On smooth images the rounding errors of neighbouring outputs are alike. Least squares
// takes them for independent noise, and may miss the kernel by hundreds of its standard
// errors. The set of kernels that satisfy all inequalities is tiny, and holds the true
// one for certain. Its extent along each tap is the tap's interval.
//
// The fit is found by cutting planes. It begins with least squares, adds the windows
// that are violated most, and finds the least maximal residual over these windows. The
// images are then read again, until no window is violated. The intervals come from two
// linear programs for each unknown, over windows chosen in the same way. Windows that
// were not chosen can only make an interval narrower, so each interval is an upper bound.
package intervals

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
)

// Options say how Y was rounded.
type Options struct {
	// Step is the distance between the values of Y. 0: each output is rounded to
	// float32, and its distance is that of the float32 values around it.
	Step float64
	// Clip is the smallest and the largest value that Y can hold; nil: it is not
	// limited. An output at one of them says only that aᵀw lies there or beyond.
	Clip *train.Range
	// Slack is the part of half a step by which values may miss the grid, as those do that
	// were rounded to float32.
	Slack float64
	// Bounds asks for the intervals.
	Bounds bool
}

// Fit is what the inequalities say.
type Fit struct {
	// Residual is the largest |y − aᵀw| of the fit, in steps. If Explained is false, it
	// is at least that for every kernel of this size.
	Residual float64
	// Explained reports that a kernel satisfies all inequalities but those of LeftOut
	// windows: Unknowns are one such kernel. Otherwise Unknowns is nil.
	Explained bool
	LeftOut   int
	Unknowns  [][]float64 // by output channel, as in normal.Equations
	// Low and High bound each unknown, by output channel. They are infinite for
	// unknowns that the images do not determine.
	Low, High [][]float64
	Passes    int // readings of the images
}

const (
	// leftOutShare is the share of the outputs that may violate their inequalities, as a
	// retouched pixel does; leftOutMost is their largest number.
	leftOutShare = 1e-3
	leftOutMost  = 256
	// explainedResidual is the largest residual, in half steps, that rounding explains.
	// Above 1 it allows for kernels that were themselves rounded, as fast filters of
	// 8-bit pictures do. Up to .53 steps, one tap in 500 lies outside its errors; at .6
	// one in five.
	explainedResidual = 1.06
	// arithmetic is the part of half a step by which residuals may exceed it: the rounding
	// of float64 at ties, which are frequent.
	arithmetic = 1e-6
	// maxPasses bounds the readings for the fit, boundPasses those for the intervals.
	maxPasses   = 24
	boundPasses = 5
)

// Solve fits by intervals. It begins with the best fit of the set. Outputs that the
// pairs exclude do not count.
//
// Errors: those of reading the images, ErrNotApplicable with the reason.
func Solve(ctx context.Context, set *accumulate.Set, o Options) (*Fit, error) {
	s, err := newSearch(set, o)
	if err != nil {
		return nil, err
	}
	fit := &Fit{}
	for pass := 1; ; pass++ {
		found, err := s.scan(ctx)
		if err != nil {
			return nil, err
		}
		fit.Passes++
		again := false
		for i, p := range s.problems {
			more, err := p.improve(found[i], pass == maxPasses)
			if err != nil {
				return nil, err
			}
			again = again || more
		}
		if !again {
			break
		}
	}
	fit.Explained = true
	for _, p := range s.problems {
		fit.Residual = math.Max(fit.Residual, p.residual/2)
		fit.LeftOut += p.leftOut
		fit.Explained = fit.Explained && p.explained
	}
	if !fit.Explained {
		return fit, nil
	}
	for _, p := range s.problems {
		fit.Unknowns = append(fit.Unknowns, p.unknowns())
	}
	if o.Bounds {
		return fit, s.bounds(ctx, fit)
	}
	return fit, nil
}
