package robust

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/solve"
)

// measure computes what the report says of the fit: outliers, losses of the inliers,
// and the parts of the taps' errors.
func (it *reweighting) measure(ctx context.Context) error {
	inliers := residuals{kind: it.kind, sigma: it.fit.Scale, inliers: true}
	if it.TapsOnly {
		all, err := it.readAt(ctx, inliers, it.w, accumulate.Request{LossOnly: true})
		if err == nil {
			it.setInliers(all)
		}
		return err
	}
	p := residuals{kind: it.kind, sigma: it.fit.Scale, gram: slopeGram}
	slope, err := it.readAt(ctx, p, it.w, accumulate.Request{Accurate: true})
	if err != nil {
		return err
	}
	n := float64(slope.Counts().Used)
	mean := slope.slope / n
	it.fit.Variance = slope.square / math.Max(1, n-float64(it.set.Unknowns())) / (mean * mean)
	if it.set.Layout().Outputs() == 1 && it.model != nil && slope.PositiveDefinite() && it.set.Rank() == it.set.Unknowns() {
		it.fit.Bread = slope.Equations
	}
	both := inliers // one reading for the inliers and for Σ σ²ψ²aaᵀ
	if it.fit.Bread != nil {
		both.gram = squareGram
	}
	all, err := it.readAt(ctx, both, it.w, accumulate.Request{LossOnly: true})
	if err != nil {
		return err
	}
	it.setInliers(all)
	if it.fit.Bread != nil {
		it.fit.Meat = all.Equations
	}
	return it.measureHeldOut(ctx, inliers, slope)
}

// setInliers keeps the sums of the inliers.
func (it *reweighting) setInliers(all *reading) {
	it.fit.Inliers, it.fit.Outliers = all.Equations, all.outliers
	it.fit.Inliers.AddCounts(train.Counts{Used: -all.outliers})
}

// measureHeldOut measures the held-out windows under a fit of the others: one step from
// the fit of all, which is near enough (Bickel, One-step Huber estimates in the linear
// model, 1975).
func (it *reweighting) measureHeldOut(ctx context.Context, p residuals, slope *reading) error {
	n := it.set.HeldOutWindows()
	if n == 0 || it.set.Windows()-n <= it.set.Unknowns() {
		return nil
	}
	w := it.w
	if it.model != nil {
		model := slope.Equations
		if !model.PositiveDefinite() {
			model = it.model
			model.Recentre(slope.Equations)
		}
		var err error
		if w, err = solve.ConstrainedUnknowns(model.WithoutHeldOut(n), it.shape); err != nil {
			return err
		}
	}
	r, err := it.readAt(ctx, p, w, accumulate.Request{LossOnly: true})
	if err != nil {
		return err
	}
	it.fit.HeldOut = r.HeldOutPart()
	return nil
}
