package train

import (
	"context"
	"math"
)

// Robust is how much a residual far from the others counts. With σ the median
// of |r| over 0.6745, the standard deviation of normal residuals, and u = r/σ
// (residuals of exactly zero tell nothing of σ and are passed over: they are
// those of black windows):
//
//	huber   ψ(u) = u within ±1.345, else ±1.345
//	tukey   ψ(u) = u (1 − (u/4.685)²)² within ±4.685, else 0
//
// Both lose 5 % of precision where the residuals are normal (Holland and Welsch,
// Robust regression using iteratively reweighted least-squares, 1977).
type Robust int

const (
	// NotRobust: all residuals count by their square.
	NotRobust Robust = iota
	// Huber limits the pull of an outlier.
	Huber
	// Tukey ends it.
	Tukey
)

var robustNames = []string{"none", "huber", "tukey"}

// RobustNames are the words that ParseRobust knows.
func RobustNames() []string { return robustNames }

// ParseRobust reads a name.
func ParseRobust(s string) (Robust, error) {
	i, err := parseName("robust", s, robustNames)
	return Robust(i), err
}

// String gives the name.
func (r Robust) String() string { return robustNames[r] }

const (
	huberLimit = 1.345
	tukeyLimit = 4.685
	madShare   = 0.674489750196081743 // the third quartile of the normal distribution
)

// psi is ψ(u), its slope, and ρ(u), of which it is the slope.
func (r Robust) psi(u float64) (value, slope, rho float64) {
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

// RobustFit is what a robust fit found out about the residuals.
type RobustFit struct {
	Kind       string  `json:"-"`
	Scale      float64 `json:"scale"`    // σ
	Outliers   int     `json:"outliers"` // residuals beyond 4.685 σ
	Iterations int     `json:"iterations"`
	// Moving is the share of the largest tap by which a tap still moved in the
	// last step; 0 where it had settled.
	Moving float64 `json:"moving,omitempty"`

	variance  float64     // of a residual, as far as the errors of taps go
	inliers   *Statistics // losses and moments of the windows that are no outliers
	unseen    *Statistics // the held-out ones among them, under a fit of the others
	bread, in *Statistics // Σ ψ'aaᵀ and Σ σ²ψ²aaᵀ; nil: not summed
}

// SolveRobust minimises Σ ρ(r/σ), ρ' = ψ, over all windows of the set under the
// conditions of a shape, with σ of the residuals themselves: the fixed point of
// iteratively reweighted least squares. Tukey begins at Huber's fit, which has
// one minimum, so that outliers do not decide where it ends.
//
// The Loss is that of the inliers, the windows within 4.685 σ.
func SolveRobust(ctx context.Context, s *Set, kind Robust, shape Shape, l Loss) (Result, error) {
	r, err := SolveShaped(s.Statistics, shape, l)
	if err != nil || kind == NotRobust {
		return r, err
	}
	it := &reweighting{set: s, kind: Huber, shape: shape.in(s.layout.spec.Units), w: r.weights}
	if err := it.fitted(ctx, kind); err != nil {
		r.setWeights(s.layout, it.w) // as far as it came
		return r, err
	}
	it.fit.Kind = kind.String()
	r.setWeights(s.layout, it.w)
	r.Loss = it.fit.inliers.residual() * it.fit.inliers.scale(l)
	r.Best = r.Loss
	it.fit.Scale = math.Ldexp(it.fit.Scale, s.layout.spec.Units.Y)
	r.Robust = &it.fit
	return r, nil
}

// fitted is the whole iteration, and what the report needs.
func (it *reweighting) fitted(ctx context.Context, kind Robust) error {
	if kind == Tukey {
		if err := it.settle(ctx, robustStart); err != nil {
			return err
		}
		it.kind = Tukey
	}
	if err := it.settle(ctx, robustTolerance); err != nil {
		return err
	}
	return it.measure(ctx)
}
