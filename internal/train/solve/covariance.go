package solve

import (
	"math"

	"github.com/convkit/convkit/internal/train/normal"
	"gonum.org/v1/gonum/mat"
)

// Covariances returns the covariance of the unknowns of each output, n x n in row-major
// order, for standard errors se of the unknowns:
//
//	C_ij = ρ_ij se_i se_j
//
// ρ are the correlations of M G Mᵀ, as independent noise of equal variance gives them.
// The diagonal is therefore that of se, whatever widened it. Rows and columns of unknowns
// without an error are NaN.
func Covariances(s *normal.Equations, r Result, shape Constraints, se [][]float64) ([][]float64, error) {
	var list [][]float64
	for i := range s.Systems() {
		sys := &s.Systems()[i]
		for range sys.Outputs() {
			m, err := influenceMatrix(s, sys, shape, r, len(list))
			if err != nil {
				return nil, err
			}
			scaleTo(m, se[len(list)])
			list = append(list, m)
		}
	}
	return list, nil
}

// scaleTo scales a covariance to given standard errors.
func scaleTo(m, se []float64) {
	n, by := len(se), make([]float64, len(se))
	for i, e := range se {
		by[i] = math.NaN()
		if v := m[i*n+i]; !math.IsInf(e, 0) && v >= 0 {
			by[i] = e
			if v > 0 {
				by[i] = e / math.Sqrt(v)
			}
		}
	}
	for i := range n {
		for j := range n {
			m[i*n+j] *= by[i] * by[j]
		}
	}
}

// influenceMatrix returns M G Mᵀ of output channel c.
func influenceMatrix(s *normal.Equations, sys *normal.System, shape Constraints, r Result, c int) ([]float64, error) {
	if shape.None() {
		return pseudoInverse(sys), nil
	}
	inner := sys.Centred()
	q := newReduced(s.Layout(), inner, shape)
	f := q.influence(r.Unknowns[c], shape)
	if f.m == nil {
		return nil, errNoProgress
	}
	p := f.rows(inner, q)
	var half, whole mat.Dense
	half.Mul(p, q.foldedMatrix(inner))
	whole.Mul(&half, p.T())
	return whole.RawMatrix().Data, nil
}

// pseudoInverse returns G⁺.
func pseudoInverse(sys *normal.System) []float64 {
	if m := sys.Inverse(); m != nil {
		return append([]float64(nil), m...)
	}
	n := sys.N()
	m := make([]float64, 0, n*n)
	for i := range n {
		unit := make([]float64, n)
		unit[i] = 1
		m = append(m, sys.Solve(unit)...)
	}
	for i := range n { // rounding leaves it not quite symmetric
		for j := range i {
			v := (m[i*n+j] + m[j*n+i]) / 2
			m[i*n+j], m[j*n+i] = v, v
		}
	}
	return m
}

// foldedMatrix returns Sᵀ G S, G of the parameters.
func (q *reduced) foldedMatrix(sys *normal.System) *mat.Dense {
	g := mat.NewDense(q.m, q.m, nil)
	for i := range sys.N() {
		for j := range sys.N() {
			a, b := q.orbit[i], q.orbit[j]
			g.Set(a, b, g.At(a, b)+q.share[i]*q.share[j]*sys.Matrix()[i*sys.N()+j])
		}
	}
	return g
}
