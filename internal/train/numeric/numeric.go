// Package numeric has the sums of vectors in a stated order, and checks of finiteness.
package numeric

// dot is Σ a[i]*b[i] in four partial sums, which are added in pairs.
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

func Add(a, b []float64) {
	for i, v := range b {
		a[i] += v
	}
}

func Scale(a []float64, f float64) {
	for i := range a {
		a[i] *= f
	}
}

func IsFinite(v float64) bool { return v-v == 0 }

// subtract takes w0 times a view from r.
func SubtractScaled(r []float64, w0 float64, view []float64) {
	for i, v := range view[:len(r)] {
		r[i] -= w0 * v
	}
}

func AllFinite(s []float64) bool {
	for _, v := range s {
		if !IsFinite(v) {
			return false
		}
	}
	return true
}
