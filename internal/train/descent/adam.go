package descent

import (
	"math"

	"github.com/convkit/convkit/internal/train/normal"
)

// The constants of torch.optim.Adam.
const (
	beta1   = 0.9
	beta2   = 0.999
	epsilon = 1e-8
)

// adam is Adam on G. Its square root couples the eigenvectors, so the gradient
// 2(G d − g)·scale is computed in taps, in n² operations an epoch.
type adam struct {
	s           *normal.Equations
	rate, scale float64
	d           [][]float64 // w − origin
	best        [][]float64 // the best fit − origin
	gd          [][]float64 // G d
	m, v        [][]float64
}

func newAdam(s *normal.Equations, d Descent, scale float64) *adam {
	a := &adam{s: s, rate: d.Rate, scale: scale, d: start(s, d)}
	for c, w := range a.d {
		i, k := s.Layout().SystemOf(c)
		o := &s.Systems()[i].Outputs()[k]
		for j, v := range o.Origin {
			w[j] -= v
		}
		a.best = append(a.best, s.Systems()[i].Solve(o.Gradient))
		a.gd = append(a.gd, s.Systems()[i].Times(w))
		a.m = append(a.m, make([]float64, len(w)))
		a.v = append(a.v, make([]float64, len(w)))
	}
	return a
}

// state computes the gap as (G d − g)ᵀ(d − d̂), where both factors are small.
func (a *adam) state() (gap, squares float64) {
	for c, d := range a.d {
		i, k := a.s.Layout().SystemOf(c)
		o := &a.s.Systems()[i].Outputs()[k]
		for j, p := range a.gd[c] {
			g := p - o.Gradient[j]
			gap += g * (d[j] - a.best[c][j])
			squares += 4 * g * g
		}
	}
	return max(0, gap), squares
}

func (a *adam) step(t int) {
	c1, c2 := 1-math.Pow(beta1, float64(t)), math.Sqrt(1-math.Pow(beta2, float64(t)))
	for c, d := range a.d {
		i, k := a.s.Layout().SystemOf(c)
		sys := &a.s.Systems()[i]
		grad, m, v := sys.Outputs()[k].Gradient, a.m[c], a.v[c]
		for j, p := range a.gd[c] {
			g := 2 * (p - grad[j]) * a.scale
			m[j] = beta1*m[j] + (1-beta1)*g
			v[j] = beta2*v[j] + (1-beta2)*g*g
			d[j] -= a.rate / c1 * m[j] / (math.Sqrt(v[j])/c2 + epsilon)
		}
		sys.TimesInto(a.gd[c], d)
	}
}

func (a *adam) taps() [][]float64 {
	w := make([][]float64, len(a.d))
	for c, d := range a.d {
		i, k := a.s.Layout().SystemOf(c)
		w[c] = make([]float64, len(d))
		for j, v := range a.s.Systems()[i].Outputs()[k].Origin {
			w[c][j] = v + d[j]
		}
	}
	return w
}
