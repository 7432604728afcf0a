package vary

import (
	"github.com/convkit/convkit/internal/train"
)

// Field is the polynomials of the place of an output, over a result of H x W outputs:
//
//	P_p(y, x) = P_i((2x+1)/W − 1) P_j((2y+1)/H − 1)    i + j <= Degree
//
// with P_i Legendre's, in the order j = 0: i = 0, 1, …; j = 1: …. The first is 1.
type Field struct{ Degree, H, W int }

// Terms is the number of polynomials, (Degree+1)(Degree+2)/2.
func (f Field) Terms() int { return terms(f.Degree) }

func terms(degree int) int { return (degree + 1) * (degree + 2) / 2 }

// Orders has (i, j) of each polynomial.
func (f Field) Orders() [][2]int { return train.NewBasis(f.Degree).Orders }

// At returns the polynomials at the output (y, x).
func (f Field) At(y, x int) []float64 {
	var list []float64
	for _, o := range f.Orders() {
		list = append(list, train.Legendre(o[0], x, f.W)*train.Legendre(o[1], y, f.H))
	}
	return list
}

// rows makes the polynomials of a row of outputs, faster than At.
type rows struct {
	Field
	along [][]float64 // P_i of each column
}

func newRows(f Field) *rows {
	r := &rows{Field: f}
	for i := range f.Degree + 1 {
		row := make([]float64, f.W)
		for x := range row {
			row[x] = train.Legendre(i, x, f.W)
		}
		r.along = append(r.along, row)
	}
	return r
}

// set sets dst to polynomial (i, j) of row y.
func (r *rows) set(dst []float64, order [2]int, y int) {
	f := train.Legendre(order[1], y, r.H)
	for x, v := range r.along[order[0]] {
		dst[x] = f * v
	}
}

// products returns C with L_a L_b = Σ_c C[a][b][c] L_c for Legendre polynomials up to
// a degree in one variable: from L_0 L_b = L_b, by the recurrence of L_a and
//
//	ξ L_c = ((c+1) L_{c+1} + c L_{c−1}) / (2c+1)
func products(degree int) [][][]float64 {
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
