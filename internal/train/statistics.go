package train

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/train/lagvec"
)

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
type Statistics struct {
	layout  layout
	systems []system
	held    []system // the part of the sums that is over held-out windows
	counts  Counts
	// apart: the windows of some pair were summed one by one, because those
	// that do not count are much larger than the others.
	apart bool
}

// system is one set of normal equations: G, n x n, and what belongs to each of
// the outputs that share it.
type system struct {
	n       int
	g       []float64
	outputs []output
	shifted *shifted // nil: sums of x as it is

	// Derived from g, once asked for: see factor.go.
	eigen       *spectrum
	cholesky    *factor
	ill         bool
	least, most float64

	// large is the size of the numbers of which a smaller g is the remainder.
	large float64

	// whole, which may be nil, is what these sums are the greater part of: see
	// rest.go.
	whole *system
}

// output is the right-hand side of one output channel.
type output struct {
	origin []float64
	grad   []float64 // Σ a r
	loss   float64   // Σ r²
	y      moments
}

// moments are of the outputs themselves: how many there are, their weight in
// all, mean, and Σ weight (y − mean)².
type moments struct {
	n                int
	weight, mean, m2 float64
}

// add merges two sets (Chan, Golub and LeVeque, 1979).
func (m *moments) add(o moments) {
	if o.n == 0 {
		return
	}
	w := m.weight + o.weight
	d := o.mean - m.mean
	m.m2 += o.m2 + d*d*m.weight*o.weight/w
	m.mean += d * o.weight / w
	m.n, m.weight = m.n+o.n, w
}

// energy is Σ weight y².
func (m moments) energy() float64 { return m.m2 + m.weight*m.mean*m.mean }

func newStatistics(l layout) *Statistics {
	s := &Statistics{layout: l}
	for range l.systems() {
		s.systems = append(s.systems, newSystem(l))
		s.held = append(s.held, newSystem(l))
	}
	return s
}

func newSystem(l layout) system {
	n := l.unknowns()
	s := system{n: n, g: make([]float64, n*n), outputs: make([]output, l.outputs())}
	for k := range s.outputs {
		s.outputs[k] = output{origin: make([]float64, n), grad: make([]float64, n)}
	}
	return s
}

// setOrigin sets the origin, given by output channel, of sums that are all
// zero. nil leaves it at zero.
func (s *Statistics) setOrigin(origin [][]float64) {
	for c, w := range origin {
		i, k := s.layout.place(c)
		s.systems[i].outputs[k].origin = w
		s.held[i].outputs[k].origin = w
	}
}

// place is the system of output channel c and its number there.
func (l layout) place(c int) (sys, k int) {
	if l.spec.Channels == Separate {
		return c, 0
	}
	return 0, c
}

// recentre takes origin, gradient and loss from sums about another origin.
func (s *Statistics) recentre(about *Statistics) {
	take := func(to, from []system) {
		for i := range to {
			for k := range to[i].outputs {
				a, b := &to[i].outputs[k], &from[i].outputs[k]
				a.origin, a.grad, a.loss = b.origin, b.grad, b.loss
			}
		}
	}
	take(s.systems, about.systems)
	take(s.held, about.held)
}

// weigh multiplies every square by f.
func (s *Statistics) weigh(f float64) {
	for _, list := range [][]system{s.systems, s.held} {
		for i := range list {
			list[i].forget()
			scale(list[i].g, f)
			if h := list[i].shifted; h != nil {
				scale(h.g, f)
			}
			for k := range list[i].outputs {
				o := &list[i].outputs[k]
				scale(o.grad, f)
				o.loss *= f
				o.y.m2 *= f
				o.y.weight *= f
			}
		}
	}
}

func scale(a []float64, f float64) {
	for i := range a {
		a[i] *= f
	}
}

// trace is the sum of the diagonal of G.
func (s *system) trace() float64 {
	t := 0.0
	for i := range s.n {
		t += s.g[i*s.n+i]
	}
	return t
}

func (s *Statistics) trace() float64 {
	t := 0.0
	for i := range s.systems {
		t += s.systems[i].trace()
	}
	return t
}

// Add adds the sums of another pair of images, gathered for the same kernel.
func (s *Statistics) Add(o *Statistics) error {
	a, b := s.layout, o.layout
	a.spec.Threads, b.spec.Threads = 0, 0
	if a != b {
		return fmt.Errorf("statistics of different fits (%v and %v kernels) cannot be added", a.spec.Kernel, b.spec.Kernel)
	}
	for i := range s.systems {
		s.systems[i].add(&o.systems[i])
		s.held[i].add(&o.held[i])
	}
	s.counts.add(o.counts)
	s.apart = s.apart || o.apart
	return nil
}

