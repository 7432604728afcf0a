// Package numeric has sums of vectors in a stated order, and checks of finiteness.
//
// Dot and Sum are not those of gonum/floats. Those add in another order, which differs
// between amd64 and other processors, and would change the last digits of every fit.
package numeric

// Dot returns Σ a[i]*b[i] over the length of a, in four partial sums by i mod 4 that
// are added in pairs. b is at least as long as a.
func Dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// Sum returns Σ a[i] in the order of Dot.
func Sum(a []float64) float64 {
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x := a[i : i+4 : i+4]
		s0 += x[0]
		s1 += x[1]
		s2 += x[2]
		s3 += x[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// IsFinite reports whether v is neither NaN nor infinite.
func IsFinite(v float64) bool { return v-v == 0 }

// AllFinite reports whether every value of s is finite.
func AllFinite(s []float64) bool {
	for _, v := range s {
		if !IsFinite(v) {
			return false
		}
	}
	return true
}
