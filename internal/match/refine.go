package match

import "github.com/convkit/convkit/internal/tensor"

// refine moves a peak to the top of the paraboloid
//
//	f(y, x) = a + by + cx + dy² + eyx + fx²
//
// that fits its element and the eight around it best: least squares with a weight
// of 1 for the element itself, 1/4 beside it and 1/16 across, which on photographs
// is right more often than even weights or an exact fit of the middle. A peak
// stays where it is at the edge of the scores, where the fit has no top within one
// element, and where its window equals the template.
func refine[T tensor.Float](scores *tensor.Dense[T], score Score, p Peak) Peak {
	s := scores.Shape()
	best, bounded := score.best()
	const equal = 1e-9
	if bounded && max(p.Score-best, best-p.Score) <= equal || p.Row == 0 || p.Col == 0 || p.Row == s.H-1 || p.Col == s.W-1 {
		return p
	}
	weight := [3]float64{0.25, 1, 0.25}
	var b, c, d, e, f float64
	for i := -1.0; i <= 1; i++ {
		for j := -1.0; j <= 1; j++ {
			v := weight[int(i)+1] * weight[int(j)+1] * score.sign() * float64(scores.Data[(p.Row+int(i))*s.W+p.Col+int(j)])
			// Under these weights all terms but the constant are orthogonal
			// once 1/3, the mean of a square, is taken off the squares.
			b += float64(v * i / 0.75)
			c += float64(v * j / 0.75)
			d += float64(v * (2*float64(i*i) - 2.0/3))
			e += float64(v * i * j / 0.25)
			f += float64(v * (2*float64(j*j) - 2.0/3))
		}
	}
	det := float64(4*d*f) - float64(e*e)
	if !(det > 0 && d < 0) {
		return p
	}
	y, x := (float64(e*c)-float64(2*f*b))/det, (float64(e*b)-float64(2*d*c))/det
	if max(y, -y, x, -x) <= 1 {
		p.Y, p.X = p.Y+y, p.X+x
	}
	return p
}
