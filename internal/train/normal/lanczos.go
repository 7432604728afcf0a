package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// The Lanczos iteration ends when the largest eigenvalue no longer moves by
// lanczosTolerance, or after lanczosSteps.
const (
	lanczosTolerance = 1e-13
	lanczosSteps     = 120
)

// lanczos returns the largest eigenvalue of a positive definite n x n matrix, given by
// its product with a vector. Every new vector is orthogonalised twice against all
// before it, so that no eigenvalue appears twice.
func lanczos(n int, times func(p, d []float64)) float64 {
	q := lagvec.NewVector(n)
	for i := range q { // any vector that is not an eigenvector by accident
		q[i] = 1 + 0.1*math.Sin(float64(i*i))
	}
	floats.Scale(1/math.Sqrt(numeric.Dot(q, q)), q)
	var basis [][]float64
	var diagonal, beside []float64
	top := 0.0
	for range min(lanczosSteps, n) {
		basis = append(basis, q)
		p := lagvec.NewVector(n)
		times(p, q)
		diagonal = append(diagonal, numeric.Dot(p, q))
		for range 2 {
			for _, b := range basis {
				f := numeric.Dot(p, b)
				for i, v := range b {
					p[i] -= f * v
				}
			}
		}
		last := top
		top = largest(diagonal, beside)
		norm := math.Sqrt(numeric.Dot(p, p))
		if math.Abs(top-last) <= lanczosTolerance*top || norm == 0 {
			break
		}
		beside = append(beside, norm)
		floats.Scale(1/norm, p)
		q = p
	}
	return top
}

// largest returns the largest eigenvalue of a symmetric tridiagonal matrix by
// bisection. beside is its off-diagonal, without zeros. The eigenvalue lies below x if
// all pivots of the matrix less x are negative (Sylvester).
func largest(diagonal, beside []float64) float64 {
	low, high := math.Inf(-1), math.Inf(-1)
	for i, d := range diagonal {
		low = math.Max(low, d)
		reach := 0.0 // Gershgorin
		if i > 0 {
			reach += math.Abs(beside[i-1])
		}
		if i < len(beside) {
			reach += math.Abs(beside[i])
		}
		high = math.Max(high, d+reach)
	}
	for {
		x := low + (high-low)/2
		if !(x > low && x < high) {
			return high
		}
		if below(diagonal, beside, x) {
			high = x
		} else {
			low = x
		}
	}
}

// below reports whether all eigenvalues are below x.
func below(diagonal, beside []float64, x float64) bool {
	pivot := diagonal[0] - x
	for i, b := range beside {
		if !(pivot < 0) {
			return false
		}
		pivot = diagonal[i+1] - x - b*b/pivot
	}
	return pivot < 0
}
