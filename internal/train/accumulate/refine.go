package accumulate

import (
	"context"
	"math"
)

const (
	// refineBelow is the share of the terms of the loss, before they cancel, that
	// the best fit must leave for one reading to be enough. The sums carry about
	// 1e-16 of those terms, so a loss of 1e-6 of them has ten digits.
	refineBelow = 1e-6
	// settledMove is the share of the largest tap by which another reading must
	// move the best fit to be worth it. Each reading moves it by the same share of
	// the one before.
	settledMove = 0x1p-53
	// maxReadings bounds them if rounding keeps the best fit moving. A pedestal of
	// 10¹² takes seven: the gradient of a residual r keeps 10⁻⁴ of it.
	maxReadings = 8
	// settledSingle is settledMove for a G in single precision, whose readings each
	// move the fit by less than a thousandth of the one before.
	settledSingle = 1e-12
)

// refine makes the sums those about the best fit, by iterative refinement
// (Wilkinson). The images are read again for the gradient and loss of the residual
// itself, until the best fit moves no more.
func (s *Set) refine(ctx context.Context) error {
	best := s.Best()
	if s.LossAt(best) >= refineBelow*s.Magnitude(best) && s.WellConditioned() && !s.SummedSingle() {
		return nil
	}
	last, enough := math.Inf(1), float64(settledMove)
	if s.SummedSingle() {
		enough = settledSingle
	}
	for range maxReadings - 1 {
		if err := s.recentreAbout(ctx, best); err != nil {
			return err
		}
		next := s.Best()
		moved, size := 0.0, 0.0
		for c, w := range next {
			for i, v := range w {
				moved = math.Max(moved, math.Abs(v-best[c][i]))
				size = math.Max(size, math.Abs(v))
			}
		}
		if moved*moved/math.Min(last, size) <= enough*size || moved >= last {
			return nil
		}
		best, last = next, moved
	}
	return nil
}

// recentreAbout reads all inputs again, about origin.
func (s *Set) recentreAbout(ctx context.Context, origin [][]float64) error {
	about, err := s.Scan(ctx, Request{Origin: origin})
	if err != nil {
		return err
	}
	s.Recentre(about)
	return nil
}
