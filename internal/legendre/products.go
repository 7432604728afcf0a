package legendre

// Products returns C with L_a L_b = Σ_c C[a][b][c] L_c for Legendre polynomials up to
// a degree in one variable: from L_0 L_b = L_b, by the recurrence of L_a and
//
//	ξ L_c = ((c+1) L_{c+1} + c L_{c−1}) / (2c+1)
func Products(degree int) [][][]float64 {
	size := 2*degree + 2
	times := func(v []float64) []float64 { // ξ times a sum of polynomials
		r := make([]float64, size)
		for c, f := range v {
			if f == 0 {
				continue
			}
			r[c+1] += f * float64(c+1) / float64(2*c+1)
			if c > 0 {
				r[c-1] += f * float64(c) / float64(2*c+1)
			}
		}
		return r
	}
	list := make([][][]float64, degree+1)
	for a := range list {
		for b := range degree + 1 {
			v := make([]float64, size)
			switch a {
			case 0:
				v[b] = 1
			default:
				last := times(list[a-1][b])
				for c := range v {
					v[c] = float64(2*a-1) * last[c] / float64(a)
					if a > 1 {
						v[c] -= float64(a-1) * list[a-2][b][c] / float64(a)
					}
				}
			}
			list[a] = append(list[a], v)
		}
	}
	return list
}
