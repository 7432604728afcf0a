// Package robust fits kernels so that outliers pull less (Huber) or not at all
// (Tukey). Each step reads the images once.
package robust

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/solve"
)

// Kind says how much a residual far from the others counts. With σ the median of |r|
// over 0.6745, the standard deviation of normal residuals, and u = r/σ:
//
//	huber   ψ(u) = u within ±1.345, else ±1.345
//	tukey   ψ(u) = u (1 − (u/4.685)²)² within ±4.685, else 0
//
// Residuals of exactly zero are those of black windows; they are left out of σ. Both
// kinds lose 5 % of precision if the residuals are normal (Holland and Welsch, Robust
// regression using iteratively reweighted least-squares, 1977).
type Kind int

const (
	// None: all residuals count by their square.
	None Kind = iota
	// Huber limits the pull of an outlier.
	Huber
	// Tukey gives far outliers no pull.
	Tukey
)

var names = []string{"none", "huber", "tukey"}

// Names returns the words that Parse accepts.
func Names() []string { return names }

// Parse returns the kind of a name.
func Parse(s string) (Kind, error) {
	return enum.Parse[Kind](s, names)
}

// String returns the name.
func (r Kind) String() string { return names[r] }

const (
	huberLimit = 1.345
	tukeyLimit = 4.685
)

// MADShare is the median of |r| of normal residuals with σ = 1: the third quartile of the
// normal distribution.
const MADShare = 0.674489750196081743

// OutlierFrom times σ is the residual of an outlier.
const OutlierFrom = tukeyLimit

// Psi returns ψ(u), its slope, and ρ(u), whose slope it is.
func (r Kind) Psi(u float64) (value, slope, rho float64) {
	if r == Huber {
		if a := math.Abs(u); a > huberLimit {
			return math.Copysign(huberLimit, u), 0, huberLimit * (a - huberLimit/2)
		}
		return u, 1, u * u / 2
	}
	f := u / tukeyLimit
	f *= f
	const most = tukeyLimit * tukeyLimit / 6
	if f >= 1 {
		return 0, 0, most
	}
	g := 1 - f
	return u * g * g, g * (1 - 5*f), most * f * (3 - 3*f + f*f)
}

// Options of Solve.
type Options struct {
	Loss train.Loss
	// TapsOnly: nobody asks for the errors of the taps or for held-out windows. This
	// saves two sums of G in float64.
	TapsOnly bool
	// Progress, which may be nil, is called after each step with the share of the
	// largest tap by which a tap moved.
	Progress func(step int, moved float64)
}

// Solve minimises Σ ρ(r/σ), ρ' = ψ, over all windows of the set under constraints, with
// σ of the residuals themselves. This is the fixed point of iteratively reweighted least
// squares. Tukey starts at Huber's fit, which has one minimum, so outliers do not decide
// where it ends.
//
// The Loss is that of the inliers, the windows within 4.685 σ. A cancelled context ends
// it with the context's error and the kernel so far.
//
// With None it is the fit of least squares.
func Solve(ctx context.Context, s *accumulate.Set, kind Kind, shape solve.Constraints, o Options) (solve.Result, error) {
	r, err := solve.Constrained(s.Equations, shape, o.Loss)
	if err != nil || kind == None {
		return r, err
	}
	it := &reweighting{Options: o, set: s, kind: Huber, shape: shape.InUnits(s.Layout().Spec.Units), w: r.Unknowns}
	if err := it.fitted(ctx, kind); err != nil {
		r.SetUnknowns(s.Layout(), it.w) // as far as it came
		return r, err
	}
	it.fit.Kind = kind.String()
	r.SetUnknowns(s.Layout(), it.w)
	r.Loss = it.fit.Inliers.LossAtOrigin() * it.fit.Inliers.LossScale(o.Loss)
	r.Best = r.Loss
	it.fit.Scale = math.Ldexp(it.fit.Scale, s.Layout().Spec.Units.Y)
	r.Robust = &it.fit
	return r, nil
}

// fitted runs the whole iteration, and measures what the report needs.
func (it *reweighting) fitted(ctx context.Context, kind Kind) error {
	if kind == Tukey {
		if err := it.converge(ctx, robustStart); err != nil {
			return err
		}
		it.kind = Tukey
	}
	if err := it.converge(ctx, robustTolerance); err != nil {
		return err
	}
	return it.measure(ctx)
}
