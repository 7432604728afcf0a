package robust

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/solve"
)

// The iteration ends when no tap moves by robustTolerance of the largest tap, and σ by
// no more. Tukey's fit starts when Huber's moves by less than robustStart. While σ moves
// by a share of itself, taps need not converge beyond driftShare of that. Where steps
// shrink fast, σ is updated with each of them.
const (
	robustTolerance = 1e-10
	robustStart     = 1e-3
	driftShare      = 1e-3
	// wrongScale is the share of σ by which a wrong σ is updated at once.
	wrongScale = 0.1
	// newtonNear is the share of the largest tap below which steps are Newton's.
	newtonNear = 0.05
	// saddleSteps steps use secants after the slopes alone led to a saddle.
	saddleSteps = 4
	robustSteps = 150
	// From holdSteps on σ is fixed, so that every step descends (as in the
	// MM-estimates of Yohai, 1987).
	holdSteps = 100
	// slowStep is the ratio of a step to the one before above which G is summed
	// again.
	slowStep = 0.3
	// halvings bounds how often an ascending step is halved.
	halvings = 20
	// Steps whose cosine exceeds alignedCosine are stretched, by up to maxStretch.
	alignedCosine = 0.8
	maxStretch    = 64
	// exactResidual of the outputs' root mean square is the rounding of a residual.
	// A smaller σ means that the fit is exact.
	exactResidual = 1e-13
)

// reweighting is a robust fit in progress. At a given σ it takes steps with a weighted
// G towards the smallest Σ σ²ρ(r/σ), and halves each until it descends. Then σ is
// updated.
type reweighting struct {
	Options
	set       *accumulate.Set
	kind      Kind
	shape     solve.Constraints
	w         [][]float64
	fit       solve.RobustFit
	median    medianFinder
	model     *normal.Equations // the last weighted G, with the gradients of the last reading
	sumMatrix bool              // G is to be summed again,
	newton    bool              // with the slopes of ψ alone,
	saddle    int               // but not before this iteration, since it led to a saddle
	stepStart [][]float64       // where the last step started,
	least     float64           // and Σ σ²ρ there
	halved    int
	stretch   float64 // of the last step

	// full: the next G is summed over all windows, since steps with that of a sample
	// did not shrink.
	full bool
}

// sampleOf is how many tiles there are for each that a G for steps is summed over:
// the sample's error, of a few per cent, is the share by which steps then shrink.
const sampleOf = 8

func (it *reweighting) converge(ctx context.Context, near float64) error {
	if it.fit.Scale == 0 { // read once for σ alone
		if _, err := it.readAt(ctx, residuals{}, it.w, accumulate.Request{LossOnly: true}); err != nil {
			return err
		}
		it.fit.Scale = it.median.last()
	}
	it.sumMatrix, it.newton, it.saddle, it.least, it.halved = true, false, 0, math.Inf(1), 0
	drift, last, stuck := 1.0, math.Inf(1), 0
	changed, rescaled := 0.0, false // the share by which σ has just changed, and whether much
	for step := range robustSteps {
		if it.exact() {
			it.fit.Moving = 0
			return nil
		}
		it.fit.Iterations++
		down, err := it.evaluate(ctx)
		if err != nil {
			return err
		}
		if !down {
			continue
		}
		moved, err := it.step()
		if err != nil {
			return err
		}
		if it.Progress != nil {
			it.Progress(it.fit.Iterations, moved)
		}
		fast := moved <= slowStep*last
		it.full = it.sumMatrix && !fast && !rescaled && !math.IsInf(last, 1)
		it.sumMatrix = !fast
		it.newton = moved < newtonNear && it.fit.Iterations >= it.saddle
		if it.fit.Moving = moved; moved >= 0.9*last && moved < 1e3*robustTolerance && moved > changed {
			stuck++ // rounding keeps it moving, not the new σ
		}
		last = moved
		sigma := it.median.last()
		off := math.Abs(sigma-it.fit.Scale) / it.fit.Scale
		settled := moved <= near || stuck >= 3
		changed, rescaled = 0, false
		if joint := fast && moved < newtonNear; !settled && !joint && moved > driftShare*drift && off < wrongScale {
			continue
		}
		drift = off
		if settled && (step >= holdSteps || drift <= 10*near && (it.median.sharp() || near > robustTolerance)) {
			it.fit.Moving = 0
			return nil
		}
		if step < holdSteps {
			changed, rescaled = off, off >= wrongScale
			it.fit.Scale, it.least = sigma, math.Inf(1)
		}
	}
	return nil
}

