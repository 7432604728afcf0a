package train

import (
	"github.com/convkit/convkit/internal/tensor"
)

// Result is a fitted kernel.
type Result struct {
	// Kernel as the operator takes it: with Convolve, the one that is convolved
	// with. It has a bias where one was learned.
	Kernel tensor.Kernel
	Loss   float64 // with this kernel
	Best   float64 // the smallest there is
	Gap    float64 // Loss − Best, with digits of its own; 0 where not a descent
	Rate   float64 // the rate used; 0 for Exact
	Stable float64 // the largest stable rate; +Inf where there is no limit
	Epochs int     // the epochs done
	Rank   int     // combinations of unknowns that the data determines

	// Background holds, for each output channel, the coefficients of the
	// polynomial where one was asked for: of P_i(ξ) P_j(η), i + j <= degree, ξ
	// and η running from -1 to 1 across and down the output, in the order j = 0:
	// i = 0, 1, …; j = 1: … The first is the Kernel's bias too.
	Background [][]float64

	Robust *RobustFit // nil: not a robust fit

	weights [][]float64 // the unknowns, by output channel
}

// setWeights sets the unknowns and what follows from them.
func (r *Result) setWeights(l layout, w [][]float64) {
	r.weights, r.Kernel, r.Background = w, l.kernel(w), nil
	if l.spec.Background > 0 {
		for _, v := range w {
			r.Background = append(r.Background, l.fromUnits(v)[l.taps():])
		}
	}
}

// Solve returns the best fit: the solution of G w = c and, where the data leaves
// combinations of taps undetermined, the smallest such w.
func Solve(s *Statistics, l Loss) Result { return newResult(s, s.best(), l) }

// result is the Result of given unknowns.
func newResult(s *Statistics, w [][]float64, l Loss) Result {
	f := s.scale(l)
	r := Result{Loss: s.lossAt(w) * f, Best: s.floor() * f, Stable: s.stableRate(l), Rank: s.rank()}
	r.setWeights(s.layout, w)
	return r
}

// best is the smallest of the best fits, by output channel.
func (s *Statistics) best() [][]float64 {
	var best [][]float64
	for i := range s.systems {
		sys := &s.systems[i]
		for _, o := range sys.outputs {
			w := sys.newton(o.grad)
			addTo(w, o.origin)
			if sys.rank() < sys.n {
				w = sys.project(w)
			}
			best = append(best, w)
		}
	}
	return best
}

// project is w without what the data does not see.
func (s *system) project(w []float64) []float64 {
	if s.whole != nil {
		return s.whole.project(w)
	}
	return s.spectrum().project(w)
}

// project drops the part of w that the data does not see.
func (e *spectrum) project(w []float64) []float64 {
	c := e.into(w)
	for i, l := range e.lambda {
		if l == 0 {
			c[i] = 0
		}
	}
	return e.out(c)
}

// lossAt is the sum of squares at w.
func (s *Statistics) lossAt(w [][]float64) float64 {
	total := 0.0
	for c, v := range w {
		i, k := s.layout.place(c)
		_, loss := s.systems[i].about(k, v)
		total += loss
	}
	return total
}

// rank is the number of combinations of unknowns that the data determines.
func (s *Statistics) rank() int {
	r := 0
	for i := range s.systems {
		r += s.systems[i].rank() * len(s.systems[i].outputs)
	}
	return r
}
