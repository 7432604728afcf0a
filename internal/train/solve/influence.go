package solve

import (
	"math"

	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// influence says how a constrained fit moves with its right-hand side.
type influence struct {
	m            []float64   // from right-hand sides to parameters, m x m; nil: not found
	rank         int         // number of parameters that the data determines
	fixed        []bool      // parameters that keep their value
	undetermined [][]float64 // orthonormal directions that neither data nor constraints determine
}

// influence is computed at w, with the parameters at zero fixed there. If the sum is
// given and only one tap is free, that tap is fixed too.
func (q *reduced) influence(w []float64, shape Constraints) influence {
	z := q.reduce(w)
	free, f := make([]bool, q.m), influence{fixed: make([]bool, q.m)}
	last, taps := 0, 0
	for i := range free {
		free[i] = !shape.NonNegative || i >= q.bounded || z[i] > 0
		f.fixed[i] = !free[i]
		if free[i] {
			f.rank++
			if i < q.bounded {
				last = i
				taps++
			}
		}
	}
	p := quadraticProgram{n: q.m, h: q.h, z0: make([]float64, q.m), g: make([]float64, q.m)}
	// A sum over taps that are all fixed at zero moves no other parameter.
	if shape.Sum != nil && taps > 0 {
		p.a = q.a
		f.rank--
		f.fixed[last] = taps == 1
	}
	if f.m = p.inverse(free); f.m != nil {
		return f
	}
	f.undetermined = p.undetermined(free)
	f.rank -= len(f.undetermined)
	f.m = make([]float64, q.m*q.m)
	for j := range q.m {
		if !free[j] {
			continue
		}
		p.g[j] = 1
		column, _ := p.fix(free)
		if column == nil {
			return influence{}
		}
		for i, v := range column {
			f.m[i*q.m+j] = v
		}
		p.g[j] = 0
	}
	return f
}

// freePart returns H and a of the free unknowns.
func (p *quadraticProgram) freePart(free []bool) (index []int, h, a []float64) {
	for i, f := range free {
		if f {
			index = append(index, i)
		}
	}
	k := len(index)
	h, a = make([]float64, k*k), make([]float64, k)
	for i, x := range index {
		for j, y := range index {
			h[i*k+j] = p.h[x*p.n+y]
		}
		if p.a != nil {
			a[i] = p.a[x]
		}
	}
	return index, h, a
}

// undetermined returns an orthonormal basis of the directions x of the free unknowns
// with Hx = 0 and, if the sum is given, aᵀx = 0. It takes them from H + t aaᵀ, with t
// such that both have equal weight.
func (p *quadraticProgram) undetermined(free []bool) [][]float64 {
	index, h, a := p.freePart(free)
	k := len(index)
	if k == 0 {
		return nil
	}
	trace := 0.0
	for i := range k {
		trace += h[i*k+i]
	}
	t := trace
	if t == 0 {
		t = 1
	}
	if aa := numeric.Dot(a, a); aa > 0 {
		for i := range k {
			for j := range k {
				h[i*k+j] += t / aa * a[i] * a[j]
			}
		}
	}
	e := normal.Decompose(k, h, trace)
	var list [][]float64
	for i, l := range e.Values() {
		if l != 0 {
			continue
		}
		x := make([]float64, p.n)
		for j, at := range index {
			x[at] = e.Vectors()[j*k+i]
		}
		list = append(list, x)
	}
	return list
}

// inverse returns the n x n matrix from g to z − z0, with the other unknowns fixed at
// zero: H⁻¹ of the free ones, less H⁻¹a aᵀH⁻¹/aᵀH⁻¹a if their sum is given. It
// returns nil if H is singular.
func (p *quadraticProgram) inverse(free []bool) []float64 {
	index, h, a := p.freePart(free)
	k := len(index)
	m := make([]float64, p.n*p.n)
	if k == 0 {
		return m
	}
	f := normal.NewCholesky(k, h)
	if f == nil {
		return nil
	}
	inverse, along := f.Inverse(), f.Solve(a)
	aa := numeric.Dot(a, along)
	for i, x := range index {
		for j, y := range index {
			m[x*p.n+y] = inverse[i*k+j]
			if aa > 0 {
				m[x*p.n+y] -= along[i] * along[j] / aa
			}
		}
	}
	return m
}

// rows returns P, from right-hand sides to unknowns: S m, or T⁻¹ S m for centred sums.
func (f influence) rows(sys *normal.System, q *reduced) *mat.Dense {
	p := mat.NewDense(sys.N(), q.m, nil)
	for i := range sys.N() {
		row := p.RawRowView(i)
		copy(row, f.m[q.orbit[i]*q.m:][:q.m])
		floats.Scale(q.share[i], row)
	}
	if mean, constant, ok := sys.Centring(); ok {
		bias := p.RawRowView(constant)
		for t := range constant {
			floats.AddScaled(bias, -mean, p.RawRowView(t))
		}
	}
	return p
}

// mark sets the variances of fixed unknowns to NaN, and those of undetermined ones to
// +Inf.
func (f influence) mark(variances []float64, sys *normal.System, q *reduced) {
	share := make([]float64, sys.N())
	for _, x := range f.undetermined {
		w := q.expand(x)
		if mean, constant, ok := sys.Centring(); ok {
			for _, v := range w[:constant] {
				w[constant] -= mean * v
			}
		}
		for j, v := range w {
			share[j] += v * v
		}
	}
	for j := range variances {
		switch {
		case share[j] > normal.UndeterminedShare:
			variances[j] = math.Inf(1)
		case f.fixed[q.orbit[j]]:
			variances[j] = math.NaN()
		}
	}
}

// sandwich returns the diagonal of P G Pᵀ.
func sandwich(sys *normal.System, q *reduced, p *mat.Dense) []float64 {
	var half mat.Dense
	half.Mul(p, q.foldedMatrix(sys))
	d := make([]float64, sys.N())
	for i := range d {
		d[i] = math.Max(0, numeric.Dot(half.RawRowView(i), p.RawRowView(i)))
	}
	return d
}
