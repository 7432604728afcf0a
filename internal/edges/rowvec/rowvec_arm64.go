//go:build !purego

package rowvec

import (
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

var (
	neon32 = loops[float32]{4, sobelNEONf32, foldNEONf32, divideNEONf32, lengthsNEONf32, rootsNEONf32, squaresNEONf32, absolutesNEONf32, aboveNEONf32, ridgesNEONf32, paintNEONf32}
	neon64 = loops[float64]{2, sobelNEONf64, foldNEONf64, divideNEONf64, lengthsNEONf64, rootsNEONf64, squaresNEONf64, absolutesNEONf64, aboveNEONf64, ridgesNEONf64, paintNEONf64}
)

// pick returns the loops of the processor, nil for those in Go.
func pick[T tensor.Float]() *loops[T] {
	if vec.Name() == "go" {
		return nil
	}
	if f, ok := any(&neon32).(*loops[T]); ok {
		return f
	}
	return any(&neon64).(*loops[T])
}
