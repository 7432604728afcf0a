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
// Both lose 5 % of precision where the residuals are normal.
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

// psi is ψ(u) and its slope.
func (r Robust) psi(u float64) (value, slope float64) {
	if r == Huber {
		if math.Abs(u) <= huberLimit {
			return u, 1
		}
		return math.Copysign(huberLimit, u), 0
	}
	f := u / tukeyLimit
	if f *= f; f >= 1 {
		return 0, 0
	}
	return u * (1 - f) * (1 - f), (1 - f) * (1 - 5*f)
}

// RobustFit is what a robust fit found out about the residuals.
type RobustFit struct {
	Kind       Robust  `json:"-"`
	Scale      float64 `json:"scale"`    // σ
	Outliers   int     `json:"outliers"` // residuals beyond 4.685 σ
	Iterations int     `json:"iterations"`
	// Moving is the share of the largest tap by which a tap still moved in the
	// last step; 0 where it had settled.
	Moving   float64 `json:"moving,omitempty"`
	variance float64 // of a residual, as far as the errors of taps go
}

// The iteration ends when no tap moves by robustTolerance of the largest.
const (
	robustTolerance = 1e-10
	robustSteps     = 100
)

// SolveRobust minimises Σ ρ(r/σ), ρ' = ψ, over all windows of the set under the
// conditions of a shape, with σ of the residuals themselves: the fixed point of
// iteratively reweighted least squares. Each step reads the images once, since G
// is left as it is and only the residuals are replaced by σψ(r/σ) (Huber and
// Dutter, 1974), the step lengthened by 1/mean ψ'. Tukey begins at Huber's fit.
//
// Where the noise grows with the signal, as photons' does, the strongest windows
// rule G and are outliers at once: the steps along them are short, and the fit
// comes near its fixed point long before it settles to all digits. Such a fit is
// given after robustSteps, with what still moved.
func SolveRobust(ctx context.Context, s *Set, kind Robust, shape Shape, l Loss) (Result, error) {
	r, err := SolveShaped(s.Statistics, shape, l)
	if err != nil || kind == NotRobust {
		return r, err
	}
	it := &reweighting{set: s, kind: Huber, shape: shape, w: r.weights}
	if err := it.settle(ctx); err != nil {
		return r, err
	}
	if it.kind = kind; kind == Tukey {
		if err := it.settle(ctx); err != nil {
			return r, err
		}
	}
	it.fit.Kind = kind
	r.setWeights(s.layout, it.w)
	r.Loss = s.lossAt(it.w) * s.scale(l)
	r.Robust = &it.fit
	return r, nil
}

// reweighting is a robust fit under way.
type reweighting struct {
	set    *Set
	kind   Robust
	shape  Shape
	w      [][]float64
	fit    RobustFit
	median medianFinder
}

func (it *reweighting) settle(ctx context.Context) error {
	if it.fit.Scale == 0 { // read once for σ alone
		if _, err := it.read(ctx); err != nil {
			return err
		}
	}
	rms := math.Sqrt(it.set.Energy() / float64(it.set.Windows()))
	for range robustSteps {
		if it.fit.Scale <= 1e-15*rms {
			it.fit.Moving = 0
			return nil
		}
		before := it.fit.Scale
		st, err := it.read(ctx)
		if err != nil {
			return err
		}
		it.fit.Iterations++
		next, err := st.shaped(it.shape)
		if err != nil {
			return err
		}
		moved, size := 0.0, 0.0
		for c, w := range next {
			for i, v := range w {
				moved = math.Max(moved, math.Abs(v-it.w[c][i]))
				size = math.Max(size, math.Abs(v))
			}
		}
		if size > 0 {
			it.fit.Moving = moved / size
		}
		it.w = next
		if moved <= robustTolerance*size && it.median.sharp() && math.Abs(it.fit.Scale-before) <= 1e-8*before {
			it.fit.Moving = 0
			return nil
		}
	}
	return nil
}

// read sums σψ(r/σ) about w, with G times the mean of ψ', and finds the next σ.
func (it *reweighting) read(ctx context.Context) (*Statistics, error) {
	s := it.set
	total := newStatistics(s.layout)
	total.setOrigin(it.w)
	it.median.begin()
	slope, square, outliers := 0.0, 0.0, 0
	err := s.read(ctx, func(p *pass) {
		p.origin = it.w
		p.robust = &robustPass{kind: it.kind, sigma: it.fit.Scale, median: &it.median}
	}, func(st *Statistics, p *pass) error {
		for i := range total.systems {
			total.systems[i].add(&st.systems[i])
		}
		total.counts.add(st.counts)
		slope += p.robust.slope
		square += p.robust.square
		outliers += p.robust.outliers
		return nil
	})
	if err != nil {
		return nil, err
	}
	n := float64(total.counts.Used)
	mean := math.Max(slope/n, 0.3)
	for i := range total.systems {
		copy(total.systems[i].g, s.systems[i].g)
		scale(total.systems[i].g, mean)
		total.systems[i].shifted = s.systems[i].shifted.times(mean)
	}
	it.fit.Outliers = outliers
	it.fit.variance = square / math.Max(1, n-float64(s.Unknowns())) / (mean * mean)
	it.fit.Scale = it.median.end() / madShare
	return total, nil
}

// robustPass is what a pass needs to replace residuals, and what it adds up.
type robustPass struct {
	kind     Robust
	sigma    float64 // 0: leave residuals as they are
	median   *medianFinder
	slope    float64 // Σ ψ'
	square   float64 // Σ σ²ψ²
	outliers int
}

func (r *robustPass) add(o *robustPass) {
	r.slope += o.slope
	r.square += o.square
	r.outliers += o.outliers
}

// replace turns the residuals that count into σψ(r/σ).
func (r *robustPass) replace(res []float64, use []bool, counts *[2]tally) {
	for i, v := range res {
		if !use[i] {
			continue
		}
		if v != 0 {
			counts[0].count(math.Abs(v))
			counts[1].count(math.Abs(v))
		}
		if r.sigma == 0 {
			continue
		}
		u := v / r.sigma
		if math.Abs(u) > tukeyLimit {
			r.outliers++
		}
		p, slope := r.kind.psi(u)
		res[i] = r.sigma * p
		r.slope += slope
		r.square += res[i] * res[i]
	}
}
