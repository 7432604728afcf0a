package edges

import "math"

// hypot is sqrt(a² + b²), with the errors of the squares and of the root taken off
// in a step of first order (C. F. Borges, An Improved Algorithm for hypot(a, b),
// 2019). It gives the bits of GNU's C library, and so of numpy, wherever no square
// leaves float64, so that gradients of equal length are equal here too.
func hypot(a, b float64) float64 {
	a, b = math.Abs(a), math.Abs(b)
	if a < b {
		a, b = b, a
	}
	if b <= a*0x1p-54 {
		return a + b
	}
	h := math.Sqrt(float64(a*a) + float64(b*b))
	var error float64
	if d := h - b; h <= 2*b {
		error = float64(a*float64(float64(2*d)-a)) + float64((d-float64(2*(a-b)))*d)
	} else {
		d = h - a
		error = float64(2*d*(a-float64(2*b))) + (float64(float64(float64(4*d)-b)*b) + float64(d*d))
	}
	return h - error/(2*h)
}
