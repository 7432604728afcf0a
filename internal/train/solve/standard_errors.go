package solve

import (
	"math"

	"github.com/convkit/convkit/internal/train/normal"
)

// The covariance of the least-squares taps is σ² M G Mᵀ, with σ² = Σr²/(N − p) for N
// outputs and p determined unknowns. M is the matrix from c to the taps. For a plain fit
// it is G⁻¹, so that the covariance is σ²G⁻¹ (Draper and Smith, Applied Regression
// Analysis, section 5.2). Constraints replace M by the matrix of the unknowns that they
// leave free. The bias that a penalty adds to the taps is not in the errors.
//
// A tap that constraints fix, as --nonnegative fixes taps at zero, has no error: the
// data does not move it. The errors of the others are those of a fit without it, as if
// its value were known. The share of its own error in theirs is not included.
//
// The errors of the outputs are taken to be independent and of equal variance.

// Uncertainty from arithmetic alone, in units in the last place: of the largest tap,
// and of the outputs, which were rounded when they were computed. They are the error of
// an exact fit. The taps feel the rounding of the outputs where G is badly conditioned.
const (
	roundingOfTaps    = 4
	roundingOfOutputs = 4
)

// StandardErrors returns those of the unknowns of a result, by output channel. +Inf
// marks unknowns that the data does not determine, NaN those that constraints fix.
//
// absolute says that the weights are one over the variances of the outputs: σ² is
// then one, or χ²/(N − p) where that is more.
func StandardErrors(s *normal.Equations, r Result, shape Constraints, absolute bool) ([][]float64, error) {
	var list [][]float64
	for i := range s.Systems() {
		sys := &s.Systems()[i]
		variances, rank, err := variances(s, sys, shape, r, len(list))
		if err != nil {
			return nil, err
		}
		for k := range sys.Outputs() {
			w := r.Unknowns[len(list)]
			sigma2 := variance(s, sys, k, w, rank, r)
			if absolute && r.Robust == nil {
				sigma2 = math.Ldexp(math.Max(1, math.Ldexp(sigma2, 2*s.Layout().Spec.Units.Y)), -2*s.Layout().Spec.Units.Y)
			}
			rounding := 0.0
			for _, v := range w {
				rounding = math.Max(rounding, math.Abs(v))
			}
			rounding *= roundingOfTaps * 0x1p-53
			se := make([]float64, sys.N())
			for j := range se {
				se[j] = math.Sqrt(sigma2*variances[k][j] + rounding*rounding)
			}
			list = append(list, se)
		}
	}
	return list, nil
}

// variance returns σ² of one output: Inf if there are not more outputs than unknowns.
func variance(s *normal.Equations, sys *normal.System, k int, w []float64, rank int, r Result) float64 {
	o := &sys.Outputs()[k]
	if f := r.Robust; f != nil {
		if f.Bread != nil { // the variances of the residuals are in Meat
			return float64(o.Moments.Count) / math.Max(1, float64(o.Moments.Count-rank))
		}
		return f.Variance
	}
	free := o.Moments.Count - rank
	if free < 1 {
		return math.Inf(1)
	}
	_, loss := sys.About(k, w)
	u := roundingOfOutputs * 0x1p-53
	return max(loss, u*u*o.Moments.Energy()) / float64(free)
}

// variances returns the diagonals of M G Mᵀ for every output of a system, the first of
// which is output channel c, and the number of free unknowns. +Inf marks what is not
// determined, NaN what is fixed.
func variances(s *normal.Equations, sys *normal.System, shape Constraints, r Result, c int) (diagonals [][]float64, rank int, err error) {
	inner := sys
	if f := r.Robust; f != nil && f.Bread != nil {
		i, _ := s.Layout().SystemOf(c)
		sys, inner = &f.Bread.Systems()[i], &f.Meat.Systems()[i]
	} else if shape.None() {
		diagonal := sys.InverseDiagonal()
		for range sys.Outputs() {
			diagonals = append(diagonals, diagonal)
		}
		return diagonals, sys.Rank(), nil
	}
	sys, inner = sys.Centred(), inner.Centred()
	q := newReduced(s.Layout(), sys, shape)
	for k := range sys.Outputs() {
		f := q.influence(r.Unknowns[c+k], shape)
		if f.m == nil {
			return nil, 0, errNoProgress
		}
		rank = max(rank, f.rank)
		diagonal := sandwich(inner, q, f.rows(inner, q))
		f.mark(diagonal, inner, q)
		diagonals = append(diagonals, diagonal)
	}
	return diagonals, rank, nil
}
