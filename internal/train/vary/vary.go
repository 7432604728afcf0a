// Package vary fits kernels that vary over the field: with t the place of an output,
//
//	y(t) ≈ Σ_p P_p(t) Σ_u K_p(u) x(t+u) + Σ_k b_k B_k(t)
//
// P are the polynomials of the place (package legendre), B those of a background. The unknowns are the taps
// of all K_p, term after term, and then b.
//
// The normal matrix has (n·terms)² entries, and a sum for each would cost terms² times
// that of one kernel. Where that is too much, G is summed once in each cell of the
// field, and the polynomials count with their means over the cell (metric.go). This
// matrix leads to the answer, and gives the errors to better than a hundredth. The answer
// itself follows from the gradient, which is summed from the images without any
// approximation until no tap moves (fit.go).
//
// Reference is the definition: one row of the design matrix for each output.
package vary

import (
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/robust"
)

// Spec says what is fitted.
type Spec struct {
	train.Spec     // padding, border, kernel size, bias or background
	Degree     int // of the polynomials
	// ConstantSum: the sum of the taps is the same everywhere.
	ConstantSum bool
	// Ridge and Smooth are as in solve.Constraints, for each K_p.
	Ridge, Smooth float64
	// AutoSmooth lets the data choose the smoothness of each K_p, in addition.
	AutoSmooth bool
	Robust     robust.Kind
	// Settled is the share of the largest tap below which no tap moves any more; 0 is the
	// share at which only rounding is left.
	Settled float64
	// Absolute: the weights of the pair are one over variances.
	Absolute bool
}

// Result is a fit.
type Result struct {
	Field      legendre.Field
	Kernel     corr.Size
	Taps       [][]float64 // K_p, by term, in the orientation of correlation
	Background []float64   // by function
	Errors     [][]float64 // standard errors of Taps
	// Covariance of all unknowns, unknowns x unknowns.
	Covariance []float64
	Counts     train.Counts
	Loss       float64 // Σ w r²; of a robust fit Σ w r² of the inliers
	Weight     float64 // Σ w of the outputs in Loss
	R2         float64
	// ReducedChi2 is Σ w r² over the degrees of freedom.
	ReducedChi2 float64
	Smooth      []float64 // chosen by the data, by term; nil: it was not chosen
	Scale       float64   // σ of a robust fit
	Outliers    int
	Readings    int     // of the images
	Moved       float64 // the last step, as a share of the largest tap
	// Undetermined: the images leave combinations of taps open. They are kept near zero.
	Undetermined bool
}

// Unknowns is the number of taps of all terms and of functions of the background.
func (r *Result) Unknowns() int {
	return len(r.Taps)*r.Kernel.H*r.Kernel.W + len(r.Background)
}

// fit is a fit in progress.
type fit struct {
	spec     Spec
	pair     train.Pair
	g        corr.Geometry
	field    legendre.Field
	layout   train.Layout // of one K_p with the background
	orders   [][2]int     // of the terms
	more     [][2]int     // of the background
	unknowns int
	// centre is taken off x where a background takes up what that changes: else a large
	// mean would make G nearly singular.
	centre float64

	metric    *normal.Cholesky
	base      []float64   // the penalty that was given, taps x taps; nil: none
	penalties [][]float64 // by term, nil: none
	smooth    []float64   // chosen by the data, by term; nil: not chosen
	pending   bool        // the smoothness is yet to be chosen
	raw       []float64   // G, unknowns x unknowns
	open      bool        // G had to be regularised
	readings  int
	progress  func(done, total int)
}

func newFit(pair train.Pair, s Spec, progress func(done, total int)) (*fit, error) {
	xs, ys := pair.X.Shape(), pair.Y.Shape()
	if xs.Planes() != 1 || ys.Planes() != 1 {
		return nil, fmt.Errorf("a kernel that varies is fitted to one plane, but X is %v and Y is %v: pick a plane, or add --gray", xs, ys)
	}
	if err := pair.Check(); err != nil {
		return nil, err
	}
	pair = pair.WithoutExcludedX()
	one := corr.Size{H: 1, W: 1}
	g, err := geometry.New(xs.H, xs.W, s.Kernel, s.Options)
	if err != nil {
		return nil, err
	}
	if g.Stride != one || g.Dilation != one {
		return nil, fmt.Errorf("a kernel that varies needs stride and dilation 1")
	}
	if err := train.CheckSizes(g, ys.H, ys.W, s.Options); err != nil {
		return nil, err
	}
	s.Channels = train.Shared
	l, err := train.NewLayout(s.Spec, xs, ys)
	if err != nil {
		return nil, err
	}
	f := &fit{spec: s, pair: pair, g: g, field: legendre.Field{Degree: s.Degree, H: g.OutH, W: g.OutW}, layout: l, progress: progress, pending: s.AutoSmooth}
	f.orders = legendre.Orders(s.Degree)
	if n := l.BackgroundTerms(); n > 0 {
		f.more = legendre.Orders(s.Background)[:n]
	}
	f.unknowns = len(f.orders)*l.Taps() + len(f.more)
	if f.unknowns > maxUnknowns {
		return nil, fmt.Errorf("%d polynomials of %v taps are %d unknowns, and %d are the limit: give a smaller --vary or --kernel-size", len(f.orders), s.Kernel, f.unknowns, maxUnknowns)
	}
	if n := len(f.more); n > 0 && (s.ConstantSum || s.Background >= s.Degree) {
		f.centre, err = f.middle()
	}
	return f, err
}

// maxUnknowns bounds G at 128 MB.
const maxUnknowns = 4096
