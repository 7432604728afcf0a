package train

// dot is Σ a[i]*b[i] in four partial sums, which are added in pairs.
func dot(a, b []float64) float64 {
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

// dotLags is acc[k] += Σ a[i]*b[i+k] for every k of acc; b holds at least
// len(a)+len(acc)-1 elements. Seven or four lags share the loads.
func dotLags(acc, a, b []float64) {
	for len(acc) >= 7 {
		dotLags7((*[7]float64)(acc), a, b)
		acc, b = acc[7:], b[7:]
	}
	if len(acc) >= 4 {
		dotLags4((*[4]float64)(acc), a, b)
		acc, b = acc[4:], b[4:]
	}
	for k := range acc {
		acc[k] += dot(a, b[k:])
	}
}

func dotLags7(acc *[7]float64, a, b []float64) {
	if len(a) == 0 {
		return
	}
	b0, b1, b2, b3, b4, b5 := b[0], b[1], b[2], b[3], b[4], b[5]
	var s0, s1, s2, s3, s4, s5, s6 float64
	b = b[6 : 6+len(a)]
	for i, f := range a {
		b6 := b[i]
		s0 += f * b0
		s1 += f * b1
		s2 += f * b2
		s3 += f * b3
		s4 += f * b4
		s5 += f * b5
		s6 += f * b6
		b0, b1, b2, b3, b4, b5 = b1, b2, b3, b4, b5, b6
	}
	acc[0] += s0
	acc[1] += s1
	acc[2] += s2
	acc[3] += s3
	acc[4] += s4
	acc[5] += s5
	acc[6] += s6
}

func dotLags4(acc *[4]float64, a, b []float64) {
	if len(a) == 0 {
		return
	}
	b0, b1, b2 := b[0], b[1], b[2]
	var s0, s1, s2, s3 float64
	b = b[3 : 3+len(a)]
	for i, f := range a {
		b3 := b[i]
		s0 += f * b0
		s1 += f * b1
		s2 += f * b2
		s3 += f * b3
		b0, b1, b2 = b1, b2, b3
	}
	acc[0] += s0
	acc[1] += s1
	acc[2] += s2
	acc[3] += s3
}

// subLags is r[i] -= Σ_k taps[k]*b[i+k].
func subLags(r, taps, b []float64) {
	for len(taps) >= 4 {
		t0, t1, t2, t3 := taps[0], taps[1], taps[2], taps[3]
		b0, b1, b2 := b[0], b[1], b[2]
		c := b[3 : 3+len(r)]
		for i := range r {
			b3 := c[i]
			r[i] -= (t0*b0 + t1*b1) + (t2*b2 + t3*b3)
			b0, b1, b2 = b1, b2, b3
		}
		taps, b = taps[4:], b[4:]
	}
	for k, t := range taps {
		for i, v := range b[k : k+len(r)] {
			r[i] -= t * v
		}
	}
}

func sum(a []float64) float64 {
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
