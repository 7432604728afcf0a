package train

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// The covariance of the least-squares taps is σ² M G Mᵀ, with σ² = Σr²/(N − p)
// for N outputs and p unknowns that the data determines, and M the matrix that
// leads from c to the taps: G⁻¹ for a plain fit, so that it is σ²G⁻¹ (Draper and
// Smith, Applied Regression Analysis, section 5.2). A shape replaces M by the
// one of the unknowns that it leaves free; the taps that it drew towards zero
// are off by that as well, which no error tells.
//
// The errors of the outputs are taken to be independent of each other.

// roundingOfTaps is what arithmetic alone leaves uncertain: units in the last
// place of the largest tap. It is the error where the output is exact.
const roundingOfTaps = 4

// standardErrors are those of the unknowns at w, by output channel. +Inf marks
// what the data does not determine.
func (s *Statistics) standardErrors(r Result, shape Shape) ([][]float64, error) {
	var list [][]float64
	for i := range s.systems {
		sys := &s.systems[i]
		variances, rank, err := s.variances(sys, shape, r, len(list))
		if err != nil {
			return nil, err
		}
		for k := range sys.outputs {
			w := r.weights[len(list)]
			sigma2 := s.variance(sys, k, w, rank, r)
			rounding := 0.0
			for _, v := range w {
				rounding = math.Max(rounding, math.Abs(v))
			}
			rounding *= roundingOfTaps * 0x1p-53
			se := make([]float64, sys.n)
			for j := range se {
				se[j] = math.Sqrt(sigma2*variances[k][j] + rounding*rounding)
			}
			list = append(list, se)
		}
	}
	return list, nil
}

// variance is σ² of one output: Inf where there are no more outputs than
// unknowns.
func (s *Statistics) variance(sys *system, k int, w []float64, rank int, r Result) float64 {
	o := &sys.outputs[k]
	if f := r.Robust; f != nil {
		if f.bread != nil { // what r varies is in the products of in
			return float64(o.y.n) / math.Max(1, float64(o.y.n-rank))
		}
		return f.variance
	}
	free := o.y.n - rank
	if free < 1 {
		return math.Inf(1)
	}
	_, loss := sys.about(k, w)
	return loss / float64(free)
}

// variances are the diagonals of M G Mᵀ for every output of a system, the first
// of which is output channel c, and the number of unknowns that are free.
func (s *Statistics) variances(sys *system, shape Shape, r Result, c int) (diagonals [][]float64, rank int, err error) {
	inner := sys
	if f := r.Robust; f != nil && f.bread != nil {
		i, _ := s.layout.place(c)
		sys, inner = &f.bread.systems[i], &f.in.systems[i]
	} else if shape.None() {
		diagonal := sys.inverseDiagonal()
		for range sys.outputs {
			diagonals = append(diagonals, diagonal)
		}
		return diagonals, sys.rank(), nil
	}
	sys, inner = sys.inShift(), inner.inShift()
	q := newQuadratic(s.layout, sys, shape)
	for k := range sys.outputs {
		m, free := q.influence(r.weights[c+k], shape)
		if m == nil {
			return nil, 0, errNoProgress
		}
		rank = max(rank, free)
		diagonals = append(diagonals, sandwich(inner, q, m))
	}
	return diagonals, rank, nil
}

// inverseDiagonal is the diagonal of G⁻¹; of the pseudo-inverse where G is
// singular, with +Inf for the unknowns that the data does not determine.
func (s *system) inverseDiagonal() []float64 {
	if c := s.factor(); c != nil {
		return c.inverseDiagonal()
	}
	d, e := make([]float64, s.n), s.spectrum()
	unseen := e.unseen()
	for j := range d {
		if unseen[j] > unseenShare {
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
const unseenShare = 1e-9

// unseen is, for each unknown, the part of it (0 to 1) that the data does not
// see.
func (e *spectrum) unseen() []float64 {
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

// influence is the matrix from right-hand sides to parameters, m x m, with those
// at zero held there, and the number of parameters that are free.
func (q *quadratic) influence(w []float64, shape Shape) (m []float64, count int) {
	z := q.fold(w)
	free := make([]bool, q.m)
	for i := range free {
		free[i] = !shape.NonNegative || i >= q.bounded || z[i] > 0
		if free[i] {
			count++
		}
	}
	p := program{n: q.m, h: q.h, z0: make([]float64, q.m), g: make([]float64, q.m)}
	// A sum that only taps held at zero make up moves no other parameter.
	if shape.Sum != nil && slices.Contains(free[:q.bounded], true) {
		p.a = q.a
		count--
	}
	if m = p.inverse(free); m != nil {
		return m, count
	}
	m = make([]float64, q.m*q.m)
	for j := range q.m {
		if !free[j] {
			continue
		}
		p.g[j] = 1
		column, _ := p.fix(free)
		if column == nil {
			return nil, 0
		}
		for i, v := range column {
			m[i*q.m+j] = v
		}
		p.g[j] = 0
	}
	return m, count
}

// inverse is the matrix from g to z − z0 with the unknowns that are not free held
// at zero, n x n: H⁻¹ of the others, less H⁻¹a aᵀH⁻¹/aᵀH⁻¹a where their sum is
// held. nil where H is singular.
func (p *program) inverse(free []bool) []float64 {
	var index []int
	for i, f := range free {
		if f {
			index = append(index, i)
		}
	}
	k := len(index)
	m := make([]float64, p.n*p.n)
	if k == 0 {
		return m
	}
	h, a := make([]float64, k*k), make([]float64, k)
	for i, x := range index {
		for j, y := range index {
			h[i*k+j] = p.h[x*p.n+y]
		}
		if p.a != nil {
			a[i] = p.a[x]
		}
	}
	f := newFactor(k, h)
	if f == nil {
		return nil
	}
	inverse, along := f.inverse(), f.solve(a)
	aa := dot(a, along)
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

// sandwich is the diagonal of P G Pᵀ, P = S m, or T⁻¹ S m in shifted sums.
func sandwich(sys *system, q *quadratic, m []float64) []float64 {
	g := mat.NewDense(q.m, q.m, nil)
	for i := range sys.n {
		for j := range sys.n {
			a, b := q.orbit[i], q.orbit[j]
			g.Set(a, b, g.At(a, b)+q.share[i]*q.share[j]*sys.g[i*sys.n+j])
		}
	}
	p := mat.NewDense(sys.n, q.m, nil)
	for i := range sys.n {
		row := p.RawRowView(i)
		copy(row, m[q.orbit[i]*q.m:][:q.m])
		scale(row, q.share[i])
	}
	if h := sys.shifted; h != nil {
		bias := p.RawRowView(h.c)
		for t := range h.c {
			subtract(bias, h.m, p.RawRowView(t))
		}
	}
	var half mat.Dense
	half.Mul(p, g)
	d := make([]float64, sys.n)
	for i := range d {
		d[i] = math.Max(0, dot(half.RawRowView(i), p.RawRowView(i)))
	}
	return d
}
