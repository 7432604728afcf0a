package train

import (
	"fmt"
	"math"
)

// Symmetry is what a kernel is held to.
type Symmetry int

const (
	// NoSymmetry: nothing.
	NoSymmetry Symmetry = iota
	// EvenX: the columns mirrored are the same.
	EvenX
	// EvenY: the rows mirrored are the same.
	EvenY
	// EvenBoth: both.
	EvenBoth
	// Rotation: a quarter turn changes nothing; the kernel is square.
	Rotation
)

var symmetryNames = []string{"none", "x", "y", "both", "rotation"}

// SymmetryNames are the words that ParseSymmetry knows.
func SymmetryNames() []string { return symmetryNames }

// ParseSymmetry reads a name.
func ParseSymmetry(s string) (Symmetry, error) {
	i, err := parseName("symmetry", s, symmetryNames)
	return Symmetry(i), err
}

// String gives the name.
func (s Symmetry) String() string { return symmetryNames[s] }

// Shape is what is known of a kernel beforehand. With k the taps of one output,
// the exact fit minimises
//
//	Σ r² + Ridge Σ k² + Smooth Σ (Δk)²
//
// under the conditions given. Δ is the Laplacian within the kernel, the sum of
// the differences from the neighbours there are. A bias or background is not
// drawn to zero and may have any sign.
type Shape struct {
	Ridge, Smooth float64
	Sum           *float64 // the taps of an output add up to this
	NonNegative   bool     // no tap is below zero
	Symmetry      Symmetry
}

// None tells whether nothing is known.
func (s Shape) None() bool { return s == Shape{} }

func (s Shape) check(l layout) error {
	k := l.spec.Kernel
	switch {
	case !(s.Ridge >= 0) || math.IsInf(s.Ridge, 0):
		return fmt.Errorf("ridge %v: must be at least 0", s.Ridge)
	case !(s.Smooth >= 0) || math.IsInf(s.Smooth, 0):
		return fmt.Errorf("smooth %v: must be at least 0", s.Smooth)
	case s.Sum != nil && !isFinite(*s.Sum):
		return fmt.Errorf("sum %v: must be a number", *s.Sum)
	case s.Sum != nil && s.NonNegative && *s.Sum < 0:
		return fmt.Errorf("taps that are not negative cannot add up to %v", *s.Sum)
	case s.Symmetry == Rotation && k.H != k.W:
		return fmt.Errorf("a %v kernel cannot be turned onto itself: symmetry rotation needs as many rows as columns", k)
	}
	return nil
}

// SolveShaped is Solve for a kernel of known shape. The Loss of its result is
// the squares alone.
func SolveShaped(s *Statistics, shape Shape, l Loss) (Result, error) {
	if err := shape.check(s.layout); err != nil {
		return Result{}, err
	}
	w, err := shaped(s, shape.in(s.layout.spec.Units))
	if err != nil {
		return Result{}, err
	}
	return newResult(s, w, l), nil
}

// shaped is the best fit of the shape, by output channel.
func shaped(s *Statistics, shape Shape) ([][]float64, error) {
	if shape.None() {
		return s.best(), nil
	}
	var list [][]float64
	for i := range s.systems {
		sys := s.systems[i].inShift()
		q := newQuadratic(s.layout, sys, shape)
		for _, o := range sys.outputs {
			w, err := q.solve(o, shape)
			if err != nil {
				return nil, err
			}
			sys.uncentreUnknowns(w)
			list = append(list, w)
		}
	}
	return list, nil
}

// quadratic is a fit in the free parameters z of a shape, w = S z: the columns
// of S are the sets of taps that are equal, each of length one, so that z >= 0
// where the taps are.
type quadratic struct {
	sys     *system
	taps    int
	orbit   []int     // the parameter of each unknown
	share   []float64 // 1/√ of the size of its set
	m       int       // parameters
	bounded int       // of them, those of taps, which come first
	r       []float64 // penalty on taps, taps x taps; nil: none
	h       []float64 // Sᵀ(G + R)S
	a       []float64 // Σ taps = aᵀz
}

func newQuadratic(l layout, sys *system, shape Shape) *quadratic {
	q := &quadratic{sys: sys, taps: l.taps(), orbit: make([]int, sys.n), share: make([]float64, sys.n)}
	q.orbits(l, shape.Symmetry)
	q.r = penalty(l, shape)
	q.h = make([]float64, q.m*q.m)
	for i := range sys.n {
		for j := range sys.n {
			v := sys.g[i*sys.n+j]
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
func (q *quadratic) orbits(l layout, s Symmetry) {
	h, w := l.spec.Kernel.H, l.spec.Kernel.W
	size := make([]int, q.sys.n)
	seen := map[int]int{} // the least index of a set: its number
	for t := range q.sys.n {
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

// images are the places that a symmetry makes equal to row u, column v.
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

// penalty is R with kᵀRk = Ridge Σk² + Smooth Σ(Δk)²; nil where it is zero.
func penalty(l layout, shape Shape) []float64 {
	if shape.Ridge == 0 && shape.Smooth == 0 {
		return nil
	}
	n, h, w := l.taps(), l.spec.Kernel.H, l.spec.Kernel.W
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

// solve finds the taps of one output. The equations are set up about the
// symmetric part of the origin, so that a fit that is nearly exact keeps its
// digits.
func (q *quadratic) solve(o output, shape Shape) ([]float64, error) {
	z0 := q.fold(o.origin)
	w0 := q.unfold(z0)
	away := make([]float64, q.sys.n)
	for i, v := range o.origin {
		away[i] = v - w0[i]
	}
	g := q.sys.times(away)
	addTo(g, o.grad)
	if q.r != nil {
		for i := range q.taps {
			g[i] -= dot(q.r[i*q.taps:(i+1)*q.taps], w0[:q.taps])
		}
	}
	p := program{n: q.m, h: q.h, g: q.fold(g), z0: z0}
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
	return q.unfold(z), nil
}

// fold is Sᵀ w.
func (q *quadratic) fold(w []float64) []float64 {
	z := make([]float64, q.m)
	for i, v := range w {
		z[q.orbit[i]] += q.share[i] * v
	}
	return z
}

// unfold is S z.
func (q *quadratic) unfold(z []float64) []float64 {
	w := make([]float64, q.sys.n)
	for i, o := range q.orbit {
		w[i] = q.share[i] * z[o]
	}
	return w
}
