package intervals

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/convkit/convkit/internal/train/numeric"
)

// rows are the inequalities g z ≤ b of a linear program in n variables.
//
// gonum's lp is not used here: it solves each program from nothing, in standard form
// with a variable for each inequality. These programs have few variables, many
// inequalities, and follow each other with a few new ones.
type rows struct {
	n    int
	g    []float64 // len(b) x n
	b    []float64
	size []float64 // the length of each row of g
}

// add adds g z ≤ b.
func (r *rows) add(g []float64, b float64) {
	r.g = append(r.g, g...)
	r.b = append(r.b, b)
	r.size = append(r.size, math.Sqrt(numeric.Dot(g, g)))
}

func (r *rows) row(i int) []float64 { return r.g[i*r.n : (i+1)*r.n] }

// addBox adds |z_j| ≤ limit for the first few variables: a and −a stand next to
// each other.
func (r *rows) addBox(variables int, limit float64) {
	e := make([]float64, r.n)
	for j := range variables {
		e[j] = 1
		r.add(e, limit)
		e[j] = -1
		r.add(e, limit)
		e[j] = 0
	}
}

// program is max c z subject to rows, solved by the dual simplex method: from one
// vertex of the bounds to the next lower one, until no row is violated. Rows that are
// added to a solved program need only the steps that they cause.
//
// Source: Chvátal, Linear Programming, 1983, chapters 8 and 10.
type program struct {
	*rows
	c       []float64
	basis   []int     // the n rows that hold with equality
	inverse []float64 // n x n, of the matrix of these rows
	prices  []float64 // c times the inverse: none is negative
	z       []float64
	age     int // steps since the inverse was computed

	candidates []int // rows that were exceeded most when all were last looked at
	value      []float64
}

const (
	// violated is the distance beyond a row, in the units of z, that counts. Residuals
	// are in units of half a step, so this is far below what matters.
	violated = 1e-9
	// pivotLeast is the smallest element of a unit row by which a step may divide.
	pivotLeast = 1e-9
	// refreshAfter is the number of steps after which the inverse is computed anew.
	refreshAfter = 64
	// Candidates are the rows that are exceeded by candidateShare of the most, up to
	// candidatesEach for each variable. Of thousands of rows, a few dozen decide.
	candidateShare = 0.3
	candidatesEach = 3
)

var (
	errInfeasible = errors.New("no point satisfies all inequalities")
	errSteps      = errors.New("the linear program did not end within its steps")
)

// newProgram begins at the vertex of the given rows, whose prices must not be negative.
func newProgram(r *rows, c []float64, basis []int) *program {
	p := &program{rows: r, c: c, basis: append([]int(nil), basis...)}
	p.z, p.prices = make([]float64, r.n), make([]float64, r.n)
	return p
}

// corner returns the rows of a box, added first by addBox, at which c is largest.
func corner(c []float64) []int {
	list := make([]int, len(c))
	for j, v := range c {
		list[j] = 2 * j
		if v < 0 {
			list[j]++
		}
	}
	return list
}

// refresh computes the inverse, the vertex and the prices from the basis.
func (p *program) refresh() error {
	m := mat.NewDense(p.n, p.n, nil)
	b := make([]float64, p.n)
	for i, k := range p.basis {
		m.SetRow(i, p.row(k))
		b[i] = p.b[k]
	}
	var inverse mat.Dense
	if err := inverse.Inverse(m); err != nil {
		var ill mat.Condition
		if !errors.As(err, &ill) || math.IsInf(float64(ill), 1) {
			return err
		}
	}
	p.inverse, p.age = inverse.RawMatrix().Data, 0
	for i := range p.z {
		p.z[i] = numeric.Dot(p.inverse[i*p.n:(i+1)*p.n], b)
	}
	p.timesInverse(p.prices, p.c)
	for i, v := range p.prices {
		p.prices[i] = math.Max(0, v)
	}
	return nil
}

