package method

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// choose makes the method that m asks for or, for Auto, the one expected to be
// the fastest. It returns the expected time on one core in nanoseconds, too.
//
// Auto takes a separable plan only if its error bound is no worse than the
// direct method's. The bound of the fourier method is relative to the largest
// values near an output instead of those under the kernel.
func Choose[T tensor.Float](k tensor.Kernel, g geometry.Geometry, m Method, out tensor.Shape) (Implementation[T], float64, error) {
	c := newCosts[T](out, g)
	direct := c.direct()
	if k.Mixes {
		direct *= float64(k.In)
	}
	switch {
	case m == Separable && k.Mixes:
		return nil, 0, &Error{Separable, fmt.Sprintf("a plain kernel, not one that mixes channels (%v)", k)}
	case m == Fourier && (k.Mixes || g.Stride != geometry.Size{H: 1, W: 1}):
		return nil, 0, &Error{Fourier, fmt.Sprintf("a plain kernel at stride 1, not %v at stride %v", k, g.Stride)}
	case m == Direct || k.Mixes || k.H == 1 && k.W == 1:
		return newDirect[T](k, g), direct, nil
	}
	n, fourier := c.bestTile()
	if m == Fourier {
		if math.IsInf(fourier, 1) {
			return nil, 0, &Error{Fourier, fmt.Sprintf("kernels of at most %d parts that reach over %d elements, not %v", splitMost, splitReach, g.Reach())}
		}
		return newSpectral[T](k, g, n), fourier, nil
	}
	if n > 0 && c.g.BandBytes(fft.Valid(n, c.g.Reach().H), c.element) > schedule.MaxBytes {
		fourier = math.Inf(1) // a row of tiles has more rows than other methods need
	}
	most := min(k.H, k.W)
	if m == Auto {
		// Of more pairs than this, another method is faster.
		most = min(most, crossMost, int(min(direct, fourier)/c.separable(1)))
	}
	f, ok := Factor(k.Taps, k.H, k.W, Dropped[T](), most)
	separable := c.separable(f.Rank())
	if m == Separable {
		if !ok {
			return nil, 0, &Error{Separable, "a kernel that has a singular value decomposition, which this one has not"}
		}
		return newSeparable[T](f, k, g), separable, nil
	}
	// Neither more error than the direct method's bound, nor a row or column.
	accurate := ok && float64(k.H+k.W+2*f.Rank())*f.growth <= float64(k.H*k.W) && k.H > 1 && k.W > 1
	switch {
	case accurate && separable < min(direct, fourier):
		return newSeparable[T](f, k, g), separable, nil
	case fourier < direct:
		return newSpectral[T](k, g, n), fourier, nil
	}
	return newDirect[T](k, g), direct, nil
}

// newSpectral makes the method for tiles of side n, or for parts where n is 0.
func newSpectral[T tensor.Float](k tensor.Kernel, g geometry.Geometry, n int) Implementation[T] {
	if n == 0 {
		return NewSplit[T](k, g, splitSide, splitReach)
	}
	return NewFourier[T](k, g, n)
}
