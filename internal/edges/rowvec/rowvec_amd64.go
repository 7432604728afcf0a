//go:build amd64 && !purego

package rowvec

import (
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

var (
	avx512f32 = loops[float32]{16, sobelAVX512f32, foldAVX512f32, divideAVX512f32, lengthsAVX512f32, rootsAVX512f32, squaresAVX512f32, absolutesAVX512f32, aboveAVX512f32, ridgesAVX512f32, paintAVX512f32}
	avx512f64 = loops[float64]{8, sobelAVX512f64, foldAVX512f64, divideAVX512f64, lengthsAVX512f64, rootsAVX512f64, squaresAVX512f64, absolutesAVX512f64, aboveAVX512f64, ridgesAVX512f64, paintAVX512f64}
	avx2f32   = loops[float32]{8, sobelAVX2f32, foldAVX2f32, divideAVX2f32, lengthsAVX2f32, rootsAVX2f32, squaresAVX2f32, absolutesAVX2f32, aboveAVX2f32, ridgesAVX2f32, paintAVX2f32}
	avx2f64   = loops[float64]{4, sobelAVX2f64, foldAVX2f64, divideAVX2f64, lengthsAVX2f64, rootsAVX2f64, squaresAVX2f64, absolutesAVX2f64, aboveAVX2f64, ridgesAVX2f64, paintAVX2f64}
)

// pick returns the loops that the processor can run, nil for those in Go.
func pick[T tensor.Float]() *loops[T] {
	for _, l := range available[vec.Name()] {
		if f, ok := l.(*loops[T]); ok {
			return f
		}
	}
	return nil
}

var available = map[string][]any{"avx512": {&avx512f32, &avx512f64}, "avx2": {&avx2f32, &avx2f64}}
