package predict

import (
	"slices"

	"github.com/convkit/convkit/internal/tensor"
)

// Flipped returns an n x n matrix of unknowns for kernels that are flipped: each block of
// so many taps, one after the other from the first unknown on, is in reverse order.
func Flipped(m []float64, n int, blocks []int) []float64 {
	from := make([]int, n)
	for i := range from {
		from[i] = i
	}
	at := 0
	for _, size := range blocks {
		slices.Reverse(from[at : at+size])
		at += size
	}
	r := make([]float64, n*n)
	for i, a := range from {
		for j, b := range from {
			r[i*n+j] = m[a*n+b]
		}
	}
	return r
}

// Planes returns a map of one plane as one of so many equal planes. A map of several
// planes is returned as it is.
func Planes(m tensor.Source[float64], planes int) tensor.Source[float64] {
	if m.Shape().C == planes || m.Shape().Planes() != 1 {
		return m
	}
	return repeated{m, planes}
}

type repeated struct {
	tensor.Source[float64]
	planes int
}

func (r repeated) Shape() tensor.Shape {
	s := r.Source.Shape()
	s.C = r.planes
	return s
}

func (r repeated) Row(_, y int, buf []float64) ([]float64, error) { return r.Source.Row(0, y, buf) }

// Block returns the first m x m entries of an n x n matrix.
func Block(c []float64, n, m int) []float64 {
	r := make([]float64, 0, m*m)
	for i := range m {
		r = append(r, c[i*n:i*n+m]...)
	}
	return r
}

// Combined returns the covariance of the taps Σ_p f_p K_p of a kernel that varies, from
// the n x n one of all K_p, term after term with taps taps each, and what follows them.
func Combined(c []float64, n, taps int, f []float64) []float64 {
	r := make([]float64, taps*taps)
	for p, a := range f {
		for q, b := range f {
			for u := range taps {
				row := c[(p*taps+u)*n+q*taps:][:taps]
				for v, w := range row {
					r[u*taps+v] += a * b * w
				}
			}
		}
	}
	return r
}
