package train

// Basis names the functions of a background: coefficient t multiplies P_i P_j with
// (i, j) = Orders[t].
type Basis struct {
	Functions string   `json:"functions"`
	Orders    [][2]int `json:"orders"`
}

// NewBasis returns the functions of a background of a degree.
func NewBasis(degree int) *Basis {
	b := &Basis{Functions: "P_i((2x+1)/W - 1) P_j((2y+1)/H - 1): Legendre polynomials of column x and row y of Y, counted from 0, W x H its size"}
	for j := range degree + 1 {
		for i := range degree + 1 - j {
			b.Orders = append(b.Orders, [2]int{i, j})
		}
	}
	return b
}

// BackgroundTerms returns the number of functions of the background: 0 without one,
// 1 for a bias.
func (l Layout) BackgroundTerms() int {
	switch d := l.Spec.Background; {
	case d > 0:
		return (d + 1) * (d + 2) / 2
	case l.Spec.Bias:
		return 1
	}
	return 0
}

// Legendre returns P_i at the centre of cell x of n cells on [-1, 1], by
// (k+1) P_{k+1} = (2k+1) ξ P_k − k P_{k−1} with ξ = (2x+1)/n − 1.
func Legendre(i, x, n int) float64 {
	xi := float64(2*x+1)/float64(n) - 1
	last, p := 0.0, 1.0
	for k := range i {
		last, p = p, (float64(2*k+1)*xi*p-float64(k)*last)/float64(k+1)
	}
	return p
}
