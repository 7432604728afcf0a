package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/mat"
)

// inverseDiagonal is the diagonal of G⁻¹; of the pseudo-inverse where G is
// singular, with +Inf for the unknowns that the data does not determine.
func (s *System) InverseDiagonal() []float64 {
	if c := s.cholesky(); c != nil {
		return c.inverseDiagonal()
	}
	d, e := make([]float64, s.n), s.Eigen()
	unseen := e.undeterminedShares()
	for j := range d {
		if unseen[j] > UndeterminedShare {
			d[j] = math.Inf(1)
			continue
		}
		for i, v := range e.v[j*e.n : (j+1)*e.n] {
			if e.lambda[i] > 0 {
				d[j] += v * v / e.lambda[i]
			}
		}
	}
	return d
}

// unseenShare is the part of an unknown that may lie in directions the data does
// not see, by rounding.
const UndeterminedShare = 1e-9

// unseen is, for each unknown, the part of it (0 to 1) that the data does not
// see.
func (e *Eigen) undeterminedShares() []float64 {
	u := make([]float64, e.n)
	for j := range u {
		for i, v := range e.v[j*e.n : (j+1)*e.n] {
			if e.lambda[i] == 0 {
				u[j] += v * v
			}
		}
	}
	return u
}

// project drops the part of w that the data does not see.
func (e *Eigen) dropUndetermined(w []float64) []float64 {
	c := e.ToEigen(w)
	for i, l := range e.lambda {
		if l == 0 {
			c[i] = 0
		}
	}
	return e.FromEigen(c)
}

// spectrum is G = V diag(λ) Vᵀ, λ ascending.
type Eigen struct {
	n      int
	lambda []float64
	v      []float64 // column i is the eigenvector of lambda[i]
	rank   int
}

// rankShare is the share of the largest eigenvalue, for each unknown, below
// which one counts as zero: what the rounding of the sums and of the
// decomposition leaves of a zero.
const RankTolerance = 1.0 / (1 << 50)

// spectrum decomposes G. Eigenvalues within rounding of zero are set to zero.
func (s *System) Eigen() *Eigen {
	if s.eigen != nil {
		return s.eigen
	}
	e := &Eigen{n: s.n, lambda: make([]float64, s.n), v: make([]float64, s.n*s.n)}
	var eig mat.EigenSym
	if numeric.AllFinite(s.g) && eig.Factorize(mat.NewSymDense(s.n, s.g), true) {
		eig.Values(e.lambda)
		eig.VectorsTo(mat.NewDense(s.n, s.n, e.v))
	} else {
		for i := range e.lambda {
			e.lambda[i], e.v[i*s.n+i] = math.NaN(), 1
		}
	}
	cut := RankTolerance * float64(s.n) * math.Max(e.max(), s.noiseScale)
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
func (e *Eigen) max() float64 { return e.lambda[e.n-1] }

// min is the smallest that is not zero, or zero where all are.
func (e *Eigen) min() float64 {
	for _, l := range e.lambda {
		if l > 0 {
			return l
		}
	}
	return 0
}

// into is Vᵀ x, the coordinates of x along the eigenvectors.
func (e *Eigen) ToEigen(x []float64) []float64 {
	c := make([]float64, e.n)
	for j, f := range x {
		for i, v := range e.v[j*e.n : (j+1)*e.n] {
			c[i] += f * v
		}
	}
	return c
}

// out is V c.
func (e *Eigen) FromEigen(c []float64) []float64 {
	x := make([]float64, e.n)
	for j := range x {
		x[j] = numeric.Dot(e.v[j*e.n:(j+1)*e.n], c)
	}
	return x
}

// newton is the step from the origin to the best fit, the smallest that there
// is: V λ⁺ Vᵀ g, with λ⁺ = 1/λ, and 0 for λ = 0.
func (e *Eigen) Solve(grad []float64) []float64 {
	c := e.ToEigen(grad)
	for i, l := range e.lambda {
		if l == 0 {
			c[i] = 0
			continue
		}
		c[i] /= l
	}
	return e.FromEigen(c)
}

// decompose returns the eigenvectors of an n x n matrix g, whose rounding is that of
// numbers as large as noiseScale.
func Decompose(n int, g []float64, noiseScale float64) *Eigen {
	s := System{n: n, g: g, noiseScale: noiseScale}
	return s.Eigen()
}

// N returns the number of unknowns.
func (e *Eigen) N() int { return e.n }

// Values returns the eigenvalues, ascending; those that are zero within rounding are 0.
func (e *Eigen) Values() []float64 { return e.lambda }

// Vectors returns the n x n matrix whose column i belongs to Values()[i].
func (e *Eigen) Vectors() []float64 { return e.v }

// Rank returns the number of eigenvalues above zero.
func (e *Eigen) Rank() int { return e.rank }
