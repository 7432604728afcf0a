package match

import "github.com/convkit/convkit/internal/tensor"

// pairwise are moments without cancellation: the number, the mean and the sum
// of squared deviations of a window are put together from those of its parts,
//
//	m = m_a + δ n_b/n    M = M_a + M_b + δ² n_a n_b/n    δ = m_b - m_a
//
// (Chan, Golub and LeVeque 1979), along rows and then along columns, each by
// doubling. All that is added is positive, so that M errs by some 4 log2(n)
// roundoffs of its own size, whatever stands beside the window; and it is exactly
// 0 where the window is constant.
type pairwise struct {
	cols, stride int
	n            float64
	mean, m2     []float64
	sum          []float64
	largest      float64
}

// newPairwise computes the moments of all windows of a region. The steps of
// doubling follow the binary digits of the window's size from the highest: a sum
// of 2a is two of a, and one of 2a+1 has another element beside it.
func newPairwise[N tensor.Float](x []N, stride, rows, cols, kh, kw int) *pairwise {
	p := &pairwise{cols: cols - kw + 1, stride: cols, n: float64(kh * kw), mean: make([]float64, rows*cols), m2: make([]float64, rows*cols)}
	p.sum = make([]float64, p.cols)
	for y := range rows {
		for i, v := range x[y*stride:][:cols] {
			p.mean[y*cols+i] = float64(v)
		}
	}
	// In place: row y holds its windows at its beginning, rows cols apart.
	single := make([]float64, cols)
	for y := range rows {
		mean, m2 := p.mean[y*cols:][:cols], p.m2[y*cols:][:cols]
		copy(single, mean)
		double(kw, func(a int) {
			for i := 0; i+2*a <= cols; i++ {
				mean[i], m2[i] = merge(mean[i], m2[i], float64(a), mean[i+a], m2[i+a], float64(a))
			}
		}, func(a int) {
			for i := 0; i+a < cols; i++ {
				mean[i], m2[i] = merge(mean[i], m2[i], float64(a), single[i+a], 0, 1)
			}
		})
	}
	singles, singles2 := append([]float64(nil), p.mean...), append([]float64(nil), p.m2...)
	k := float64(kw)
	double(kh, func(a int) {
		for y := 0; y+2*a <= rows; y++ {
			p.mergeRows(y*cols, p.mean[(y+a)*cols:], p.m2[(y+a)*cols:], k*float64(a), k*float64(a))
		}
	}, func(a int) {
		for y := 0; y+a < rows; y++ {
			p.mergeRows(y*cols, singles[(y+a)*cols:], singles2[(y+a)*cols:], k*float64(a), k)
		}
	})
	return p
}

// mergeRows puts the windows of a row together with those of another.
func (p *pairwise) mergeRows(at int, mean, m2 []float64, na, nb float64) {
	a, a2 := p.mean[at:][:p.cols], p.m2[at:][:p.cols]
	for i := range a {
		a[i], a2[i] = merge(a[i], a2[i], na, mean[i], m2[i], nb)
	}
}

func (p *pairwise) row(r int) (sum, variance []float64) {
	for i, m := range p.mean[r*p.stride:][:p.cols] {
		p.sum[i] = p.n * m
		p.largest = max(p.largest, float64(p.n*m*m)+p.m2[r*p.stride+i])
	}
	return p.sum, p.m2[r*p.stride:][:p.cols]
}

func (p *pairwise) peak() float64 { return p.largest }

// double reaches n from 1: twice(a) makes 2a of a, another(a) makes a+1 of a.
func double(n int, twice, another func(a int)) {
	top := 0
	for n>>(top+1) > 0 {
		top++
	}
	a := 1
	for bit := top - 1; bit >= 0; bit-- {
		twice(a)
		a *= 2
		if n>>bit&1 == 1 {
			another(a)
			a++
		}
	}
}

func merge(ma, va, na, mb, vb, nb float64) (mean, m2 float64) {
	d, n := mb-ma, na+nb
	return ma + float64(d*(nb/n)), va + vb + float64(d*d*(na*nb/n))
}
