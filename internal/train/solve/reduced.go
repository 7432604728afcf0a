package solve

import (
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// reduced is a fit in the free parameters z of a symmetry, w = S z. The columns of S
// are the sets of equal taps, each of length one, so that z >= 0 where the taps are.
type reduced struct {
	sys     *normal.System
	taps    int
	orbit   []int     // index of the parameter of each unknown
	share   []float64 // 1/√ of the size of its set
	m       int       // number of parameters
	bounded int       // number of those of taps, which come first
	r       []float64 // penalty on taps, taps x taps; nil: none
	h       []float64 // Sᵀ(G + R)S
	a       []float64 // Σ taps = aᵀz
}

func newReduced(l train.Layout, sys *normal.System, shape Constraints) *reduced {
	q := &reduced{sys: sys, taps: l.Taps(), orbit: make([]int, sys.N()), share: make([]float64, sys.N())}
	q.orbits(l, shape.Symmetry)
	q.r = Penalty(l, shape)
	q.h = make([]float64, q.m*q.m)
	for i := range sys.N() {
		for j := range sys.N() {
			v := sys.Matrix()[i*sys.N()+j]
			if q.r != nil && i < q.taps && j < q.taps {
				v += q.r[i*q.taps+j]
			}
			q.h[q.orbit[i]*q.m+q.orbit[j]] += q.share[i] * q.share[j] * v
		}
	}
	q.a = make([]float64, q.m)
	for i := range q.taps {
		q.a[q.orbit[i]] += q.share[i]
	}
	return q
}

// orbits numbers the sets of taps that a symmetry makes equal.
func (q *reduced) orbits(l train.Layout, s Symmetry) {
	h, w := l.Spec.Kernel.H, l.Spec.Kernel.W
	size := make([]int, q.sys.N())
	seen := map[int]int{} // the least index of a set: its number
	for t := range q.sys.N() {
		least := t
		if t < q.taps {
			base, u, v := t-t%(h*w), t%(h*w)/w, t%w
			for _, p := range images(s, h, w, u, v) {
				least = min(least, base+p[0]*w+p[1])
			}
		}
		if _, ok := seen[least]; !ok {
			seen[least] = q.m
			q.m++
			if t < q.taps {
				q.bounded++
			}
		}
		q.orbit[t] = seen[least]
		size[seen[least]]++
	}
	for t, o := range q.orbit {
		q.share[t] = 1 / math.Sqrt(float64(size[o]))
	}
}

// images returns the positions that a symmetry makes equal to row u, column v.
func images(s Symmetry, h, w, u, v int) [][2]int {
	mu, mv := h-1-u, w-1-v
	switch s {
	case EvenX:
		return [][2]int{{u, mv}}
	case EvenY:
		return [][2]int{{mu, v}}
	case EvenBoth:
		return [][2]int{{u, mv}, {mu, v}, {mu, mv}}
	case Rotation:
		return [][2]int{{v, mu}, {mu, mv}, {mv, u}}
	}
	return nil
}

// Penalty returns the matrix R, taps x taps, with kᵀRk = Ridge Σk² + Smooth Σ(Δk)²;
// nil if it is zero.
func Penalty(l train.Layout, shape Constraints) []float64 {
	if shape.Ridge == 0 && shape.Smooth == 0 {
		return nil
	}
	n, h, w := l.Taps(), l.Spec.Kernel.H, l.Spec.Kernel.W
	r := make([]float64, n*n)
	for t := range n {
		r[t*n+t] += shape.Ridge
	}
	if shape.Smooth == 0 {
		return r
	}
	for t := range n {
		base, u, v := t-t%(h*w), t%(h*w)/w, t%w
		near := []int{}
		for _, d := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			if y, x := u+d[0], v+d[1]; y >= 0 && y < h && x >= 0 && x < w {
				near = append(near, base+y*w+x)
			}
		}
		row := map[int]float64{t: float64(len(near))}
		for _, p := range near {
			row[p] = -1
		}
		for i, a := range row {
			for j, b := range row {
				r[i*n+j] += shape.Smooth * a * b
			}
		}
	}
	return r
}

// solve finds the unknowns of one output. The equations are set up about the symmetric
// part of the origin, so that a fit that is nearly exact keeps its digits.
func (q *reduced) solve(o normal.Output, shape Constraints) ([]float64, error) {
	z0 := q.reduce(o.Origin)
	w0 := q.expand(z0)
	away := make([]float64, q.sys.N())
	for i, v := range o.Origin {
		away[i] = v - w0[i]
	}
	g := q.sys.Times(away)
	floats.Add(g, o.Gradient)
	if q.r != nil {
		for i := range q.taps {
			g[i] -= numeric.Dot(q.r[i*q.taps:(i+1)*q.taps], w0[:q.taps])
		}
	}
	p := quadraticProgram{n: q.m, h: q.h, g: q.reduce(g), z0: z0}
	if shape.Sum != nil {
		p.a, p.sum = q.a, *shape.Sum
	}
	if shape.NonNegative {
		p.bounded = q.bounded
	}
	z, err := p.solve()
	if err != nil {
		return nil, err
	}
	return q.expand(z), nil
}

// reduce returns Sᵀ w.
func (q *reduced) reduce(w []float64) []float64 {
	z := make([]float64, q.m)
	for i, v := range w {
		z[q.orbit[i]] += q.share[i] * v
	}
	return z
}

// expand returns S z.
func (q *reduced) expand(z []float64) []float64 {
	w := make([]float64, q.sys.N())
	for i, o := range q.orbit {
		w[i] = q.share[i] * z[o]
	}
	return w
}
