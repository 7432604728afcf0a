package varying

import (
	"github.com/convkit/convkit/internal/legendre"
)

// Squared returns the kernel whose taps are the squares of those of k at each place,
// without bias and background:
//
//	K(u; y, x)² = Σ_p Σ_q K_p(u) K_q(u) P_p(y, x) P_q(y, x)
//
// A product of polynomials of degree N is a sum of those of degree 2N. If an image has
// the variances of independent pixels, this kernel gives the variance of the result.
func (k *Kernel) Squared() *Kernel {
	degree := k.Field.Degree
	s := &Kernel{Field: legendre.Field{Degree: 2 * degree, H: k.Field.H, W: k.Field.W}, H: k.H, W: k.W}
	number := map[[2]int]int{}
	for t, o := range legendre.Orders(2 * degree) {
		number[o] = t
		s.Taps = append(s.Taps, make([]float64, k.H*k.W))
	}
	c, orders := legendre.Products(degree), legendre.Orders(degree)
	for p, a := range orders {
		for q, b := range orders {
			for i, fx := range c[a[0]][b[0]] {
				for j, fy := range c[a[1]][b[1]] {
					if fx == 0 || fy == 0 {
						continue
					}
					taps := s.Taps[number[[2]int{i, j}]]
					for u := range taps {
						taps[u] += float64(fx * fy * k.Taps[p][u] * k.Taps[q][u])
					}
				}
			}
		}
	}
	return s
}
