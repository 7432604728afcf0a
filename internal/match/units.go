package match

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// extreme is the binary exponent from which values are scaled: the squares of 2^±200,
// summed over any template and multiplied with each other, stay within float64.
const extreme = 200

// UnitFor returns the power of two by which an image is multiplied before it is
// matched, so that sums of its squares stay within float64. It is 1 unless the
// largest finite value lies beyond 2^±200.
func UnitFor(src tensor.Source[float64]) (float64, error) {
	s := src.Shape()
	buf, largest := make([]float64, s.W), 0.0
	for p := range s.Planes() {
		for y := range s.H {
			row, err := src.Row(p, y, buf)
			if err != nil {
				return 1, err
			}
			for _, v := range row {
				if v = math.Abs(v); v > largest && !math.IsInf(v, 0) {
					largest = v
				}
			}
		}
	}
	if e := math.Ilogb(largest); largest > 0 && (e > extreme || e < -extreme) {
		return math.Ldexp(1, -max(e, -1022)), nil // 2^1023 is the largest power
	}
	return 1, nil
}

// Scaled is an image times a factor.
type Scaled[T tensor.Float] struct {
	Image  tensor.Source[T]
	Factor T
}

// Shape is the image's.
func (s Scaled[T]) Shape() tensor.Shape { return s.Image.Shape() }

// Row fills buf with a row of the image times the factor.
func (s Scaled[T]) Row(plane, y int, buf []T) ([]T, error) {
	row, err := s.Image.Row(plane, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:len(row)]
	for i, v := range row {
		buf[i] = v * s.Factor
	}
	return buf, nil
}
