package predict

import (
	"math"
	"slices"

	"github.com/convkit/convkit/internal/tensor"
)

func median(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// spectrumSide is the side of the grid of frequencies on which a kernel that decorrelates
// is computed. Kernels of up to a quarter of it do not wrap noticeably.
const spectrumSide = 128

// Decorrelating returns the kernel κ that makes the noise of a difference Y − X ⋆ K white,
// for noise of Y and X that is white with the variances vy and vx:
//
//	κ̂(f)² = (vy + s² vx) / (vy + vx |K̂(f)|²)      s = Σ K
//
// κ adds up to one, so that fluxes stay. The noise then has the variance vy + s² vx. κ has
// twice as many rows and columns as K, plus one. Source: Lupton and Reiss, DMTN-021, Rubin
// Observatory, equation 3, scaled.
func Decorrelating(k tensor.Kernel, vy, vx float64) tensor.Kernel {
	n := max(spectrumSide, 4*max(k.H, k.W))
	sum := 0.0
	for _, v := range k.Taps {
		sum += v
	}
	power := powers(k, n)
	for i, p := range power {
		power[i] = math.Sqrt((vy + sum*sum*vx) / (vy + vx*p))
	}
	r := tensor.Matrix(2*k.H+1, 2*k.W+1, inverse(power, n, k.H, k.W)...)
	total := 0.0
	for _, v := range r.Taps {
		total += v
	}
	for i := range r.Taps {
		r.Taps[i] /= total
	}
	return r
}

// powers returns |K̂|² at n x n frequencies.
func powers(k tensor.Kernel, n int) []float64 {
	cos, sin := circle(n)
	// Rows first, then columns.
	re, im := make([]float64, k.H*n), make([]float64, k.H*n)
	for u := range k.H {
		for v := range k.W {
			for f := range n {
				re[u*n+f] += k.Taps[u*k.W+v] * cos[f*v%n]
				im[u*n+f] -= k.Taps[u*k.W+v] * sin[f*v%n]
			}
		}
	}
	list := make([]float64, n*n)
	for g := range n {
		for f := range n {
			var a, b float64
			for u := range k.H {
				c, s := cos[g*u%n], sin[g*u%n]
				a += re[u*n+f]*c + im[u*n+f]*s
				b += im[u*n+f]*c - re[u*n+f]*s
			}
			list[g*n+f] = a*a + b*b
		}
	}
	return list
}

// inverse returns the transform of a spectrum that is real and the same at f and −f, at
// −h … h times −w … w.
func inverse(spectrum []float64, n, h, w int) []float64 {
	cos, sin := circle(n)
	wide := 2*w + 1
	re, im := make([]float64, n*wide), make([]float64, n*wide)
	for g := range n {
		for f := range n {
			for x := range wide {
				i := f * (x - w + n) % n
				re[g*wide+x] += spectrum[g*n+f] * cos[i]
				im[g*wide+x] += spectrum[g*n+f] * sin[i]
			}
		}
	}
	list := make([]float64, (2*h+1)*wide)
	for y := range 2*h + 1 {
		for g := range n {
			i := g * (y - h + n) % n
			for x := range wide {
				list[y*wide+x] += (re[g*wide+x]*cos[i] - im[g*wide+x]*sin[i]) / float64(n*n)
			}
		}
	}
	return list
}

// circle returns cos and sin of n angles.
func circle(n int) (cos, sin []float64) {
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		cos, sin = append(cos, c), append(sin, s)
	}
	return cos, sin
}
