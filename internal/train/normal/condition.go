package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train"
)

// Magnitude returns Σy² + |w|ᵀ|G||w|, the size of the terms of the loss at w before
// they cancel.
func (s *Equations) Magnitude(w [][]float64) float64 {
	total := s.Energy()
	for c, v := range w {
		i, _ := s.layout.SystemOf(c)
		sys := &s.systems[i]
		for j, a := range v {
			row := 0.0
			for k, g := range sys.g[j*sys.n : (j+1)*sys.n] {
				row += math.Abs(g * v[k])
			}
			total += math.Abs(a) * row
		}
	}
	return total
}

// refineAbove is the condition number above which one reading of the images leaves
// less than nine digits of the taps.
const refineAbove = 1e7

// WellConditioned reports whether the condition of every system leaves the taps nine
// digits.
func (s *Equations) WellConditioned() bool {
	for i := range s.systems {
		if c := s.systems[i].condition(); !(c <= refineAbove) {
			return false
		}
	}
	return true
}

// condition returns λmax/λmin of the matrix that is solved with, without zeros.
func (s *System) condition() float64 {
	if f := s.cholesky(); f != nil {
		return f.cholesky.Cond()
	}
	if e := s.Eigen(); e.rank > 0 {
		return e.max() / e.min()
	}
	return 1
}

// Condition returns λmax/λmin of G: +Inf if G is singular. The relative error of the
// taps grows with its root, the epochs of gradient descent with itself.
func (s *Equations) Condition() float64 {
	worst := 1.0
	for i := range s.systems {
		if s.systems[i].Rank() < s.systems[i].n {
			return math.Inf(1)
		}
		worst = math.Max(worst, s.systems[i].LargestEigenvalue()/s.systems[i].SmallestEigenvalue())
	}
	return worst
}

// LargestEigenvalue returns the largest eigenvalue of all systems.
func (s *Equations) LargestEigenvalue() float64 {
	most := 0.0
	for i := range s.systems {
		most = max(most, s.systems[i].LargestEigenvalue())
	}
	return most
}

// SmallestEigenvalue returns the smallest eigenvalue of all systems that is not
// zero; zero if all are.
func (s *Equations) SmallestEigenvalue() float64 {
	least := 0.0
	for i := range s.systems {
		if l := s.systems[i].SmallestEigenvalue(); l > 0 && (least == 0 || l < least) {
			least = l
		}
	}
	return least
}

// Curvature returns the largest eigenvalue of the Hessian 2G·LossScale of a loss, for
// images in their own units.
func (s *Equations) Curvature(l train.Loss) float64 {
	u := s.layout.Spec.Units
	return 2 * s.LargestEigenvalue() * math.Ldexp(s.LossScale(l), 2*(u.X-u.Y))
}

// StableRate returns the largest rate at which gradient descent converges from every
// start, 2/Curvature: +Inf if x is zero.
func (s *Equations) StableRate(l train.Loss) float64 {
	h := s.Curvature(l)
	if h == 0 {
		return math.Inf(1)
	}
	return 2 / h
}
