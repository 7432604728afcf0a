package robust

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/solve"
)

// The iteration ends when no tap moves by robustTolerance of the largest and σ
// neither; Huber's fit is near enough for Tukey's to begin at robustStart. While σ
// moves by a share of itself, taps need not settle beyond driftShare of that.
const (
	robustTolerance = 1e-10
	robustStart     = 1e-3
	driftShare      = 1e-3
	// farOff is the share of σ by which it is wrong enough to be taken anew at once.
	farOff = 0.1
	// newtonNear is the share of the largest tap below which steps are Newton's.
	newtonNear = 0.05
	// saddleSteps are done otherwise where the slopes alone lead to a saddle.
	saddleSteps = 4
	robustSteps = 150
	// From holdSteps on σ is held, with which every step leads down (as in the
	// MM-estimates of Yohai, 1987).
	holdSteps = 100
	// slowStep is the share of the step before from which G is summed anew.
	slowStep = 0.3
	// halvings bounds how often a step that leads up is halved.
	halvings = 20
	// sameWay is the cosine between steps that go the same way; farthest the most
	// that they are stretched.
	sameWay  = 0.8
	farthest = 64
	// exactResidual of the outputs' root mean square is what rounding leaves of a
	// residual: a smaller σ means that the fit is exact.
	exactResidual = 1e-13
)

// reweighting is a robust fit under way: at a given σ, steps with a weighted G
// towards the smallest Σ σ²ρ(r/σ), each halved until it leads down; then σ is
// taken anew.
type reweighting struct {
	set     *accumulate.Set
	kind    Kind
	shape   solve.Constraints
	w       [][]float64
	fit     solve.RobustFit
	median  medianFinder
	model   *normal.Equations // the last weighted G, with the gradients of the last reading
	slow    bool              // G is to be summed anew,
	newton  bool              // with the slopes of ψ alone,
	saddle  int               // but not before so many readings, since that was in vain
	from    [][]float64       // where the last step began,
	least   float64           // and Σ σ²ρ there
	halved  int
	stretch float64 // of the last step
}

func (it *reweighting) converge(ctx context.Context, near float64) error {
	if it.fit.Scale == 0 { // read once for σ alone
		if _, err := it.read(ctx, residuals{}); err != nil {
			return err
		}
		it.fit.Scale = it.median.last()
	}
	it.slow, it.newton, it.saddle, it.least, it.halved = true, false, 0, math.Inf(1), 0
	drift, last, stuck := 1.0, math.Inf(1), 0
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
		it.slow = moved > slowStep*last
		it.newton = moved < newtonNear && it.fit.Iterations >= it.saddle
		if it.fit.Moving = moved; moved >= 0.9*last && moved < 1e3*robustTolerance {
			stuck++ // rounding keeps it moving
		}
		last = moved
		sigma := it.median.last()
		off := math.Abs(sigma-it.fit.Scale) / it.fit.Scale
		settled := moved <= near || stuck >= 3
		if !settled && moved > driftShare*drift && off < farOff {
			continue
		}
		drift = off
		if settled && (step >= holdSteps || drift <= 10*near && (it.median.sharp() || near > robustTolerance)) {
			it.fit.Moving = 0
			return nil
		}
		if step < holdSteps {
			it.fit.Scale, it.least = sigma, math.Inf(1)
		}
	}
	return nil
}

// exact tells whether nothing but rounding is left of most residuals.
func (it *reweighting) exact() bool {
	least := exactResidual * math.Sqrt(it.set.Energy()/it.set.Weight())
	if it.fit.Scale > least {
		return false
	}
	it.fit.Scale = least
	return true
}

// look reads the images at w. Where Σ σ²ρ has risen since the step began, it goes
// back half of the step, and down is false.
func (it *reweighting) evaluate(ctx context.Context) (down bool, err error) {
	p := residuals{kind: it.kind, sigma: it.fit.Scale}
	switch {
	case it.slow && it.newton:
		p.gram = slopeGram
	case it.slow:
		p.gram = stepGram
	}
	st, err := it.read(ctx, p)
	if err != nil {
		return false, err
	}
	rho := st.rho + it.penalty()/2
	if rho > it.least*(1+1e-11) && it.halved < halvings {
		it.halved++
		it.slow = true
		w := make([][]float64, len(it.w))
		for c := range w {
			w[c] = make([]float64, len(it.w[c]))
			for i := range w[c] {
				w[c][i] = (it.from[c][i] + it.w[c][i]) / 2
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

// step moves w, and returns by which share of the largest tap. Where steps go the
// same way again and again, each is stretched to twice the one before.
func (it *reweighting) step() (moved float64, err error) {
	next, err := solve.ConstrainedUnknowns(it.model, it.shape)
	if err != nil {
		return 0, err
	}
	along, size, a, b := 0.0, 0.0, 0.0, 0.0
	for c, w := range next {
		for i, v := range w {
			d, e := v-it.w[c][i], 0.0
			if it.from != nil {
				e = it.w[c][i] - it.from[c][i]
			}
			moved, size = math.Max(moved, math.Abs(d)), math.Max(size, math.Abs(v))
			along, a, b = along+d*e, a+d*d, b+e*e
		}
	}
	if it.stretch *= 2; !(along > sameWay*math.Sqrt(a*b)) || it.halved > 0 || it.newton || it.shape.NonNegative {
		it.stretch = 1
	}
	it.halved = 0
	it.stretch = math.Min(it.stretch, farthest)
	for c, w := range next {
		for i := range w {
			w[i] += (it.stretch - 1) * (w[i] - it.w[c][i])
		}
	}
	it.from, it.w = it.w, next
	if size == 0 {
		return 0, nil
	}
	return moved / size, nil
}

// penalty is what the shape adds to Σr².
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

// reading is the sums of a robust scan over all inputs.
type reading struct {
	*normal.Equations
	rowSums
}

// read sums about w, with what o asks for.
func (it *reweighting) read(ctx context.Context, o residuals) (*reading, error) {
	return it.readAt(ctx, o, it.w)
}

func (it *reweighting) readAt(ctx context.Context, o residuals, w [][]float64) (*reading, error) {
	it.median.begin()
	o.median = &it.median
	st, err := it.set.Scan(ctx, accumulate.Request{Origin: w, Residuals: &o})
	it.median.end()
	return &reading{st, o.total}, err
}
