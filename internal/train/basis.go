package train

import "github.com/convkit/convkit/internal/legendre"

// Basis names the functions of a background: coefficient t multiplies P_i P_j with
// (i, j) = Orders[t].
type Basis struct {
	Functions string   `json:"functions"`
	Orders    [][2]int `json:"orders"`
}

// NewBasis returns the functions of a background of a degree.
func NewBasis(degree int) *Basis {
	return &Basis{Functions: "P_i((2x+1)/W - 1) P_j((2y+1)/H - 1): Legendre polynomials of column x and row y of Y, counted from 0, W x H its size", Orders: legendre.Orders(degree)}
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
