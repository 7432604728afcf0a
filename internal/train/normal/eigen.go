package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/mat"
)

// InverseDiagonal returns the diagonal of G⁻¹. If G is singular, it is that of the
// pseudo-inverse, with +Inf for the unknowns that the data does not determine.
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

// UndeterminedShare is the squared length of an unknown's part in undetermined
// directions that rounding alone may leave.
const UndeterminedShare = 1e-9

// undeterminedShares returns, for each unknown, the squared length (0 to 1) of its
// part in directions that the data does not determine.
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

// dropUndetermined returns w without its part in undetermined directions.
func (e *Eigen) dropUndetermined(w []float64) []float64 {
	c := e.ToEigen(w)
	for i, l := range e.lambda {
		if l == 0 {
			c[i] = 0
		}
	}
	return e.FromEigen(c)
}

// Eigen is the decomposition G = V diag(λ) Vᵀ, λ ascending.
type Eigen struct {
	n      int
	lambda []float64
	v      []float64 // n x n; column i belongs to lambda[i]
	rank   int
}

// RankTolerance times the number of unknowns is the share of the largest eigenvalue
// below which an eigenvalue counts as zero. It covers the rounding of the sums and of
// the decomposition.
const RankTolerance = 1.0 / (1 << 50)

// Eigen returns the decomposition of G, computed when first asked for. Eigenvalues
// within rounding of zero are 0; all are NaN if G is not finite.
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

// max returns the largest eigenvalue.
func (e *Eigen) max() float64 { return e.lambda[e.n-1] }

// min returns the smallest eigenvalue that is not zero, or zero if all are.
func (e *Eigen) min() float64 {
	for _, l := range e.lambda {
		if l > 0 {
			return l
		}
	}
	return 0
}

// ToEigen returns Vᵀ x, the coordinates of x along the eigenvectors.
func (e *Eigen) ToEigen(x []float64) []float64 {
	c := make([]float64, e.n)
	for j, f := range x {
		for i, v := range e.v[j*e.n : (j+1)*e.n] {
			c[i] += f * v
		}
	}
	return c
}

// FromEigen returns V c.
func (e *Eigen) FromEigen(c []float64) []float64 {
	x := make([]float64, e.n)
	for j := range x {
		x[j] = numeric.Dot(e.v[j*e.n:(j+1)*e.n], c)
	}
	return x
}

// Solve returns V λ⁺ Vᵀ g, with λ⁺ = 1/λ and 0 for λ = 0: of the x with the least
// |G x − g|, the shortest.
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

// Decompose returns the decomposition of an n x n matrix. noiseScale is the size of
// the numbers whose rounding is in it; 0: that of the matrix itself.
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
