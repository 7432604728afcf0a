package report

import (
	"math"
	"math/cmplx"

	"github.com/convkit/convkit/internal/tensor"
)

// response holds |H(fy, fx)| of one plane of a kernel, at n x n frequencies from −1/2
// to 1/2 cycles per pixel:
//
//	H(fy, fx) = Σ_u Σ_v k(u, v) exp(2πi (u fy + v fx))
//
// That is what correlation multiplies the waves of an image with. n is odd, so that
// frequency 0 is in the middle.
type response struct {
	n    int
	gain []float64
}

// responseSize is the number of frequencies along each axis.
const responseSize = 129

// responseOf transforms rows, then columns, of plane p of a kernel.
func responseOf(k tensor.Kernel, plane int) response {
	const n = responseSize
	taps := k.Taps[plane*k.H*k.W : (plane+1)*k.H*k.W]
	waves := func(size int) []complex128 {
		w := make([]complex128, n*size)
		for i := range n {
			f := float64(i-n/2) / (n - 1)
			for u := range size {
				w[i*size+u] = cmplx.Rect(1, 2*math.Pi*f*float64(u))
			}
		}
		return w
	}
	across, down := waves(k.W), waves(k.H)
	rows := make([]complex128, k.H*n)
	for u := range k.H {
		for i := range n {
			for v, t := range taps[u*k.W : (u+1)*k.W] {
				rows[u*n+i] += complex(t, 0) * across[i*k.W+v]
			}
		}
	}
	r := response{n: n, gain: make([]float64, n*n)}
	for j := range n {
		for i := range n {
			sum := complex128(0)
			for u := range k.H {
				sum += rows[u*n+i] * down[j*k.H+u]
			}
			r.gain[j*n+i] = cmplx.Abs(sum)
		}
	}
	return r
}

// floorDB is the lowest level that is drawn, below the largest one. Nulls have none.
const floorDB = -80

// decibels returns 20 log10 of a gain, and never less than low.
func decibels(gain, low float64) float64 { return max(20*math.Log10(gain), low) }

// levels returns the range of decibels that a figure of some responses shows: down to
// floorDB below the largest, or to the smallest. Without any gain it is floorDB to 0.
func levels(all []response) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, r := range all {
		for _, g := range r.gain {
			level := 20 * math.Log10(g)
			low, high = min(low, level), max(high, level)
		}
	}
	if math.IsInf(high, 0) || math.IsNaN(high) {
		return floorDB, 0
	}
	low = max(low, high+floorDB)
	if high-low < 1 { // all frequencies alike
		low, high = low-1, high+1
	}
	return low, high
}
