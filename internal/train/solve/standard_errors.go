package solve

import (
	"math"

	"github.com/convkit/convkit/internal/train/normal"
)

// The covariance of the least-squares taps is σ² M G Mᵀ, with σ² = Σr²/(N − p)
// for N outputs and p unknowns that the data determines, and M the matrix that
// leads from c to the taps: G⁻¹ for a plain fit, so that it is σ²G⁻¹ (Draper and
// Smith, Applied Regression Analysis, section 5.2). A shape replaces M by the
// one of the unknowns that it leaves free; the taps that it drew towards zero
// are off by that as well, which no error tells.
//
// A tap that the shape holds at a value of its own, as --nonnegative holds at zero
// those that would be below, has no error: the data does not move it. The errors
// of the others are those of a fit without it, as if it were known to be that
// value: where it is not, the others are off by their share of that as well, which
// no error tells.
//
// The errors of the outputs are taken to be independent of each other and of one
// variance.

// What arithmetic alone leaves uncertain, in units in the last place: of the
// largest tap, and of the outputs, which somebody computed and rounded. They are
// the error where the output is exact; the taps feel that of the outputs where the
// images tell some of them apart badly.
const (
	roundingOfTaps    = 4
	roundingOfOutputs = 4
)

// standardErrors are those of the unknowns at w, by output channel. +Inf marks
// what the data does not determine, NaN what is held.
func StandardErrors(s *normal.Equations, r Result, shape Constraints) ([][]float64, error) {
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

// variance is σ² of one output: Inf where there are no more outputs than
// unknowns.
func variance(s *normal.Equations, sys *normal.System, k int, w []float64, rank int, r Result) float64 {
	o := &sys.Outputs()[k]
	if f := r.Robust; f != nil {
		if f.Bread != nil { // what r varies is in the products of in
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

// variances are the diagonals of M G Mᵀ for every output of a system, the first
// of which is output channel c, with +Inf for what is not determined and NaN for
// what is held, and the number of unknowns that are free.
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
