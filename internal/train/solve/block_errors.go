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
