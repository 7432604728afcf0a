package lagvec

// dotLagsGo is DotLags with seven or four lags sharing their loads.
func dotLagsGo(acc []float64, rows, lags int, a []float64, stride, n int, b []float64) {
	for r := range rows {
		row, out, from := a[r*stride:r*stride+n], acc[r*lags:(r+1)*lags], b
		for len(out) >= 7 {
			dot7((*[7]float64)(out), row, from)
			out, from = out[7:], from[7:]
		}
		if len(out) >= 4 {
			dot4((*[4]float64)(out), row, from)
			out, from = out[4:], from[4:]
		}
		for k := range out {
			out[k] = dot(row, from[k:])
		}
	}
}

func dot7(acc *[7]float64, a, b []float64) {
	if len(a) == 0 {
		*acc = [7]float64{}
		return
	}
	b0, b1, b2, b3, b4, b5 := b[0], b[1], b[2], b[3], b[4], b[5]
	var s0, s1, s2, s3, s4, s5, s6 float64
	b = b[6 : 6+len(a)]
	for i, f := range a {
		b6 := b[i]
		s0 += float64(f * b0)
		s1 += float64(f * b1)
		s2 += float64(f * b2)
		s3 += float64(f * b3)
		s4 += float64(f * b4)
		s5 += float64(f * b5)
		s6 += float64(f * b6)
		b0, b1, b2, b3, b4, b5 = b1, b2, b3, b4, b5, b6
	}
	*acc = [7]float64{s0, s1, s2, s3, s4, s5, s6}
}

func dot4(acc *[4]float64, a, b []float64) {
	if len(a) == 0 {
		*acc = [4]float64{}
		return
	}
	b0, b1, b2 := b[0], b[1], b[2]
	var s0, s1, s2, s3 float64
	b = b[3 : 3+len(a)]
	for i, f := range a {
		b3 := b[i]
		s0 += float64(f * b0)
		s1 += float64(f * b1)
		s2 += float64(f * b2)
		s3 += float64(f * b3)
		b0, b1, b2 = b1, b2, b3
	}
	*acc = [4]float64{s0, s1, s2, s3}
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	s := 0.0
	for i, f := range a {
		s += float64(f * b[i])
	}
	return s
}

func outerLagsGo(dst []float64, width int, a, b []float64) {
	for q, f := range a {
		row := dst[q*width : (q+1)*width]
		for k, v := range b[q : q+width] {
			row[k] += float64(f * v)
		}
	}
}

// outerSumsGo sets acc[r*GramWidth+c] to Σ_{i<n} a[i*stride+r] b[i*stride+c].
func outerSumsGo(acc *[gramRows * GramWidth]float64, a, b []float64, stride, n int) {
	clear(acc[:])
	for i := range n {
		row := b[i*stride:][:GramWidth]
		for r, f := range a[i*stride:][:gramRows] {
			sums := acc[r*GramWidth:][:GramWidth]
			for c, v := range row {
				sums[c] += float64(f * v)
			}
		}
	}
}

// outerSinglesGo sets acc[r*GramWidth+c] to Σ_{i<n} a[i*stride+r] b[i*stride+c].
func outerSinglesGo(acc *[SingleRows * GramWidth]float32, a, b []float32, stride, n int) {
	clear(acc[:])
	for i := range n {
		row := b[i*stride:][:GramWidth]
		for r, f := range a[i*stride:][:SingleRows] {
			sums := acc[r*GramWidth:][:GramWidth]
			for c, v := range row {
				sums[c] += float32(f * v)
			}
		}
	}
}
