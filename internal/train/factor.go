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

// factor is the Cholesky factorisation of G; nil where the eigenvectors are to
// be used. It serves large systems, and those whose G seems singular only
// because the unknowns differ in scale: beside taps on raw pixels of 10⁵, a bias
// has an eigenvalue of 10⁻¹² of the others.
func (s *system) factor() *factor {
	if s.cholesky != nil || s.ill {
		return s.cholesky
	}
	s.ill = true
	if h := s.shifted; h != nil {
		if f := newFactor(s.n, h.g); f != nil {
			f.shifted = h
			s.cholesky, s.ill = f, false
			return f
		}
	}
	if s.n <= smallSystem {
		e := s.spectrum()
		if !finite(e.lambda) || e.lambda[0] > e.max()/wellConditioned {
			return nil
		}
	}
	if f := newFactor(s.n, s.g); f != nil {
		s.cholesky, s.ill = f, false
	}
	return s.cholesky
}

// graded tells whether the eigenvectors of G, found to within rounding of the
// largest eigenvalue, do not serve since the unknowns differ in scale.
func (s *system) graded() bool { return s.n <= smallSystem && s.factor() != nil }

// factor is D G D = LLᵀ, with D making the diagonal one; G' where sums were
// shifted.
type factor struct {
	cholesky mat.Cholesky
	d        []float64
	inverted []float64 // G⁻¹, once asked for
	shifted  *shifted  // nil: not shifted
}

// newFactor is nil where G is singular or conditioned worse than
// wellConditioned, whatever the scale of the unknowns.
func newFactor(n int, g []float64) *factor {
	f := factorize(n, g)
	if f == nil || f.cholesky.Cond() > wellConditioned {
		return nil
	}
	return f
}

// factorize is nil where G is not positive definite.
func factorize(n int, g []float64) *factor {
	if !finite(g) {
		return nil
	}
	f := &factor{d: make([]float64, n)}
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

// solve is x with G x = b.
func (f *factor) solve(b []float64) []float64 {
	if f.shifted != nil {
		b = f.shifted.down(b)
	}
	x := make([]float64, len(b))
	for i, v := range b {
		x[i] = f.d[i] * v
	}
	v := mat.NewVecDense(len(x), x)
	// The error is a warning of bad conditioning, which was looked at before.
	_ = f.cholesky.SolveVecTo(v, v)
	for i, d := range f.d {
		x[i] *= d
	}
	if f.shifted != nil {
		f.shifted.up(x)
	}
	return x
}

// inverse is G⁻¹.
func (f *factor) inverse() []float64 {
	if f.inverted != nil {
		return f.inverted
	}
	var inverse mat.SymDense
	_ = f.cholesky.InverseTo(&inverse) // as in solve
	n := len(f.d)
	f.inverted = make([]float64, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			v := f.d[i] * f.d[j] * inverse.At(i, j)
			f.inverted[i*n+j], f.inverted[j*n+i] = v, v
		}
	}
	if h := f.shifted; h != nil {
		h.upBoth(f.inverted, n)
	}
	return f.inverted
}

// inverseDiagonal is the diagonal of G⁻¹.
func (f *factor) inverseDiagonal() []float64 {
	inverse, diagonal := f.inverse(), make([]float64, len(f.d))
	for i := range diagonal {
		diagonal[i] = inverse[i*(len(f.d)+1)]
	}
	return diagonal
}

// forget drops what was derived from G, which has changed.
func (s *system) forget() { s.eigen, s.cholesky, s.ill, s.least, s.most = nil, nil, false, 0, 0 }

// newton is the step from the origin to the best fit, the smallest that there
// is: G⁺ grad.
func (s *system) newton(grad []float64) []float64 {
	if s.whole != nil {
		if x := s.iterate(grad); x != nil {
			return x
		}
		s.whole = nil
	}
	c := s.factor()
	if c == nil {
		return s.spectrum().newton(grad)
	}
	return c.solve(grad)
}

// rank is the number of combinations of unknowns that the data determines.
func (s *system) rank() int {
	if s.whole != nil {
		return s.whole.rank()
	}
	if s.factor() != nil {
		return s.n
	}
	return s.spectrum().rank
}

// top is the largest eigenvalue.
func (s *system) top() float64 {
	if s.whole == nil && s.factor() == nil {
		return s.spectrum().max()
	}
	if s.most == 0 {
		s.most = lanczos(s.n, s.timesInto)
	}
	return s.most
}

// bottom is the smallest eigenvalue that is not zero.
func (s *system) bottom() float64 {
	if s.whole != nil {
		return s.whole.bottom()
	}
	c := s.factor()
	if c == nil {
		return s.spectrum().min()
	}
	if s.least == 0 {
		// An inverse and its products cost less than as many solutions.
		inverse := system{n: s.n, g: c.inverse()}
		s.least = 1 / lanczos(s.n, inverse.timesInto)
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
	q := vector(n)
	for i := range q { // any vector that is no eigenvector by accident
		q[i] = 1 + 0.1*math.Sin(float64(i*i))
	}
	scale(q, 1/math.Sqrt(dot(q, q)))
	var basis [][]float64
	var diagonal, beside []float64
	top := 0.0
	for range min(lanczosSteps, n) {
		basis = append(basis, q)
		p := vector(n)
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

// largest is the largest eigenvalue of a symmetric tridiagonal matrix with
// nothing zero beside the diagonal, by bisection: it lies below x where all pivots
// of the matrix less x are negative (Sylvester).
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

// below tells whether all eigenvalues are below x.
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
