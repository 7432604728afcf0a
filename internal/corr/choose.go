package corr

import (
	"fmt"

	"github.com/convkit/convkit/internal/tensor"
)

// choose makes the method that c asks for or, for Auto, the one expected to be
// the fastest among those whose results are as good as the direct method's.
func choose[T tensor.Float](k tensor.Kernel, g Geometry, c Config) (method[T], error) {
	switch c.Method {
	case Separable:
		if k.Mixes {
			return nil, fmt.Errorf("the separable method takes a plain kernel, not one that mixes channels (%v)", k)
		}
		f, ok := factor(k.Taps, k.H, k.W, dropped[T]())
		if !ok {
			return nil, fmt.Errorf("the kernel has no singular value decomposition; use another method")
		}
		return newSeparable[T](f, k, g), nil
	case Auto:
		if k.Mixes || k.H == 1 || k.W == 1 {
			break
		}
		f, ok := factor(k.Taps, k.H, k.W, dropped[T]())
		// As few operations, and no more error than the direct method's bound.
		if n := float64(k.H * k.W); ok && float64(f.rank()*(k.H+k.W)) < n && float64(k.H+k.W+f.rank())*f.growth <= n {
			return newSeparable[T](f, k, g), nil
		}
	}
	return newDirect[T](k, g), nil
}
