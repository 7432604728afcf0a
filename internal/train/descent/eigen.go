package descent

import (
	"github.com/convkit/convkit/internal/train/normal"
)

// eigen is gradient descent along the eigenvectors of G, where each coordinate moves
// alone. With e = w − ŵ the distance from the best fit along one eigenvector and
// x = 2λ·scale·η:
//
//	gd        e ← (1−x) e
//	momentum  b ← μb + x e,  e ← e − b              (b is η times PyTorch's)
//	nesterov  b ← μb + x e,  e ← e − x e − μb
//
// The loss is best + Σ λe². Nothing cancels: each e keeps its digits however small it
// becomes. An epoch costs n steps. Along an eigenvalue of zero, w does not move.
type eigen struct {
	s         *normal.Equations
	optimizer Optimizer
	mu        float64
	lambda    []float64 // of all outputs, one after the other
	x, e, b   []float64
	start     [][]float64
	first     []float64 // e at the start
}

func newEigen(s *normal.Equations, d Descent, scale float64) *eigen {
	m := &eigen{s: s, optimizer: d.Optimizer, mu: d.Momentum, start: start(s, d)}
	for c, w := range m.start {
		i, k := s.Layout().SystemOf(c)
		sys := &s.Systems()[i]
		o, sp := &sys.Outputs()[k], sys.Eigen()
		away := make([]float64, sys.N())
		for j := range away {
			away[j] = w[j] - o.Origin[j]
		}
		away, grad := sp.ToEigen(away), sp.ToEigen(o.Gradient)
		for j, l := range sp.Values() {
			m.lambda = append(m.lambda, l)
			m.x = append(m.x, 2*l*scale*d.Rate)
			if l == 0 {
				m.e = append(m.e, 0)
				continue
			}
			m.e = append(m.e, away[j]-grad[j]/l)
		}
	}
	m.b = make([]float64, len(m.e))
	m.first = append([]float64(nil), m.e...)
	return m
}

func (m *eigen) state() (gap, squares float64) {
	for i, e := range m.e {
		g := m.lambda[i] * e
		gap += g * e
		squares += 4 * g * g
	}
	return gap, squares
}

func (m *eigen) step(int) {
	switch m.optimizer {
	case Momentum:
		for i, x := range m.x {
			m.b[i] = m.mu*m.b[i] + x*m.e[i]
			m.e[i] -= m.b[i]
		}
	case Nesterov:
		for i, x := range m.x {
			m.b[i] = m.mu*m.b[i] + x*m.e[i]
			m.e[i] -= x*m.e[i] + m.mu*m.b[i]
		}
	default:
		for i, x := range m.x {
			m.e[i] *= 1 - x
		}
	}
}

// taps returns the start plus what was moved since: undetermined directions keep every
// digit of the start.
func (m *eigen) taps() [][]float64 {
	w := make([][]float64, len(m.start))
	at := 0
	for c, from := range m.start {
		i, _ := m.s.Layout().SystemOf(c)
		sp := m.s.Systems()[i].Eigen()
		moved := make([]float64, sp.N())
		for j := range moved {
			moved[j] = m.e[at+j] - m.first[at+j]
		}
		w[c] = sp.FromEigen(moved)
		for j, v := range from {
			w[c][j] += v
		}
		at += sp.N()
	}
	return w
}
