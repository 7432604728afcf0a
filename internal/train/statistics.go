package train

import (
	"fmt"
	"math"
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
}

// system is one set of normal equations: G, n x n, and what belongs to each of
// the outputs that share it.
type system struct {
	n       int
	g       []float64
	outputs []output
	eigen   *spectrum // of g, once it was asked for
}

// output is the right-hand side of one output channel.
type output struct {
	origin []float64
	grad   []float64 // Σ a r
	loss   float64   // Σ r²
	y      moments
}

// moments are count, mean and Σ(y − mean)² of the outputs themselves.
type moments struct {
	n        int
	mean, m2 float64
}

// add merges two sets (Chan, Golub and LeVeque, 1979).
func (m *moments) add(o moments) {
	if o.n == 0 {
		return
	}
	n := float64(m.n + o.n)
	d := o.mean - m.mean
	m.m2 += o.m2 + d*d*float64(m.n)*float64(o.n)/n
	m.mean += d * float64(o.n) / n
	m.n += o.n
}

// energy is Σ y².
func (m moments) energy() float64 { return m.m2 + float64(m.n)*m.mean*m.mean }

func newStatistics(l layout) *Statistics {
	s := &Statistics{layout: l, systems: make([]system, l.systems())}
	for i := range s.systems {
		n := l.unknowns()
		s.systems[i] = system{n: n, g: make([]float64, n*n), outputs: make([]output, l.outputs())}
		for o := range s.systems[i].outputs {
			s.systems[i].outputs[o] = output{origin: make([]float64, n), grad: make([]float64, n)}
		}
	}
	return s
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
	}
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
	for j, v := range o.g {
		s.g[j] += v
	}
	s.eigen = nil
}

// about is gradient and loss of output k about another origin.
func (s *system) about(k int, origin []float64) ([]float64, float64) {
	o := &s.outputs[k]
	d, moved := make([]float64, s.n), false
	for j := range d {
		d[j] = origin[j] - o.origin[j]
		moved = moved || d[j] != 0
	}
	if !moved {
		return o.grad, o.loss
	}
	gd := s.times(d)
	grad := make([]float64, s.n)
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

func (s *system) timesInto(p, d []float64) {
	for i := range p {
		p[i] = dot(s.g[i*s.n:(i+1)*s.n], d)
	}
}

// lossAt is the loss at origin + d, with gd = G d, never below zero.
func (o *output) lossAt(d, gd []float64) float64 {
	return math.Max(0, o.loss-2*dot(o.grad, d)+dot(d, gd))
}

// Windows is the number of outputs that were compared, over all planes.
func (s *Statistics) Windows() int {
	n := 0
	for _, sys := range s.systems {
		for _, o := range sys.outputs {
			n += o.y.n
		}
	}
	return n
}

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
	if l == Mean {
		return 1 / float64(s.Windows())
	}
	return 1
}

// dot is Σ a[i]*b[i] in four partial sums, which are added in pairs.
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}
