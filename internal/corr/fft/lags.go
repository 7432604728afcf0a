package fft

import "math"

// Lags sums the products of pairs of windows by lag, over all pairs added:
//
//	sum(ly, lx) = Σ a[r][q] b[r+ly][q+lx]    ly, lx >= 0
//
// A pair is one complex tile z = a + ib. With Z its spectrum, the product of the
// spectra that has these sums as its inverse transform is
//
//	conj(A(k)) B(k) = Im(Z(k) Z(−k))/2 − i (|Z(k)|² − |Z(−k)|²)/4
//
// so that two sums over the pairs are kept for each frequency, and are
// transformed once. They are Hermitian: rows of one of k and −k are enough.
type Lags struct {
	n            int
	cross, diff  []float64 // Σ Im(Z(k) Z(−k)) and Σ |Z(k)|² − |Z(−k)|²
	order, minus []int     // frequencies by place, and the place of each −k
}

// NewLags returns sums for tiles of n x n.
func NewLags(n int) *Lags {
	l := &Lags{n: n, cross: make([]float64, n*n), diff: make([]float64, n*n), order: newPlan[float64](n).order()}
	at := places(l.order)
	for _, k := range l.order {
		l.minus = append(l.minus, at[(n-k)%n])
	}
	return l
}

// Clear sets all sums to zero.
func (l *Lags) Clear() {
	clear(l.cross)
	clear(l.diff)
}

// Merge adds the sums of others.
func (l *Lags) Merge(o *Lags) {
	for i, v := range o.cross {
		l.cross[i] += v
	}
	for i, v := range o.diff {
		l.diff[i] += v
	}
}

// Add adds a pair, times f. Each window has at most n rows and columns, and a
// has so few that the largest lag asked for still fits: rows + ly <= n, columns +
// lx <= n. Both should be of similar size: the error of a sum is about
// log2(n) units in the last place of (‖a‖² + ‖b‖²)/2. All elements must be finite.
func (l *Lags) Add(t *Tile[float64], a, b Window[float64], f float64) {
	n := l.n
	z := t.transform(t.pair(a, b))
	re, im := z.re, z.im
	for u, v := range l.minus {
		if v < u {
			continue
		}
		zr, zi := re[u*n:(u+1)*n], im[u*n:(u+1)*n]
		yr, yi := re[v*n:(v+1)*n], im[v*n:(v+1)*n]
		cross, diff := l.cross[u*n:(u+1)*n], l.diff[u*n:(u+1)*n]
		for i, j := range l.minus {
			a, b, c, d := zr[i], zi[i], yr[j], yi[j]
			cross[i] += float64(f * (float64(a*d) + float64(b*c)))
			diff[i] += float64(f * ((float64(a*a) - float64(c*c)) + (float64(b*b) - float64(d*d))))
		}
	}
}

// Sums sets dst[ly*cols+lx] for ly < rows and lx < cols.
func (l *Lags) Sums(dst []float64, rows, cols int) {
	n := l.n
	cos, sin := make([]float64, n), make([]float64, n)
	for i := range n {
		sin[i], cos[i] = math.Sincos(2 * math.Pi * float64(i) / float64(n))
	}
	clear(dst[:rows*cols])
	// From the last place to the first, which holds frequency zero and most of
	// an image's energy: what is small is added first.
	for u := n - 1; u >= 0; u-- {
		if l.minus[u] < u {
			continue
		}
		weight := 1 / float64(n*n)
		if l.minus[u] > u {
			weight *= 2
		}
		for ly := range rows {
			re, im := 0.0, 0.0
			for v := n - 1; v >= 0; v-- {
				c, d := l.cross[u*n+v]/2, -l.diff[u*n+v]/4
				at := l.order[v] * ly % n
				re += float64(c*cos[at]) - float64(d*sin[at])
				im += float64(c*sin[at]) + float64(d*cos[at])
			}
			for lx := range cols {
				at := l.order[u] * lx % n
				dst[ly*cols+lx] += float64(weight * (float64(re*cos[at]) - float64(im*sin[at])))
			}
		}
	}
}
