package descent

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train/normal"
)

// StableRate returns the largest learning rate with which a descent converges from
// every start. For an eigenvalue h = 2λ·scale of the Hessian the error follows a linear
// recurrence, whose roots lie inside the unit circle below
//
//	gd        2/h
//	momentum  2(1+μ)/h
//	nesterov  2(1+μ)/((1+2μ)h)
//
// The largest eigenvalue decides. For the sum loss and gd the limit is 1/λmax. Adam and
// exact have no limit, nor has an input of zeros: +Inf.
func StableRate(s *normal.Equations, d Descent) float64 {
	h := s.Curvature(d.Loss)
	if h == 0 {
		return math.Inf(1)
	}
	m := d.Momentum
	switch d.Optimizer {
	case GD:
		return 2 / h
	case Momentum:
		return 2 * (1 + m) / h
	case Nesterov:
		return 2 * (1 + m) / ((1 + 2*m) * h)
	}
	return math.Inf(1)
}

// slowestDecay is the number of e-foldings by which an automatic rate must lessen the
// slowest mode within the epochs, if that is the one of the largest eigenvalue: the
// error falls to a thousandth.
const slowestDecay = 6.9

// BestRate returns the rate that auto stands for. With gd the error of the slowest mode
// falls fastest at 1/(λmax+λmin) (times 1/scale, for the mean loss), with λmin the
// smallest eigenvalue that is not zero.
//
// If λmin is so small that its mode cannot converge within the epochs, that rate would
// stand at the edge of stability and keep the strongest mode from converging too. λmin
// is then taken as slowestDecay/2/epochs of λmax, with which the strongest mode falls
// to a thousandth.
//
// The others overshoot first, so the number of epochs matters: of a few rates, the one
// with the smallest loss after all epochs is taken. Momentum starts at (1+√μ)²/hmax, up
// to which every mode falls by √μ an epoch or is slow because it is weak. Nesterov starts
// at 1/hmax. Adam's rate is a length: fractions of the longest way of a tap are tried. A cancelled context
// ends the search with the best rate so far.
func BestRate(ctx context.Context, s *normal.Equations, d Descent) float64 {
	scale, most := s.LossScale(d.Loss), s.LargestEigenvalue()
	if most == 0 || math.IsNaN(most) {
		return 1
	}
	least := math.Max(s.SmallestEigenvalue(), most*math.Min(1, slowestDecay/2/float64(max(1, d.Epochs))))
	m := d.Momentum
	switch d.Optimizer {
	case Momentum:
		edge := 1 + math.Sqrt(m)
		return bestOf(ctx, s, d, math.Min((1+m)/(most+least), edge*edge/(2*most))/scale, halvingFractions)
	case Nesterov:
		return bestOf(ctx, s, d, 1/(2*most*scale), halvingFractions)
	case Adam:
		if way := longestWay(s, d); way > 0 {
			return bestOf(ctx, s, d, way, adamFractions)
		}
		return 1e-3
	}
	return 1 / ((most + least) * scale)
}

var (
	halvingFractions = []float64{1, 0.5, 0.25, 0.125, 0.0625}
	adamFractions    = []float64{0.1, 0.05, 0.02, 0.2, 0.5, 0.01, 0.005, 0.002}
)

// searchOperations bounds the multiplications of a search for a rate, to about a tenth
// of a second. Beyond it the first fraction is taken untried.
const searchOperations = 2e8

// bestOf returns the fraction of rate with the smallest loss after all epochs.
func bestOf(ctx context.Context, s *normal.Equations, d Descent, rate float64, parts []float64) float64 {
	n := float64(s.Unknowns())
	if d.Optimizer == Adam || useIterative(s, d.Epochs) {
		n *= float64(s.Layout().Unknowns())
	}
	if n*float64(d.Epochs)*float64(len(parts)) > searchOperations {
		return rate * parts[0]
	}
	best, least := rate*parts[0], math.Inf(1)
	for _, p := range parts {
		d.Rate = rate * p
		m := newStepper(s, d, s.LossScale(d.Loss))
		for t := 1; t <= d.Epochs; t++ {
			if ctx.Err() != nil {
				return best
			}
			m.step(t)
		}
		if gap, _ := m.state(); gap < least {
			best, least = d.Rate, gap
		}
	}
	return best
}

// longestWay returns the largest distance of an unknown from its best value.
func longestWay(s *normal.Equations, d Descent) float64 {
	best, way := s.Best(), 0.0
	for c, w := range start(s, d) {
		for i, v := range w {
			way = math.Max(way, math.Abs(best[c][i]-v))
		}
	}
	return way
}
