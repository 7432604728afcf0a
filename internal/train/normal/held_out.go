package normal

import (
	"math"

	"github.com/convkit/convkit/internal/train"
)

// HeldOutRMS returns the RMS residual on the held-out windows of a fit without them.
// If none are held out, it returns that of the fit of all. ok is false if too few
// windows remain.
func (s *Equations) HeldOutRMS() (float64, bool) {
	held := s.HeldOutPart()
	n := s.HeldOutWindows()
	if n == 0 {
		return math.Sqrt(s.LossAt(s.Best()) / s.Weight()), s.Weight() > 0
	}
	rest := s.WithoutHeldOut(n)
	if rest.Windows() <= s.Unknowns() {
		return 0, false
	}
	return math.Sqrt(held.LossAt(rest.Best()) / held.Weight()), true
}

// HeldOutWindows returns the number of held-out outputs.
func (s *Equations) HeldOutWindows() int {
	return s.HeldOutPart().OutputCount()
}

// WithoutHeldOut returns the sums without the held-out windows, of which there are n.
func (s *Equations) WithoutHeldOut(n int) *Equations {
	r := New(s.layout)
	r.counts = train.Counts{Used: s.counts.Used - n}
	for i := range r.systems {
		a, b, c := &r.systems[i], &s.systems[i], &s.heldOut[i]
		if a.n > smallSystem {
			a.whole = b
		}
		for j := range a.g {
			a.g[j] = b.g[j] - c.g[j]
		}
		a.centred = b.centred.less(c)
		for k := range a.outputs {
			o, p, q := &a.outputs[k], &b.outputs[k], &c.outputs[k]
			o.Origin = p.Origin
			for j := range o.Gradient {
				o.Gradient[j] = p.Gradient[j] - q.Gradient[j]
			}
			o.Loss = math.Max(0, p.Loss-q.Loss)
			o.Moments.Count, o.Moments.Weight = p.Moments.Count-q.Moments.Count, p.Moments.Weight-q.Moments.Weight
			if o.Moments.Weight > 0 {
				o.Moments.Mean = (p.Moments.Mean*p.Moments.Weight - q.Moments.Mean*q.Moments.Weight) / o.Moments.Weight
				d := q.Moments.Mean - o.Moments.Mean
				o.Moments.Variation = math.Max(0, p.Moments.Variation-q.Moments.Variation-d*d*o.Moments.Weight*q.Moments.Weight/p.Moments.Weight)
			}
		}
	}
	return r
}

// PartOfWhole reports whether the system is solved by conjugate gradients,
// preconditioned with the sums that include the held-out windows.
func (s *System) PartOfWhole() bool { return s.whole != nil }

// SolveAnew makes the system be solved directly.
func (s *System) SolveAnew() { s.whole = nil }

// HeldOutPart returns the sums over the held-out windows alone.
func (s *Equations) HeldOutPart() *Equations {
	return &Equations{layout: s.layout, systems: s.heldOut}
}

// ReplaceHeldOut takes the held-out part from other equations of the same fit. Its windows
// are among those of s.
func (s *Equations) ReplaceHeldOut(by *Equations) {
	s.heldOut = by.heldOut
	for i := range s.heldOut {
		sys := &s.heldOut[i]
		for k := range sys.outputs {
			o, origin := &sys.outputs[k], s.systems[i].outputs[k].Origin
			o.Gradient, o.Loss = sys.About(k, origin)
			o.Origin = origin
		}
	}
}

// HeldOutSystems returns the parts of Systems over held-out windows.
func (s *Equations) HeldOutSystems() []System { return s.heldOut }
