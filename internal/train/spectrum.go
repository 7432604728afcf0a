package train

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// spectrum is G = V diag(λ) Vᵀ, λ ascending.
type spectrum struct {
	n      int
	lambda []float64
	v      []float64 // column i is the eigenvector of lambda[i]
	rank   int
}

// rankShare is the share of the largest eigenvalue, for each unknown, below
// which one counts as zero: what the rounding of the sums and of the
// decomposition leaves of a zero.
const rankShare = 1.0 / (1 << 50)

// spectrum decomposes G. Eigenvalues within rounding of zero are set to zero.
func (s *system) spectrum() *spectrum {
	if s.eigen != nil {
		return s.eigen
	}
	e := &spectrum{n: s.n, lambda: make([]float64, s.n), v: make([]float64, s.n*s.n)}
	var eig mat.EigenSym
	if finite(s.g) && eig.Factorize(mat.NewSymDense(s.n, s.g), true) {
		eig.Values(e.lambda)
		eig.VectorsTo(mat.NewDense(s.n, s.n, e.v))
	} else {
		for i := range e.lambda {
			e.lambda[i], e.v[i*s.n+i] = math.NaN(), 1
		}
	}
	cut := rankShare * float64(s.n) * math.Max(e.max(), s.large)
	for i, l := range e.lambda {
		if l <= cut {
			e.lambda[i] = 0
			continue
		}
		e.rank++
	}
	s.eigen = e
	return e
}

// max is the largest eigenvalue.
func (e *spectrum) max() float64 { return e.lambda[e.n-1] }

// min is the smallest that is not zero, or zero where all are.
func (e *spectrum) min() float64 {
	for _, l := range e.lambda {
		if l > 0 {
			return l
		}
	}
	return 0
}

// into is Vᵀ x, the coordinates of x along the eigenvectors.
func (e *spectrum) into(x []float64) []float64 {
	c := make([]float64, e.n)
	for j, f := range x {
		for i, v := range e.v[j*e.n : (j+1)*e.n] {
			c[i] += f * v
		}
	}
	return c
}

// out is V c.
func (e *spectrum) out(c []float64) []float64 {
	x := make([]float64, e.n)
	for j := range x {
		x[j] = dot(e.v[j*e.n:(j+1)*e.n], c)
	}
	return x
}

// newton is the step from the origin to the best fit, the smallest that there
// is: V λ⁺ Vᵀ g, with λ⁺ = 1/λ, and 0 for λ = 0.
func (e *spectrum) newton(grad []float64) []float64 {
	c := e.into(grad)
	for i, l := range e.lambda {
		if l == 0 {
			c[i] = 0
			continue
		}
		c[i] /= l
	}
	return e.out(c)
}

// top is the largest eigenvalue of all systems.
func (s *Statistics) top() float64 {
	most := 0.0
	for i := range s.systems {
		most = max(most, s.systems[i].top())
	}
	return most
}

// bottom is the smallest eigenvalue of all systems that is not zero; zero where
// all are.
func (s *Statistics) bottom() float64 {
	least := 0.0
	for i := range s.systems {
		if l := s.systems[i].bottom(); l > 0 && (least == 0 || l < least) {
			least = l
		}
	}
	return least
}

// curvature is the largest eigenvalue of the Hessian 2G·scale of a loss, in units
// of the images as they are.
func (s *Statistics) curvature(l Loss) float64 {
	u := s.layout.spec.Units
	return 2 * s.top() * math.Ldexp(s.scale(l), 2*(u.X-u.Y))
}

// stableRate is the largest rate at which gradient descent converges from every
// start, 2/curvature: +Inf where x is zero.
func (s *Statistics) stableRate(l Loss) float64 {
	h := s.curvature(l)
	if h == 0 {
		return math.Inf(1)
	}
	return 2 / h
}

// decompose returns the eigenvectors of an n x n matrix g, whose rounding is that of
// numbers as large as noiseScale.
func decompose(n int, g []float64, noiseScale float64) *spectrum {
	s := system{n: n, g: g, large: noiseScale}
	return s.spectrum()
}

// N returns the number of unknowns.
func (e *spectrum) N() int { return e.n }

// Values returns the eigenvalues, ascending; those that are zero within rounding are 0.
func (e *spectrum) Values() []float64 { return e.lambda }

// Vectors returns the n x n matrix whose column i belongs to Values()[i].
func (e *spectrum) Vectors() []float64 { return e.v }

// Rank returns the number of eigenvalues above zero.
func (e *spectrum) Rank() int { return e.rank }
