package gram

import (
	"unsafe"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/vec"
)

// What the two ways cost, in nanoseconds of one thread with AVX-512, as measured by
// BenchmarkSums and fft's BenchmarkProducts; only their ratios matter, which are
// much the same with AVX2.
const (
	// productCost is that of a product of two taps of one window, windowCost what
	// each window costs besides.
	productCost = 0.06
	singleCost  = 0.024 // of a product in float32
	byteCost    = 0.0065
	windowCost  = 60
)

// transformCost is that of a tile in microseconds, by side: forward transform and
// product, in float32 and float64. That of 256 has a half more than a tile alone
// takes, because its spectra and sums outgrow the second cache.
var transformCost = map[int][2]float64{64: {5, 10}, 128: {24, 46}, 256: {150, 260}}

// windowsCost is the cost of windows one by one.
func windowsCost(s Shape, count int, p Precision) float64 {
	n, product := float64(s.Unknowns()), productCost
	switch p {
	case Single:
		product = singleCost
	case Bytes:
		product = byteCost
	}
	return float64(count) * (windowCost + n*(n+1)/2*product)
}

// precisionOf is that of spectra of a type.
func precisionOf[T fft.Float]() Precision {
	if unsafe.Sizeof(T(0)) == 4 {
		return Single
	}
	return Double
}

// tileCost is the cost of a tile through spectra, whatever it holds.
func tileCost(s Shape, n int, p Precision) float64 {
	cost := transformCost[n][1]
	if p == Single {
		cost = transformCost[n][0]
	}
	box := s.Kernel.H * s.Kernel.W
	return 1e3 * cost * float64(s.Inputs*((box+1)/2))
}

// Cost is that of sums over the given rows of outputs, of which a share has a
// weight, with tiles of side n, in nanoseconds of one thread.
func Cost(s Shape, rows int, share float64, n int, p Precision) float64 {
	if n == 0 {
		return windowsCost(s, int(share*float64(rows)*float64(s.OutW)), p)
	}
	h, w := Rows(s, n), n-s.Kernel.W+1
	return float64((rows+h-1)/h) * float64((s.OutW+w-1)/w) * tileCost(s, n, p)
}

// Tile is the side of the tiles by which sums over the given rows of outputs are
// cheapest, of which a share has a weight; 0 where it is cheapest without.
func Tile(s Shape, rows int, share float64, p Precision) int {
	if !s.dense() || vec.Name() == "go" {
		return 0
	}
	least, best := Cost(s, rows, share, 0, p), 0
	for _, n := range fft.Sizes() {
		if n < s.Kernel.H || n < s.Kernel.W {
			continue
		}
		if cost := Cost(s, rows, share, n, p); cost < least {
			least, best = cost, n
		}
	}
	return best
}

// Rows is the most rows of outputs of a band with tiles of side n.
func Rows(s Shape, n int) int { return n - s.Kernel.H + 1 }
