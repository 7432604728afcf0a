package vary

import "math"

// design sets a to the row of the design matrix of output i of a band, times the root
// of its weight. values are the polynomials of the terms, and of the background, over
// the band.
func (f *fit) design(a []float64, b *band, i int, values [][]float64, w float64) {
	y, x := i/f.g.OutW, i%f.g.OutW
	root, t := math.Sqrt(w), 0
	for p := range f.orders {
		factor := root * values[p][i]
		for u := range f.g.KH {
			for _, v := range b.x[(y+u)*b.width()+x:][:f.g.KW] {
				a[t] = factor * v
				t++
			}
		}
	}
	for _, value := range values[len(f.orders):] {
		a[t] = root * value[i]
		t++
	}
}
