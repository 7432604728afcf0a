// Package normal has the normal equations of a least-squares fit, G w = c, and what
// follows from G: solutions, rank, condition, eigenvectors, and the part over the
// held-out windows. It reads no images; accumulate fills it.
package normal

import (
	"errors"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/train"
	"gonum.org/v1/gonum/floats"
)

// Weight returns the number of outputs, each times the weight of its pair.
func (s *Equations) Weight() float64 {
	w := 0.0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			w += o.Moments.Weight
		}
	}
	return w
}

// PositiveDefinite reports whether every G is positive definite.
func (s *Equations) PositiveDefinite() bool {
	for i := range s.systems {
		if sys := s.systems[i].Centred(); factorize(sys.n, sys.g) == nil {
			return false
		}
	}
	return true
}

// Equations are the sums over all windows from which every fit follows. They are
// additive over bands and pairs.
//
// They describe the loss about an origin w0, one vector of unknowns for each output:
//
//	loss(w0 + d) = loss0 − 2 gᵀd + dᵀGd      g = Σ a r    loss0 = Σ r²    r = y − aᵀw0
//
// The origin is near the best unknowns where those are known, else zero. About zero,
// the loss is wᵀGw − 2cᵀw + s, which loses all digits if the fit is nearly exact.
// About the solution, every term is as small as the loss itself.
type Equations struct {
	layout  train.Layout
	systems []System
	heldOut []System // sums over the held-out windows; systems include them
	counts  train.Counts
	// summedDirectly: the windows of some pair were summed one by one, because the
	// excluded ones are much larger than the others.
	summedDirectly bool
	summedSingle   bool // G of some pair is in single precision
}

// New returns equations with all sums zero.
func New(l train.Layout) *Equations {
	s := &Equations{layout: l}
	for range l.Systems() {
		s.systems = append(s.systems, NewSystem(l))
		s.heldOut = append(s.heldOut, NewSystem(l))
	}
	return s
}

// SetOrigin sets the origin, by output channel, of sums that are all zero. nil leaves
// it at zero.
func (s *Equations) SetOrigin(origin [][]float64) {
	for c, w := range origin {
		i, k := s.layout.SystemOf(c)
		s.systems[i].outputs[k].Origin = w
		s.heldOut[i].outputs[k].Origin = w
	}
}

// Recentre takes origin, gradient and loss from sums about another origin.
func (s *Equations) Recentre(about *Equations) {
	take := func(to, from []System) {
		for i := range to {
			for k := range to[i].outputs {
				a, b := &to[i].outputs[k], &from[i].outputs[k]
				a.Origin, a.Gradient, a.Loss = b.Origin, b.Gradient, b.Loss
			}
		}
	}
	take(s.systems, about.systems)
	take(s.heldOut, about.heldOut)
}

// Weigh multiplies every squared residual by f.
func (s *Equations) Weigh(f float64) {
	for _, list := range [][]System{s.systems, s.heldOut} {
		for i := range list {
			list[i].forget()
			floats.Scale(f, list[i].g)
			if h := list[i].centred; h != nil {
				floats.Scale(f, h.g)
			}
			for k := range list[i].outputs {
				o := &list[i].outputs[k]
				floats.Scale(f, o.Gradient)
				o.Loss *= f
				o.Moments.Variation *= f
				o.Moments.Weight *= f
			}
		}
	}
}

// Trace returns the sum of the diagonals of all G.
func (s *Equations) Trace() float64 {
	t := 0.0
	for i := range s.systems {
		t += s.systems[i].Trace()
	}
	return t
}

// Add adds the sums of another pair. It returns an error if they are of another fit.
func (s *Equations) Add(o *Equations) error {
	a, b := s.layout, o.layout
	a.Spec.Threads, b.Spec.Threads = 0, 0
	if a != b {
		return fmt.Errorf("normal equations of different fits (%v and %v kernels) cannot be added", a.Spec.Kernel, b.Spec.Kernel)
	}
	for i := range s.systems {
		s.systems[i].Add(&o.systems[i])
		s.heldOut[i].Add(&o.heldOut[i])
	}
	s.counts.Add(o.counts)
	s.summedDirectly = s.summedDirectly || o.summedDirectly
	s.summedSingle = s.summedSingle || o.summedSingle
	return nil
}