func (s *system) add(o *system) {
	for k := range s.outputs {
		a, b := &s.outputs[k], &o.outputs[k]
		grad, loss := o.about(k, a.origin)
		for j, v := range grad {
			a.grad[j] += v
		}
		a.loss += loss
		a.y.add(b.y)
	}
	s.addShifted(o)
	addTo(s.g, o.g)
	s.forget()
}

// about is gradient and loss of output k about another origin.
func (s *system) about(k int, origin []float64) ([]float64, float64) {
	o := &s.outputs[k]
	d, moved := vector(s.n), false
	for j := range d {
		d[j] = origin[j] - o.origin[j]
		moved = moved || d[j] != 0
	}
	if !moved {
		return o.grad, o.loss
	}
	if h := s.shifted; h != nil {
		return h.about(o, d)
	}
	return o.about(d, s.times(d))
}

// about is gradient and loss at origin + d, with gd = G d.
func (o *output) about(d, gd []float64) ([]float64, float64) {
	grad := make([]float64, len(d))
	for j := range grad {
		grad[j] = o.grad[j] - gd[j]
	}
	return grad, o.lossAt(d, gd)
}

// times is G d.
func (s *system) times(d []float64) []float64 {
	p := make([]float64, s.n)
	s.timesInto(p, d)
	return p
}

// timesInto sets p to G d. A d of vector length reaches the assembly.
func (s *system) timesInto(p, d []float64) { lagvec.DotLags(p, s.n, 1, s.g, s.n, s.n, d) }

// vector returns n zeros with the room behind them that lagvec asks for.
func vector(n int) []float64 { return make([]float64, n, n+1+lagvec.Slack) }

// lossAt is the loss at origin + d, with gd = G d, never below zero.
func (o *output) lossAt(d, gd []float64) float64 {
	return math.Max(0, o.loss-2*dot(o.grad, d)+dot(d, gd))
}

// Windows is the number of outputs that were compared, over all planes.
func (s *Statistics) Windows() int { return s.counts.Used }

// Counts tells what became of every output.
func (s *Statistics) Counts() Counts { return s.counts }

// Unknowns is the number of taps and biases that are fitted.
func (s *Statistics) Unknowns() int { return s.layout.unknowns() * s.layout.outC }

// Energy is Σ y², the loss of a kernel of zeros.
func (s *Statistics) Energy() float64 {
	e := 0.0
	for _, sys := range s.systems {
		for _, o := range sys.outputs {
			e += o.y.energy()
		}
	}
	return e
}

// scale turns the sum of squares into the loss asked for.
func (s *Statistics) scale(l Loss) float64 {
	unit := math.Ldexp(1, 2*s.layout.spec.Units.Y)
	if l == Mean {
		return unit / float64(s.Windows())
	}
	return unit
}

// residual is Σr² about the origin.
func (s *Statistics) residual() float64 {
	total := 0.0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			total += o.loss
		}
	}
	return total
}

// variation is Σ weight (y − mean)², the mean being that of each output channel.
func (s *Statistics) variation() float64 {
	total := 0.0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			total += o.y.m2
		}
	}
	return total
}

// r2 is 1 − sum/variation, for a sum of squared residuals; NaN where the outputs
// do not vary.
func (s *Statistics) r2(sum float64) float64 {
	total := s.variation()
	if total == 0 {
		return math.NaN()
	}
	return 1 - sum/total
}

// outputs is the number of outputs in the sums.
func (s *Statistics) outputs() int {
	n := 0
	for i := range s.systems {
		for _, o := range s.systems[i].outputs {
			n += o.y.n
		}
	}
	return n
}

// heldOutPart is the sums over the held-out windows alone.
func (s *Statistics) heldOutPart() *Statistics {
	return &Statistics{layout: s.layout, systems: s.held}
}

// addCounts adds to the counts of outputs.
func (s *Statistics) addCounts(c Counts) { s.counts.add(c) }

// sumDirectly records that the windows of some pair were summed one by one.
func (s *Statistics) sumDirectly() { s.apart = true }

// Layout says how many unknowns there are and where each stands.
func (s *Statistics) Layout() layout { return s.layout }

// Systems returns the systems of equations: one, or one for each plane where
// channels are separate.
func (s *Statistics) Systems() []system { return s.systems }

// HeldOutSystems returns the parts of Systems over held-out windows.
func (s *Statistics) HeldOutSystems() []system { return s.held }

// SummedDirectly reports whether the windows of some pair were summed one by one.
func (s *Statistics) SummedDirectly() bool { return s.apart }

// N returns the number of unknowns.
func (s *system) N() int { return s.n }

// Matrix returns G, n x n in row-major order. After it is changed, nothing derived
// from it may be used.
func (s *system) Matrix() []float64 { return s.g }

// Outputs returns what belongs to each output that shares G.
func (s *system) Outputs() []output { return s.outputs }

// hasCholesky reports whether solutions come from a Cholesky factorisation, of G or
// of the sums of which it is the greater part.
func (s *system) hasCholesky() bool { return s.whole != nil || s.factor() != nil }
