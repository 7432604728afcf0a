package train

import (
	"context"
	"math"
)

const (
	// refineBelow is the share of the terms of the loss, before they cancel, that
	// the best fit must leave unexplained for one reading to be enough. The sums
	// carry about 1e-16 of those terms; a loss of 1e-6 of them is then right to
	// ten digits.
	refineBelow = 1e-6
	// settledMove is the share of the largest tap by which another reading would
	// have to move the best fit to be worth it. Each moves it by the same share of
	// the one before.
	settledMove = 0x1p-53
	// mostReadings bounds them where rounding keeps the best fit moving.
	mostReadings = 5
)

// refine makes the sums those about the best fit, by iterative refinement
// (Wilkinson): the images are read again for the gradient and the loss of the
// residual itself, until that moves the best fit no more.
func (s *Set) refine(ctx context.Context) error {
	best := s.best()
	if s.lossAt(best) >= refineBelow*s.magnitude(best) && s.wellKnown() {
		return nil
	}
	last := math.Inf(1)
	for range mostReadings - 1 {
		if err := s.about(ctx, best); err != nil {
			return err
		}
		next := s.best()
		moved, size := 0.0, 0.0
		for c, w := range next {
			for i, v := range w {
				moved = math.Max(moved, math.Abs(v-best[c][i]))
				size = math.Max(size, math.Abs(v))
			}
		}
		if moved*moved/math.Min(last, size) <= settledMove*size || moved >= last {
			return nil
		}
		best, last = next, moved
	}
	return nil
}

// magnitude is Σy² + |w|ᵀ|G||w|: how large the terms of the loss at w are.
func (s *Statistics) magnitude(w [][]float64) float64 {
	total := s.Energy()
	for c, v := range w {
		i, _ := s.layout.place(c)
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

// refineAbove is the condition number from which one reading leaves less than
// nine digits of the taps.
const refineAbove = 1e7

// wellKnown tells whether the condition of every system leaves the taps their
// digits.
func (s *Statistics) wellKnown() bool {
	for i := range s.systems {
		if c := s.systems[i].condition(); !(c <= refineAbove) {
			return false
		}
	}
	return true
}

// condition is λmax/λmin of what is solved with, without zeros.
func (s *system) condition() float64 {
	if f := s.factor(); f != nil {
		return f.cholesky.Cond()
	}
	if e := s.spectrum(); e.rank > 0 {
		return e.max() / e.min()
	}
	return 1
}

// about reads all inputs again, about origin.
func (s *Set) about(ctx context.Context, origin [][]float64) error {
	about, err := s.Scan(ctx, Scan{Origin: origin})
	if err != nil {
		return err
	}
	s.recentre(about)
	return nil
}
