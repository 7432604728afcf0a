package detect

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train/normal"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// peelLevel is the probability below which a row or column of taps that are all zero
// is kept by chance. A fit of 33x33 tests about sixty, so one size in 170 comes out too
// large. At 1e-2, a quarter of the sizes does.
const peelLevel = 1e-4

// negligibleTap is the share of the largest tap below which a tap is rounding of the
// arithmetic, whatever its standard error.
const negligibleTap = 64 * 0x1p-53

// Ring is the outermost row or column of taps of a kernel, and the test of whether all
// of it is zero.
type Ring struct {
	Row             bool      // else a column
	Outside, Inside corr.Size // the kernel with the ring, and without it
	Taps            int
	// F is wᵀC⁻¹w/n for the n taps w of the ring with the covariance C, which has
	// the F distribution of n and N − p degrees of freedom if the true taps are
	// zero (Wald, 1943).
	F float64
	// P is the probability of such an F or a larger one.
	P float64
}

// Zero reports whether the taps are zero within their errors.
func (r Ring) Zero() bool { return r.P >= peelLevel }

// peeling is a fit from which rows and columns of taps are taken.
type peeling struct {
	whole, size corr.Size
	step        int // rows or columns that go at a time: 2 with a dilation
	inputs      int
	systems     []peeledSystem
}

// peeledSystem is one system of equations with the inverse of G over the unknowns that
// are left; rows and columns of the others are zero.
type peeledSystem struct {
	n       int
	inverse *mat.Dense
	outputs []peeledOutput
	free    float64 // N − p
}

type peeledOutput struct {
	w      []float64
	sigma2 float64
}

// newPeeling prepares a fit; nil if it leaves taps undetermined.
func newPeeling(s *normal.Equations) *peeling {
	l := s.Layout()
	p := &peeling{whole: l.Spec.Kernel, size: l.Spec.Kernel, step: 1, inputs: l.Inputs()}
	if d := l.Spec.Options.Dilation; d.H > 1 || d.W > 1 {
		p.step = 2
	}
	best, c := s.Best(), 0
	for i := range s.Systems() {
		sys := &s.Systems()[i]
		inverse := sys.Inverse()
		if inverse == nil {
			return nil
		}
		n := sys.N()
		q := peeledSystem{n: n, inverse: mat.NewDense(n, n, append([]float64(nil), inverse...))}
		for k := range sys.Outputs() {
			o := &sys.Outputs()[k]
			_, loss := sys.About(k, best[c])
			q.free = float64(o.Moments.Count - n)
			if q.free < 1 {
				return nil
			}
			least := exactShare * exactShare * o.Moments.Energy()
			q.outputs = append(q.outputs, peeledOutput{append([]float64(nil), best[c]...), max(loss, least) / q.free})
			c++
		}
		p.systems = append(p.systems, q)
	}
	return p
}

// ring returns the unknowns of the outermost row or column of the current size, and the
// size without it. ok is false if nothing would be left.
func (p *peeling) ring(row bool) (unknowns []int, next corr.Size, ok bool) {
	next = p.size
	if row {
		next.H -= p.step
	} else {
		next.W -= p.step
	}
	if next.H < 1 || next.W < 1 {
		return nil, next, false
	}
	before, after := normal.CentredBlock(p.whole, p.size, false), normal.CentredBlock(p.whole, next, false)
	for i := range p.inputs {
		for u := range before.Size.H {
			for v := range before.Size.W {
				y, x := before.Top+u, before.Left+v
				if y < after.Top || y >= after.Top+next.H || x < after.Left || x >= after.Left+next.W {
					unknowns = append(unknowns, (i*p.whole.H+y)*p.whole.W+x)
				}
			}
		}
	}
	return unknowns, next, true
}

