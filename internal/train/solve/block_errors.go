package solve

import (
	"math"

	"github.com/convkit/convkit/internal/train/normal"
	"gonum.org/v1/gonum/mat"
)

// SandwichErrors returns the standard errors of the unknowns of a result, by output
// channel, for a given covariance of the gradients Σ a r: the roots of the diagonal of
//
//	M C Mᵀ
//
// with M as for StandardErrors. c has an n x n matrix for each output of each system,
// in the unknowns of centred sums. Undetermined and fixed unknowns are marked as in
// StandardErrors. The result must not be that of a robust fit.
func SandwichErrors(s *normal.Equations, r Result, shape Constraints, c [][]*mat.SymDense) ([][]float64, error) {
	var list [][]float64
	for i := range s.Systems() {
		sys := s.Systems()[i].Centred()
		if _, _, ok := sys.Centring(); !ok && shape.None() && sys.Rank() == sys.N() {
			for k := range sys.Outputs() {
				list = append(list, solvedErrors(sys, c[i][k]))
			}
			continue
		}
		q := newReduced(s.Layout(), sys, shape)
		for k := range sys.Outputs() {
			f := q.influence(r.Unknowns[len(list)], shape)
			if f.m == nil {
				return nil, errNoProgress
			}
			inner := normal.NewSystem(s.Layout())
			for a := range sys.N() {
				for b := range sys.N() {
					inner.Matrix()[a*sys.N()+b] = c[i][k].At(a, b)
				}
			}
			variances := sandwich(&inner, q, f.rows(sys, q))
			f.mark(variances, sys, q)
			for j, v := range variances {
				variances[j] = math.Sqrt(v)
			}
			list = append(list, variances)
		}
	}
	return list, nil
}

// solvedErrors returns the roots of the diagonal of G⁻¹CG⁻¹, from solutions for unit
// vectors: these keep their digits beside a large mean of x.
func solvedErrors(sys *normal.System, c *mat.SymDense) []float64 {
	n := sys.N()
	se := make([]float64, n)
	for j := range se {
		unit := make([]float64, n)
		unit[j] = 1
		v := mat.NewVecDense(n, sys.Solve(unit))
		se[j] = math.Sqrt(math.Max(0, mat.Inner(v, c, v)))
	}
	return se
}
