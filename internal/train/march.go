package train

// march is gradient descent in taps, for systems so large that n² operations an
// epoch cost less than the eigenvectors of G, or whose eigenvectors do not serve. With e = w − ŵ the distance from
// the best fit and η' = 2·scale·η:
//
//	gd        e ← e − η'Ge
//	momentum  b ← μb + η'Ge,  e ← e − b
//	nesterov  b ← μb + η'Ge,  e ← e − η'Ge − μb
//
// and the loss is best + eᵀGe. As in modes nothing cancels.
type march struct {
	s         *Statistics
	optimizer Optimizer
	mu, rate  float64
	best      [][]float64
	e, ge, b  [][]float64
}

// marchPerUnknown is the number of epochs for each unknown up to which a march is
// cheaper than modes: an epoch takes about 0.1 ns · n², the eigenvectors 1.8 ns ·
// n³.
const marchPerUnknown = 18

// inMarch tells whether a march serves better than modes.
func inMarch(s *Statistics, epochs int) bool {
	large := true
	for i := range s.systems {
		if s.systems[i].graded() {
			return true
		}
		large = large && s.systems[i].hasCholesky()
	}
	return large && epochs < marchPerUnknown*s.layout.unknowns()
}

func newMarch(s *Statistics, d Descent, scale float64) *march {
	t := &march{s: s, optimizer: d.Optimizer, mu: d.Momentum, rate: 2 * scale * d.Rate, best: s.best()}
	for c, w := range start(s, d) {
		e := vector(len(w))
		for i, v := range w {
			e[i] = v - t.best[c][i]
		}
		t.e, t.ge, t.b = append(t.e, e), append(t.ge, make([]float64, len(e))), append(t.b, make([]float64, len(e)))
		t.times(c)
	}
	return t
}

// times sets ge of output channel c.
func (t *march) times(c int) {
	i, _ := t.s.layout.place(c)
	t.s.systems[i].timesInto(t.ge[c], t.e[c])
}

func (t *march) state() (gap, squares float64) {
	for c, ge := range t.ge {
		gap += dot(t.e[c], ge)
		squares += 4 * dot(ge, ge)
	}
	return max(0, gap), squares
}

func (t *march) step(int) {
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

func (t *march) taps() [][]float64 {
	w := make([][]float64, len(t.e))
	for c, e := range t.e {
		w[c] = append([]float64(nil), t.best[c]...)
		addTo(w[c], e)
	}
	return w
}
