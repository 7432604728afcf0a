package gram

import "github.com/convkit/convkit/internal/train/lagvec"

// TapSums sets dst to Σ_t w(t) x(t+u), for weights Rows x OutW: row by row of x,
// which meets up to as many rows of weights as the kernel has.
func (s Shape) TapSums(dst, w []float64, b Band) {
	k, outW := s.Kernel, s.OutW
	lags := make([]float64, k.H*k.W)
	clear(dst)
	for i := range s.Inputs {
		for below := range b.Rows + k.H - 1 {
			from, to := max(0, below-k.H+1), min(b.Rows-1, below)
			lagvec.DotLags(lags, to-from+1, k.W, w[from*outW:], outW, outW, b.X[(i*b.Height+below)*b.Width:])
			for r := range to - from + 1 {
				u := below - from - r
				for v, a := range lags[r*k.W : (r+1)*k.W] {
					dst[(i*k.H+u)*k.W+v] += a
				}
			}
		}
	}
}

// addFunctions adds the products with the functions of the background.
func (s Shape) addFunctions(g []float64, b Band) {
	if len(b.F) == 0 {
		return
	}
	n, taps, size := s.Unknowns(), s.Taps(), b.Rows*s.OutW
	sums, weighted := make([]float64, taps), make([]float64, size)
	for i, f := range b.F {
		for t, v := range f[:size] {
			weighted[t] = b.W[t] * v
		}
		s.TapSums(sums, weighted, b)
		for t, v := range sums {
			g[t*n+taps+i] += v
		}
		for j, other := range b.F[i:] {
			total := 0.0
			for t, v := range other[:size] {
				total += weighted[t] * v
			}
			g[(taps+i)*n+taps+i+j] += total
		}
	}
}

// uncentre makes of the sums of x less m those of x:
//
//	Σ w x(u) x(v) = Σ w x'(u) x'(v) + m Σ w (x'(u) + x'(v)) + m² Σ w
func (s *spectral[T]) uncentre(m float64, g []float64, b Band) {
	if m == 0 {
		return
	}
	sums, n, all := s.taps, s.shape.Unknowns(), 0.0
	for _, w := range b.W[:b.Rows*s.shape.OutW] {
		all += w
	}
	for p, a := range sums {
		row := g[p*n:][:len(sums)]
		for q := p; q < len(sums); q++ {
			row[q] += m * ((a + sums[q]) + m*all)
		}
	}
}
