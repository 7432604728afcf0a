package tensor

import "math"

// Roundoff is the unit roundoff of T: by which share a rounding to the nearest
// number errs at most.
func Roundoff[T Float]() float64 {
	if T(1)+T(0x1p-30) == 1 {
		return 0x1p-24
	}
	return 0x1p-53
}

// Grow returns a slice of n elements, in s where it is large enough, whose
// elements are then what they were.
func Grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// ElementSize returns the size of a T in bytes.
func ElementSize[T Float]() int {
	if Roundoff[T]() > 0x1p-53 {
		return 4
	}
	return 8
}

// AllWhole reports whether all are whole numbers that float32 holds exactly.
func AllWhole(s []float64) bool {
	for _, v := range s {
		if v != math.Trunc(v) || math.Abs(v) > 1<<24 {
			return false
		}
	}
	return true
}