// test tests whether the taps of a ring are zero.
func (p *peeling) test(row bool) (Ring, bool) {
	list, inside, ok := p.ring(row)
	if !ok {
		return Ring{}, false
	}
	r := Ring{Row: row, Outside: p.size, Inside: inside, Taps: len(list)}
	total, n, free := 0.0, 0, math.Inf(1)
	for _, q := range p.systems {
		factor := q.factor(list)
		for _, o := range q.outputs {
			n += len(list)
			w := mat.NewVecDense(len(list), nil)
			largest := 0.0
			for _, v := range o.w {
				largest = max(largest, math.Abs(v))
			}
			for i, t := range list {
				if math.Abs(o.w[t]) > negligibleTap*largest {
					w.SetVec(i, o.w[t])
				}
			}
			if factor == nil {
				return r, false
			}
			var x mat.VecDense
			if factor.SolveVecTo(&x, w) != nil {
				return r, false
			}
			if dot := mat.Dot(w, &x); dot > 0 {
				total += dot / o.sigma2
			}
		}
		free = min(free, q.free)
	}
	r.F = total / float64(n)
	r.P = distuv.F{D1: float64(n), D2: free}.Survival(r.F)
	return r, true
}

// factor is the factorisation of the part of G⁻¹ that belongs to the unknowns.
func (q *peeledSystem) factor(list []int) *mat.Cholesky {
	part := mat.NewSymDense(len(list), nil)
	for i, a := range list {
		for j, b := range list[:i+1] {
			part.SetSym(j, i, q.inverse.At(a, b))
		}
	}
	var c mat.Cholesky
	if !c.Factorize(part) {
		return nil
	}
	return &c
}

// drop takes a ring away: the others become the best fit without it,
//
//	w −= C[:,S] C[S,S]⁻¹ w[S]      C −= C[:,S] C[S,S]⁻¹ C[S,:]
func (p *peeling) drop(row bool) bool {
	list, next, _ := p.ring(row)
	for i := range p.systems {
		q := &p.systems[i]
		factor := q.factor(list)
		if factor == nil {
			return false
		}
		rows := mat.NewDense(len(list), q.n, nil)
		for i, t := range list {
			rows.SetRow(i, q.inverse.RawRowView(t))
		}
		for k := range q.outputs {
			o := &q.outputs[k]
			w := mat.NewVecDense(len(list), nil)
			for i, t := range list {
				w.SetVec(i, o.w[t])
			}
			var x, change mat.VecDense
			if factor.SolveVecTo(&x, w) != nil {
				return false
			}
			change.MulVec(rows.T(), &x)
			for j := range o.w {
				o.w[j] -= change.AtVec(j)
			}
		}
		var half, change mat.Dense
		if factor.SolveTo(&half, rows) != nil {
			return false
		}
		change.Mul(rows.T(), &half)
		q.inverse.Sub(q.inverse, &change)
		for _, t := range list {
			for k := range q.outputs {
				q.outputs[k].w[t] = 0
			}
		}
	}
	p.size = next
	return true
}

// peel takes rows and columns off the outside of a fit while their taps are zero within
// their errors: at each step the row or the column that is the likelier to be zero. It
// returns the size that is left and the tests of the rings that were dropped, in that
// order, and then of those that were kept. ok is false if the fit leaves taps
// undetermined.
func peel(s *normal.Equations) (size corr.Size, rings []Ring, ok bool) {
	p := newPeeling(s)
	if p == nil {
		return size, nil, false
	}
	for {
		row, rowOK := p.test(true)
		column, columnOK := p.test(false)
		drop := row
		if !rowOK || columnOK && column.P > row.P {
			drop = column
		}
		if !rowOK && !columnOK || !drop.Zero() {
			for _, r := range []struct {
				Ring
				ok bool
			}{{row, rowOK}, {column, columnOK}} {
				if r.ok {
					rings = append(rings, r.Ring)
				}
			}
			return p.size, rings, true
		}
		rings = append(rings, drop)
		if !p.drop(drop.Row) {
			return size, nil, false
		}
	}
}
