package train

import (
	"context"
	"math"
)

// measure finds what the report tells of the fit: outliers, losses of the
// inliers, and what the errors of the taps are made of.
func (it *reweighting) measure(ctx context.Context) error {
	p := residuals{kind: it.kind, sigma: it.fit.Scale, gram: slopeGram}
	slope, err := it.read(ctx, p)
	if err != nil {
		return err
	}
	n := float64(slope.counts.Used)
	mean := slope.slope / n
	it.fit.Outliers = slope.outliers
	it.fit.variance = slope.square / math.Max(1, n-float64(it.set.Unknowns())) / (mean * mean)
	if it.set.layout.outputs() == 1 && it.model != nil && slope.definite() && it.set.rank() == it.set.Unknowns() {
		p.gram = squareGram
		square, err := it.read(ctx, p)
		if err != nil {
			return err
		}
		it.fit.bread, it.fit.in = slope.Statistics, square.Statistics
	}
	inliers := residuals{kind: it.kind, sigma: it.fit.Scale, inliers: true}
	all, err := it.read(ctx, inliers)
	if err != nil {
		return err
	}
	it.fit.inliers = all.Statistics
	it.fit.inliers.addCounts(Counts{Used: -all.outliers})
	return it.measureUnseen(ctx, inliers, slope)
}

// measureUnseen measures the held-out windows under a fit of the others: one step
// from the fit of all, which is near enough (Bickel, One-step Huber estimates in
// the linear model, 1975).
func (it *reweighting) measureUnseen(ctx context.Context, p residuals, slope *reading) error {
	n := it.set.heldOutWindows()
	if n == 0 || it.set.Windows()-n <= it.set.Unknowns() {
		return nil
	}
	w := it.w
	if it.model != nil {
		it.model.recentre(slope.Statistics)
		var err error
		if w, err = shaped(it.model.rest(n), it.shape); err != nil {
			return err
		}
	}
	r, err := it.readAt(ctx, p, w)
	if err != nil {
		return err
	}
	it.fit.unseen = r.heldOutPart()
	return nil
}

// definite tells whether every G is positive definite.
func (s *Statistics) definite() bool {
	for i := range s.systems {
		if sys := s.systems[i].inShift(); factorize(sys.n, sys.g) == nil {
			return false
		}
	}
	return true
}