// timesInverse sets a = g B⁻¹.
func (p *program) timesInverse(a, g []float64) {
	blas64.Gemv(blas.Trans, 1, blas64.General{Rows: p.n, Cols: p.n, Stride: p.n, Data: p.inverse},
		blas64.Vector{N: p.n, Inc: 1, Data: g}, 0, blas64.Vector{N: p.n, Inc: 1, Data: a})
}

// solve walks to the optimum in at most so many steps. After errSteps, bound is still
// an upper bound of c z. Rows that allow no point are errInfeasible.
func (p *program) solve(steps int) error {
	if err := p.refresh(); err != nil {
		return err
	}
	alpha := make([]float64, p.n)
	for range steps {
		q := p.mostViolated()
		if q < 0 {
			return nil
		}
		p.timesInverse(alpha, p.row(q))
		leaving := p.leaving(alpha, pivotLeast*p.size[q])
		if leaving < 0 {
			return errInfeasible
		}
		p.exchange(q, leaving, alpha)
		if p.age++; p.age >= refreshAfter {
			if err := p.refresh(); err != nil {
				return err
			}
		}
	}
	return errSteps
}

// bound returns c z at the current vertex: the optimum, or more than that.
func (p *program) bound() float64 { return numeric.Dot(p.c, p.z) }

// mostViolated returns the row that is exceeded most, by distance; −1 for none. It looks
// among the candidates, and at all rows when no candidate is exceeded.
func (p *program) mostViolated() int {
	q, most := -1, violated
	for _, i := range p.candidates {
		if d := (numeric.Dot(p.row(i), p.z) - p.b[i]) / p.size[i]; d > most {
			q, most = i, d
		}
	}
	if q >= 0 {
		return q
	}
	return p.price()
}

// price makes the rows that are exceeded far the candidates, and returns the one that is
// exceeded most; −1 for none.
func (p *program) price() int {
	m := len(p.b)
	if cap(p.value) < m {
		p.value = make([]float64, m+m/4)
	}
	v := p.value[:m]
	blas64.Gemv(blas.NoTrans, 1, blas64.General{Rows: m, Cols: p.n, Stride: p.n, Data: p.g},
		blas64.Vector{N: p.n, Inc: 1, Data: p.z}, 0, blas64.Vector{N: m, Inc: 1, Data: v})
	q, most := -1, violated
	for i := range v {
		v[i] = (v[i] - p.b[i]) / p.size[i]
		if v[i] > most {
			q, most = i, v[i]
		}
	}
	p.candidates = p.candidates[:0]
	for i, d := range v {
		if d > candidateShare*most && len(p.candidates) < candidatesEach*p.n {
			p.candidates = append(p.candidates, i)
		}
	}
	return q
}

// leaving returns the place in the basis whose row leaves it: the one whose price falls
// to 0 first. Of those that do so together it has the largest pivot.
func (p *program) leaving(alpha []float64, least float64) int {
	const tie = 1e-12
	first := math.Inf(1)
	for k, a := range alpha {
		if a > least {
			first = math.Min(first, (p.prices[k]+tie)/a)
		}
	}
	at := -1
	for k, a := range alpha {
		if a > least && p.prices[k]/a <= first && (at < 0 || a > alpha[at]) {
			at = k
		}
	}
	return at
}

// exchange puts row q into the basis, at place r. alpha is q's row times the inverse.
func (p *program) exchange(q, r int, alpha []float64) {
	theta := math.Max(0, p.prices[r]/alpha[r])
	for k, a := range alpha {
		p.prices[k] = math.Max(0, p.prices[k]-theta*a)
	}
	p.prices[r] = theta
	excess := numeric.Dot(p.row(q), p.z) - p.b[q]
	alpha[r]--
	for i := range p.n {
		inv := p.inverse[i*p.n : (i+1)*p.n]
		f := inv[r] / (alpha[r] + 1)
		p.z[i] -= excess * f
		floats.AddScaled(inv, -f, alpha)
	}
	p.basis[r] = q
}
