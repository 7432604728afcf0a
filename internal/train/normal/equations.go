// Package normal has the normal equations of a least-squares fit, G w = c, and what
// follows from G: solutions, rank, condition, eigenvectors, and the part over the
// held-out windows. It reads no images; accumulate fills it.
package normal

import (
	"errors"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
)

// weight is the number of outputs, each times the weight of its pair.
func (s *Equations) Weight() float64 {
	w := 0.0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			w += o.Moments.Weight
		}
	}
	return w
}

// definite tells whether every G is positive definite.
func (s *Equations) PositiveDefinite() bool {
	for i := range s.systems {
		if sys := s.systems[i].Centred(); factorize(sys.n, sys.g) == nil {
			return false
		}
	}
	return true
}

// Statistics are the sums over all windows from which every fit follows. They
// are additive: bands, files and machines each gather their own.
//
// They describe the loss about an origin w0, a vector of taps near the best
// one where that is known, else zero:
//
//	loss(w0 + d) = loss0 − 2 gᵀd + dᵀGd      g = Σ a r    loss0 = Σ r²    r = y − aᵀw0
//
// About zero this is wᵀGw − 2cᵀw + s, which loses all digits where the fit is
// nearly exact; about the solution every term is as small as the loss itself.
type Equations struct {
	layout  train.Layout
	systems []System
	heldOut []System // the part of the sums that is over held-out windows
	counts  train.Counts
	// apart: the windows of some pair were summed one by one, because those
	// that do not count are much larger than the others.
	summedDirectly bool
}

func New(l train.Layout) *Equations {
	s := &Equations{layout: l}
	for range l.Systems() {
		s.systems = append(s.systems, NewSystem(l))
		s.heldOut = append(s.heldOut, NewSystem(l))
	}
	return s
}

// setOrigin sets the origin, given by output channel, of sums that are all
// zero. nil leaves it at zero.
func (s *Equations) SetOrigin(origin [][]float64) {
	for c, w := range origin {
		i, k := s.layout.SystemOf(c)
		s.systems[i].outputs[k].Origin = w
		s.heldOut[i].outputs[k].Origin = w
	}
}

// recentre takes origin, gradient and loss from sums about another origin.
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

// weigh multiplies every square by f.
func (s *Equations) Weigh(f float64) {
	for _, list := range [][]System{s.systems, s.heldOut} {
		for i := range list {
			list[i].forget()
			numeric.Scale(list[i].g, f)
			if h := list[i].centred; h != nil {
				numeric.Scale(h.g, f)
			}
			for k := range list[i].outputs {
				o := &list[i].outputs[k]
				numeric.Scale(o.Gradient, f)
				o.Loss *= f
				o.Moments.Variation *= f
				o.Moments.Weight *= f
			}
		}
	}
}

func (s *Equations) Trace() float64 {
	t := 0.0
	for i := range s.systems {
		t += s.systems[i].Trace()
	}
	return t
}

// Add adds the sums of another pair of images, gathered for the same kernel.
func (s *Equations) Add(o *Equations) error {
	a, b := s.layout, o.layout
	a.Spec.Threads, b.Spec.Threads = 0, 0
	if a != b {
		return fmt.Errorf("statistics of different fits (%v and %v kernels) cannot be added", a.Spec.Kernel, b.Spec.Kernel)
	}
	for i := range s.systems {
		s.systems[i].Add(&o.systems[i])
		s.heldOut[i].Add(&o.heldOut[i])
	}
	s.counts.Add(o.counts)
	s.summedDirectly = s.summedDirectly || o.summedDirectly
	return nil
}

// Windows is the number of outputs that were compared, over all planes.
func (s *Equations) Windows() int { return s.counts.Used }

// Counts tells what became of every output.
func (s *Equations) Counts() train.Counts { return s.counts }

// Unknowns is the number of taps and biases that are fitted.
func (s *Equations) Unknowns() int { return s.layout.Unknowns() * s.layout.OutputChannels }

// Energy is Σ y², the loss of a kernel of zeros.
func (s *Equations) Energy() float64 {
	e := 0.0
	for _, sys := range s.systems {
		for _, o := range sys.outputs {
			e += o.Moments.Energy()
		}
	}
	return e
}

// scale turns the sum of squares into the loss asked for.
func (s *Equations) LossScale(l train.Loss) float64 {
	unit := math.Ldexp(1, 2*s.layout.Spec.Units.Y)
	if l == train.Mean {
		return unit / float64(s.Windows())
	}
	return unit
}

// variation is Σ weight (y − mean)², the mean being that of each output channel.
func (s *Equations) Variation() float64 {
	total := 0.0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			total += o.Moments.Variation
		}
	}
	return total
}

// r2 is 1 − sum/variation, for a sum of squared residuals; NaN where the outputs
// do not vary.
func (s *Equations) R2(sum float64) float64 {
	total := s.Variation()
	if total == 0 {
		return math.NaN()
	}
	return 1 - sum/total
}

// outputs is the number of outputs in the sums.
func (s *Equations) OutputCount() int {
	n := 0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			n += o.Moments.Count
		}
	}
	return n
}

// addCounts adds to the counts of outputs.
func (s *Equations) AddCounts(c train.Counts) { s.counts.Add(c) }

// sumDirectly records that the windows of some pair were summed one by one.
func (s *Equations) SumDirectly() { s.summedDirectly = true }

// Layout says how many unknowns there are and where each stands.
func (s *Equations) Layout() train.Layout { return s.layout }

// Systems returns the systems of equations: one, or one for each plane where
// channels are separate.
func (s *Equations) Systems() []System { return s.systems }

// SummedDirectly reports whether the windows of some pair were summed one by one.
func (s *Equations) SummedDirectly() bool { return s.summedDirectly }

// What sums of squares cannot hold.
var (
	ErrTooLarge = errors.New("the values are too large: the sums of their squares overflow (beyond 1e308)")
	ErrTooSmall = errors.New("the values are too small: the sums of their squares underflow (below 1e-308)")
)

// inRange says whether the squares of the images lie within 2^±2·limit. Windows of
// zeros alone seem too small; of y, only what is too large counts where its size
// is no matter.
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