// Windows returns the number of outputs that are used, over all planes.
func (s *Equations) Windows() int { return s.counts.Used }

// Counts returns the number of outputs by their use.
func (s *Equations) Counts() train.Counts { return s.counts }

// Unknowns returns the number of taps and biases of all outputs.
func (s *Equations) Unknowns() int { return s.layout.Unknowns() * s.layout.OutputChannels }

// Energy returns Σ y², the loss of a kernel of zeros.
func (s *Equations) Energy() float64 {
	e := 0.0
	for _, sys := range s.systems {
		for _, o := range sys.outputs {
			e += o.Moments.Energy()
		}
	}
	return e
}

// LossScale returns the factor from a sum of squares to a loss, in the units of Y.
func (s *Equations) LossScale(l train.Loss) float64 {
	unit := math.Ldexp(1, 2*s.layout.Spec.Units.Y)
	if l == train.Mean {
		return unit / float64(s.Windows())
	}
	return unit
}

// Variation returns Σ weight (y − mean)², with the mean of each output channel.
func (s *Equations) Variation() float64 {
	total := 0.0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			total += o.Moments.Variation
		}
	}
	return total
}

// R2 returns 1 − sum/Variation for a sum of squared residuals; NaN if the outputs do
// not vary.
func (s *Equations) R2(sum float64) float64 {
	total := s.Variation()
	if total == 0 {
		return math.NaN()
	}
	return 1 - sum/total
}

// OutputCount returns the number of outputs in the sums.
func (s *Equations) OutputCount() int {
	n := 0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			n += o.Moments.Count
		}
	}
	return n
}

// AddCounts adds to the counts of outputs.
func (s *Equations) AddCounts(c train.Counts) { s.counts.Add(c) }

// SumDirectly records that the windows of some pair were summed one by one.
func (s *Equations) SumDirectly() { s.summedDirectly = true }

// SumSingle records that G of some pair was summed in single precision.
func (s *Equations) SumSingle() { s.summedSingle = true }

// SummedSingle reports whether G of some pair was summed in single precision.
func (s *Equations) SummedSingle() bool { return s.summedSingle }

// Layout returns how many unknowns there are and where each stands.
func (s *Equations) Layout() train.Layout { return s.layout }

// Systems returns the systems of equations: one for each plane if channels are
// separate, else one. The slice is not a copy.
func (s *Equations) Systems() []System { return s.systems }

// SummedDirectly reports whether the windows of some pair were summed one by one.
func (s *Equations) SummedDirectly() bool { return s.summedDirectly }

// Errors of images whose sums of squares leave the range of float64.
var (
	ErrTooLarge = errors.New("the values are too large: the sums of their squares overflow (beyond 1e308)")
	ErrTooSmall = errors.New("the values are too small: the sums of their squares underflow (below 1e-308)")
)

// InRange returns an error if the mean squares of the images lie outside 2^±(2·limit).
// Windows of zeros seem too small. A small Y counts only if y is true.
func (s *Equations) InRange(limit int, y bool) error {
	squares := []float64{s.Energy() / float64(s.Windows())}
	for i := range s.systems {
		sys := &s.systems[i]
		t := 0.0
		for j := range s.layout.Taps() {
			t += sys.g[j*(sys.n+1)]
		}
		squares = append(squares, t/float64(s.Windows()))
	}
	var small error
	for i, v := range squares {
		switch {
		case !(v < math.Ldexp(1, 2*limit)):
			return ErrTooLarge
		case v < math.Ldexp(1, -2*limit) && (y || i > 0):
			small = ErrTooSmall
		}
	}
	return small
}
