package train

import "math"

// rest is the sums without the held-out windows, of which there are n.
func (s *Statistics) rest(n int) *Statistics {
	r := newStatistics(s.layout)
	r.counts = Counts{Used: s.counts.Used - n}
	for i := range r.systems {
		a, b, c := &r.systems[i], &s.systems[i], &s.held[i]
		if a.n > smallSystem {
			a.whole = b
		}
		for j := range a.g {
			a.g[j] = b.g[j] - c.g[j]
		}
		a.shifted = b.shifted.less(c)
		for k := range a.outputs {
			o, p, q := &a.outputs[k], &b.outputs[k], &c.outputs[k]
			o.origin = p.origin
			for j := range o.grad {
				o.grad[j] = p.grad[j] - q.grad[j]
			}
			o.loss = math.Max(0, p.loss-q.loss)
			o.y.n, o.y.weight = p.y.n-q.y.n, p.y.weight-q.y.weight
			if o.y.weight > 0 {
				o.y.mean = (p.y.mean*p.y.weight - q.y.mean*q.y.weight) / o.y.weight
				d := q.y.mean - o.y.mean
				o.y.m2 = math.Max(0, p.y.m2-q.y.m2-d*d*o.y.weight*q.y.weight/p.y.weight)
			}
		}
	}
	return r
}

// The iteration for a part ends when the error, in the norm of G, is
// iterateTolerance of what it was. Where nine tenths of the windows are like the
// rest that takes a dozen steps; beyond iterateSteps the equations are solved
// anew.
const (
	iterateTolerance = 1e-12
	iterateSteps     = 60
)

// iterate is G⁺grad for sums that are the greater part of a whole whose
// factorisation is there already: conjugate gradients, preconditioned with the
// inverse of the whole (Hestenes and Stiefel, 1952). nil where it does not settle.
func (s *system) iterate(grad []float64) []float64 {
	x, r, p := make([]float64, s.n), append([]float64(nil), grad...), vector(s.n)
	z := s.whole.newton(r)
	copy(p, z)
	size := dot(r, z)
	if !isFinite(size) {
		return nil
	}
	enough := iterateTolerance * iterateTolerance * size
	for range iterateSteps {
		if size <= enough {
			return x
		}
		gp := s.times(p)
		step := size / dot(p, gp)
		for i := range x {
			x[i] += step * p[i]
			r[i] -= step * gp[i]
		}
		z = s.whole.newton(r)
		next := dot(r, z)
		for i := range p {
			p[i] = z[i] + next/size*p[i]
		}
		size = next
	}
	return nil
}

// partOfWhole reports whether the system is solved by way of the one that it is the
// greater part of.
func (s *system) partOfWhole() bool { return s.whole != nil }

// solveAnew has the system solved for itself.
func (s *system) solveAnew() { s.whole = nil }
