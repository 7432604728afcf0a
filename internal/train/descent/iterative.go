package descent

import (
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// iterative is gradient descent in taps. It serves if n² operations an epoch cost less
// than the eigenvectors of G, or if the eigenvectors are not exact enough. With
// e = w − ŵ the distance from the best fit and η' = 2·scale·η:
//
//	gd        e ← e − η'Ge
//	momentum  b ← μb + η'Ge,  e ← e − b
//	nesterov  b ← μb + η'Ge,  e ← e − η'Ge − μb
//
// The loss is best + eᵀGe. As in eigen, nothing cancels.
type iterative struct {
	s         *normal.Equations
	optimizer Optimizer
	mu, rate  float64
	best      [][]float64
	e, ge, b  [][]float64
}

// iterativePerUnknown is the number of epochs for each unknown up to which iterative is
// cheaper than eigen: an epoch takes about 0.1 ns · n², the eigenvectors 1.8 ns · n³.
const iterativePerUnknown = 18

// useIterative reports whether iterative serves better than eigen.
func useIterative(s *normal.Equations, epochs int) bool {
	large := true
	for i := range s.Systems() {
		if s.Systems()[i].DiagonallyScaled() {
			return true
		}
		large = large && s.Systems()[i].HasCholesky()
	}
	return large && epochs < iterativePerUnknown*s.Layout().Unknowns()
}

func newIterative(s *normal.Equations, d Descent, scale float64) *iterative {
	t := &iterative{s: s, optimizer: d.Optimizer, mu: d.Momentum, rate: 2 * scale * d.Rate, best: s.Best()}
	for c, w := range start(s, d) {
		e := lagvec.NewVector(len(w))
		for i, v := range w {
			e[i] = v - t.best[c][i]
		}
		t.e, t.ge, t.b = append(t.e, e), append(t.ge, make([]float64, len(e))), append(t.b, make([]float64, len(e)))
		t.times(c)
	}
	return t
}

// times sets ge of output channel c.
func (t *iterative) times(c int) {
	i, _ := t.s.Layout().SystemOf(c)
	t.s.Systems()[i].TimesInto(t.ge[c], t.e[c])
}

func (t *iterative) state() (gap, squares float64) {
	for c, ge := range t.ge {
		gap += numeric.Dot(t.e[c], ge)
		squares += 4 * numeric.Dot(ge, ge)
	}
	return max(0, gap), squares
}

func (t *iterative) step(int) {
	for c, e := range t.e {
		b := t.b[c]
		for i, g := range t.ge[c] {
			g *= t.rate
			switch t.optimizer {
			case Momentum:
				b[i] = t.mu*b[i] + g
				e[i] -= b[i]
			case Nesterov:
				b[i] = t.mu*b[i] + g
				e[i] -= g + t.mu*b[i]
			default:
				e[i] -= g
			}
		}
		t.times(c)
	}
}

func (t *iterative) taps() [][]float64 {
	w := make([][]float64, len(t.e))
	for c, e := range t.e {
		w[c] = append([]float64(nil), t.best[c]...)
		floats.Add(w[c], e)
	}
	return w
}