// exact reports whether nothing but rounding remains of most residuals.
func (it *reweighting) exact() bool {
	least := exactResidual * math.Sqrt(it.set.Energy()/it.set.Weight())
	if it.fit.Scale > least {
		return false
	}
	it.fit.Scale = least
	return true
}

// evaluate reads the images at w. If Σ σ²ρ has risen since the start of the step, it
// goes back half of the step, and down is false.
func (it *reweighting) evaluate(ctx context.Context) (down bool, err error) {
	p := residuals{kind: it.kind, sigma: it.fit.Scale}
	switch {
	case it.sumMatrix && it.newton:
		p.gram = slopeGram
	case it.sumMatrix:
		p.gram = stepGram
	}
	sample := sampleOf
	if it.full {
		sample = 1
	}
	st, err := it.readAt(ctx, p, it.w, accumulate.Request{Sample: sample})
	if err != nil {
		return false, err
	}
	rho := st.rho + it.penalty()/2
	if rho > it.least*(1+1e-11) && it.halved < halvings {
		it.halved++
		it.full = true
		it.sumMatrix = true
		w := make([][]float64, len(it.w))
		for c := range w {
			w[c] = make([]float64, len(it.w[c]))
			for i := range w[c] {
				w[c][i] = (it.stepStart[c][i] + it.w[c][i]) / 2
			}
		}
		it.w = w
		return false, nil
	}
	switch {
	case p.gram == noGram:
		it.model.Recentre(st.Equations)
	case p.gram == slopeGram && !st.PositiveDefinite():
		it.newton, it.saddle = false, it.fit.Iterations+saddleSteps // once more, at the same place
		return false, nil
	default:
		it.model = st.Equations
	}
	it.least = rho
	return true, nil
}

// step moves w, and returns by which share of the largest tap. Repeated steps in one
// direction are stretched, each to twice the one before.
func (it *reweighting) step() (moved float64, err error) {
	next, err := solve.ConstrainedUnknowns(it.model, it.shape)
	if err != nil {
		return 0, err
	}
	along, size, a, b := 0.0, 0.0, 0.0, 0.0
	for c, w := range next {
		for i, v := range w {
			d, e := v-it.w[c][i], 0.0
			if it.stepStart != nil {
				e = it.w[c][i] - it.stepStart[c][i]
			}
			moved, size = math.Max(moved, math.Abs(d)), math.Max(size, math.Abs(v))
			along, a, b = along+d*e, a+d*d, b+e*e
		}
	}
	if it.stretch *= 2; !(along > alignedCosine*math.Sqrt(a*b)) || it.halved > 0 || it.newton || it.shape.NonNegative {
		it.stretch = 1
	}
	it.halved = 0
	it.stretch = math.Min(it.stretch, maxStretch)
	for c, w := range next {
		for i := range w {
			w[i] += (it.stretch - 1) * (w[i] - it.w[c][i])
		}
	}
	it.stepStart, it.w = it.w, next
	if size == 0 {
		return 0, nil
	}
	return moved / size, nil
}

// penalty returns what the constraints add to Σr².
func (it *reweighting) penalty() float64 {
	r := solve.Penalty(it.set.Layout(), it.shape)
	if r == nil {
		return 0
	}
	n, total := it.set.Layout().Taps(), 0.0
	for _, w := range it.w {
		for i, v := range w[:n] {
			total += v * numeric.Dot(r[i*n:(i+1)*n], w[:n])
		}
	}
	return total
}

// reading has the sums of a robust scan over all inputs.
type reading struct {
	*normal.Equations
	rowSums
}

// readAt scans the images about w, with what o and q ask for.
func (it *reweighting) readAt(ctx context.Context, o residuals, w [][]float64, q accumulate.Request) (*reading, error) {
	it.median.begin()
	o.median = &it.median
	q.Origin, q.Residuals = w, &o
	st, err := it.set.Scan(ctx, q)
	it.median.end()
	return &reading{st, o.total}, err
}
