package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/mat"
)

// smallSystem is the number of unknowns up to which eigenvectors are used: they take
// 5 ms at 128, but 1.2 s at 961, where a Cholesky factorisation takes 0.05 s.
const smallSystem = 128

// wellConditioned is the largest condition number for which a Cholesky factorisation
// is used. Beyond it, the eigenvalues decide whether G is singular.
const wellConditioned = 1e10

// cholesky returns the Cholesky factorisation of G; nil if the eigenvectors are to be
// used. It serves large systems, and those that only seem singular because the
// unknowns differ in scale: beside taps on raw pixels of 10⁵, a bias has an
// eigenvalue of 10⁻¹² of the others.
func (s *System) cholesky() *Cholesky {
	if s.factored != nil || s.illConditioned {
		return s.factored
	}
	s.illConditioned = true
	if h := s.centred; h != nil {
		if f := h.cholesky(s.n); f != nil {
			s.factored, s.illConditioned = f, false
			return f
		}
	}
	if s.n <= smallSystem {
		e := s.Eigen()
		if !numeric.AllFinite(e.lambda) || e.lambda[0] > e.max()/wellConditioned {
			return nil
		}
	}
	if f := NewCholesky(s.n, s.g); f != nil {
		s.factored, s.illConditioned = f, false
	}
	return s.factored
}

// DiagonallyScaled reports whether the unknowns differ so much in scale that the
// eigenvectors, which are exact to the rounding of the largest eigenvalue, do not
// serve.
func (s *System) DiagonallyScaled() bool { return s.n <= smallSystem && s.cholesky() != nil }

// Cholesky is the factorisation D G D = LLᵀ, where D makes the diagonal one. With
// centred sums it is that of G'.
type Cholesky struct {
	cholesky mat.Cholesky
	d        []float64
	inverted []float64 // G⁻¹, computed when first asked for
	shifted  *centred  // nil: sums of x as it is
	pedestal *pedestal // nil: the constant is an unknown, or there is none
}

// NewCholesky factorises an n x n matrix. It returns nil if the matrix is singular,
// or conditioned worse than 1e10 after scaling its diagonal to one.
func NewCholesky(n int, g []float64) *Cholesky {
	f := factorize(n, g)
	if f == nil || f.cholesky.Cond() > wellConditioned {
		return nil
	}
	return f
}

// factorize returns nil if G is not positive definite.
func factorize(n int, g []float64) *Cholesky {
	if !numeric.AllFinite(g) {
		return nil
	}
	f := &Cholesky{d: make([]float64, n)}
	for i := range n {
		if g[i*n+i] <= 0 {
			return nil
		}
		f.d[i] = 1 / math.Sqrt(g[i*n+i])
	}
	a := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			a.SetSym(i, j, f.d[i]*g[i*n+j]*f.d[j])
		}
	}
	if !f.cholesky.Factorize(a) {
		return nil
	}
	return f
}

// Solve returns x with G x = b.
func (f *Cholesky) Solve(b []float64) []float64 {
	switch {
	case f.shifted != nil:
		b = f.shifted.toCentredGradient(b)
	case f.pedestal != nil:
		b = f.pedestal.project(b)
	}
	x := make([]float64, len(b))
	for i, v := range b {
		x[i] = f.d[i] * v
	}
	v := mat.NewVecDense(len(x), x)
	// The error only warns of bad conditioning, which was checked before.
	_ = f.cholesky.SolveVecTo(v, v)
	for i, d := range f.d {
		x[i] *= d
	}
	switch {
	case f.shifted != nil:
		f.shifted.fromCentred(x)
	case f.pedestal != nil:
		x = f.pedestal.expand(x)
	}
	return x
}

// Inverse returns G⁻¹, n x n in row-major order.
func (f *Cholesky) Inverse() []float64 {
	if f.inverted != nil {
		return f.inverted
	}
	var inverse mat.SymDense
	_ = f.cholesky.InverseTo(&inverse) // as in Solve
	n := len(f.d)
	f.inverted = make([]float64, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			v := f.d[i] * f.d[j] * inverse.At(i, j)
			f.inverted[i*n+j], f.inverted[j*n+i] = v, v
		}
	}
	switch {
	case f.shifted != nil:
		f.shifted.fromCentredInverse(f.inverted, n)
	case f.pedestal != nil:
		f.inverted = f.pedestal.expandInverse(f.inverted)
	}
	return f.inverted
}

// inverseDiagonal returns the diagonal of G⁻¹.
func (f *Cholesky) inverseDiagonal() []float64 {
	inverse, diagonal := f.Inverse(), make([]float64, len(f.d))
	for i := range diagonal {
		diagonal[i] = inverse[i*(len(f.d)+1)]
	}
	return diagonal
}
