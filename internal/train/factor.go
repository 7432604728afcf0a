package train

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// smallSystem is the number of unknowns up to which the eigenvectors of G cost
// nothing worth saving (5 ms at 128, but 1.2 s at 961, where a Cholesky
// factorisation takes 0.05 s).
const smallSystem = 128

// wellConditioned is the condition number up to which a Cholesky factorisation
// serves; beyond it, whether G is singular at all is for the eigenvalues to say.
const wellConditioned = 1e10

// factor is the Cholesky factorisation of a large, well-conditioned G; nil where
// the eigenvectors are to be used.
func (s *system) factor() *mat.Cholesky {
	if s.n <= smallSystem || s.eigen != nil || s.ill {
		return nil
	}
	if s.cholesky == nil {
		var c mat.Cholesky
		if !finite(s.g) || !c.Factorize(mat.NewSymDense(s.n, s.g)) || c.Cond() > wellConditioned {
			s.ill = true
			return nil
		}
		s.cholesky = &c
	}
	return s.cholesky
}

// forget drops what was derived from G, which has changed.
func (s *system) forget() { s.eigen, s.cholesky, s.ill, s.least, s.most = nil, nil, false, 0, 0 }

// newton is the step from the origin to the best fit, the smallest that there
// is: G⁺ grad.
func (s *system) newton(grad []float64) []float64 {
	c := s.factor()
	if c == nil {
		return s.spectrum().newton(grad)
	}
	return solveWith(c, grad)
}

// solveWith is x with A x = b, for the factorisation of A.
func solveWith(c *mat.Cholesky, b []float64) []float64 {
	x := make([]float64, len(b))
	// The error is a warning of bad conditioning, which was looked at before.
	_ = c.SolveVecTo(mat.NewVecDense(len(x), x), mat.NewVecDense(len(b), b))
	return x
}

// rank is the number of combinations of unknowns that the data determines.
func (s *system) rank() int {
	if s.factor() != nil {
		return s.n
	}
	return s.spectrum().rank
}

// top is the largest eigenvalue.
func (s *system) top() float64 {
	if s.factor() == nil {
		return s.spectrum().max()
	}
	if s.most == 0 {
		s.most = lanczos(s.n, s.timesInto)
	}
	return s.most
}

// bottom is the smallest eigenvalue that is not zero.
func (s *system) bottom() float64 {
	c := s.factor()
	if c == nil {
		return s.spectrum().min()
	}
	if s.least == 0 {
		s.least = 1 / lanczos(s.n, func(p, d []float64) { copy(p, solveWith(c, d)) })
	}
	return s.least
}

// The Lanczos iteration ends when the largest eigenvalue no longer moves by
// lanczosTolerance, or after lanczosSteps.
const (
	lanczosTolerance = 1e-13
	lanczosSteps     = 120
)

// lanczos is the largest eigenvalue of a positive definite n x n matrix, given by
// its product with a vector. Every new vector is orthogonalised against all
// before (twice, which is enough), so that no eigenvalue appears twice.
func lanczos(n int, times func(p, d []float64)) float64 {
	q := make([]float64, n)
	for i := range q { // any vector that is no eigenvector by accident
		q[i] = 1 + 0.1*math.Sin(float64(i*i))
	}
	scale(q, 1/math.Sqrt(dot(q, q)))
	var basis [][]float64
	var diagonal, beside []float64
	top := 0.0
	for range min(lanczosSteps, n) {
		basis = append(basis, q)
		p := make([]float64, n)
		times(p, q)
		diagonal = append(diagonal, dot(p, q))
		for range 2 {
			for _, b := range basis {
				f := dot(p, b)
				for i, v := range b {
					p[i] -= f * v
				}
			}
		}
		last := top
		top = largest(diagonal, beside)
		norm := math.Sqrt(dot(p, p))
		if math.Abs(top-last) <= lanczosTolerance*top || norm == 0 {
			break
		}
		beside = append(beside, norm)
		scale(p, 1/norm)
		q = p
	}
	return top
}

// largest is the largest eigenvalue of a symmetric tridiagonal matrix.
func largest(diagonal, beside []float64) float64 {
	n := len(diagonal)
	t := mat.NewSymDense(n, nil)
	for i, v := range diagonal {
		t.SetSym(i, i, v)
		if i+1 < n {
			t.SetSym(i, i+1, beside[i])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(t, false) {
		return math.NaN()
	}
	return e.Values(nil)[n-1]
}
