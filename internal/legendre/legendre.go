// Package legendre has Legendre's polynomials of the place in a picture: of backgrounds,
// and of kernels that vary over the field. Beside powers of pixels, which are nearly the
// same as each other, they are nearly orthogonal.
package legendre

// At returns P_i at the centre of cell x of n cells on [-1, 1], by
// (k+1) P_{k+1} = (2k+1) ξ P_k − k P_{k−1} with ξ = (2x+1)/n − 1.
func At(i, x, n int) float64 {
	xi := float64(2*x+1)/float64(n) - 1
	last, p := 0.0, 1.0
	for k := range i {
		last, p = p, (float64(float64(2*k+1)*xi*p)-float64(float64(k)*last))/float64(k+1)
	}
	return p
}

// Orders are (i, j) with i + j <= degree, in the order j = 0: i = 0, 1, …; j = 1: ….
func Orders(degree int) (list [][2]int) {
	for j := range degree + 1 {
		for i := range degree + 1 - j {
			list = append(list, [2]int{i, j})
		}
	}
	return list
}

// Field is the polynomials of the place over H x W cells,
//
//	P_i((2x+1)/W − 1) P_j((2y+1)/H − 1)
//
// by Orders(Degree). The first is 1.
type Field struct{ Degree, H, W int }

// Terms is the number of polynomials, (Degree+1)(Degree+2)/2.
func (f Field) Terms() int { return (f.Degree + 1) * (f.Degree + 2) / 2 }

// At returns the polynomials in the cell (y, x).
func (f Field) At(y, x int) []float64 {
	var list []float64
	for _, o := range Orders(f.Degree) {
		list = append(list, At(o[0], x, f.W)*At(o[1], y, f.H))
	}
	return list
}

// Rows makes the polynomials of whole rows of a field.
type Rows struct {
	Field
	Along [][]float64 // P_i of each column
}

// NewRows returns those of a field.
func NewRows(f Field) *Rows {
	r := &Rows{Field: f}
	for i := range f.Degree + 1 {
		row := make([]float64, f.W)
		for x := range row {
			row[x] = At(i, x, f.W)
		}
		r.Along = append(r.Along, row)
	}
	return r
}

// Set sets dst to the polynomial of orders (i, j) in row y.
func (r *Rows) Set(dst []float64, order [2]int, y int) {
	f := At(order[1], y, r.H)
	for x, v := range r.Along[order[0]] {
		dst[x] = f * v
	}
}
