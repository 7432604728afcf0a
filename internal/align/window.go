package align

import (
	"math"
	"math/cmplx"

	"github.com/convkit/convkit/internal/spectrum"
)

// edge is the share of a side over which an image fades to its mean, at either
// end: else the opposite edges, which meet in a periodic transform, correlate
// best where they stand.
const edge = 0.125

// window gives the weights of n elements.
func window(n int, weight func(t float64, n int) float64) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = weight(float64(i), n)
	}
	return w
}

// put adds an image less its mean, times a window for rows and one for columns,
// in one direction of the complex plane.
func put(z *spectrum.Plane, p plane, direction complex128, down, across []float64, threads int) {
	sum, weight := 0.0, 0.0
	for y, wy := range down {
		row, total := 0.0, 0.0
		for x, v := range p.data[y*p.w:][:p.w] {
			if p.counts(y, x) {
				row += float64(across[x] * v)
				total += across[x]
			}
		}
		sum += float64(wy * row)
		weight += float64(wy * total)
	}
	mean := sum / weight
	spectrum.Each(threads, p.h, func() func(int) {
		return func(y int) {
			dst := z.Row(y)[:p.w]
			for x, v := range p.data[y*p.w:][:p.w] {
				if p.counts(y, x) {
					dst[x] += direction * complex((v-mean)*down[y]*across[x], 0)
				}
			}
		}
	})
}

// fade is the window of the coarse search.
func fade(t float64, n int) float64 {
	if n < 8 {
		return 1
	}
	s := math.Sin(math.Pi / 2 * min(1, (min(t, float64(n-1)-t)+0.5)/(edge*float64(n))))
	return s * s
}

// taper weakens high frequencies: cos²(πf) for element k of n.
func taper(k, n int) float64 {
	c := math.Cos(math.Pi * float64(k) / float64(n))
	return c * c
}

func tapers(n int) []float64 {
	w := make([]float64, n)
	for k := range w {
		w[k] = taper(k, n)
	}
	return w
}

// cross replaces the transform of A + iB by F_A conj(F_B).
func cross(z *spectrum.Plane, threads int) {
	spectrum.Each(threads, z.H/2+1, func() func(int) {
		return func(j int) {
			opposite := (z.H - j) % z.H
			if opposite < j {
				return
			}
			up, down := z.Row(j), z.Row(opposite)
			for k := range z.W {
				l := (z.W - k) % z.W
				if opposite == j && l < k {
					break
				}
				p, q := up[k], down[l]
				fa, fb := (p+cmplx.Conj(q))/2, (p-cmplx.Conj(q))/2i
				c := fa * cmplx.Conj(fb)
				up[k], down[l] = c, cmplx.Conj(c)
			}
		}
	})
}

// hann is sin² from 0 to 0 over n elements.
func hann(t float64, n int) float64 {
	s := math.Sin(math.Pi * (t + 0.5) / float64(n))
	return s * s
}
