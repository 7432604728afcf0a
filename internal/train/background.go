package train

// background is what is added to the correlation: a bias, or a slow polynomial
// of the place, as products of Legendre polynomials
//
//	P_i(ξ) P_j(η)   i + j <= degree,   ξ = (2x+1)/W − 1,   η = (2y+1)/H − 1
//
// in the order j = 0: i = 0, 1, …; j = 1: … The first is the constant.
type background struct {
	layout layout
	outH   int
	along  [][]float64 // P_i(ξ) for each column
	rows   [][]float64 // of the current row of outputs
}

// Basis names the functions of a background: coefficient t belongs to P_i P_j with
// (i, j) = Orders[t].
type Basis struct {
	Functions string   `json:"functions"`
	Orders    [][2]int `json:"orders"`
}

func newBasis(degree int) *Basis {
	b := &Basis{Functions: "P_i((2x+1)/W - 1) P_j((2y+1)/H - 1): Legendre polynomials of column x and row y of Y, counted from 0, W x H its size"}
	for j := range degree + 1 {
		for i := range degree + 1 - j {
			b.Orders = append(b.Orders, [2]int{i, j})
		}
	}
	return b
}

// background is the number of functions: 0 without a bias.
func (l layout) background() int {
	switch d := l.spec.Background; {
	case d > 0:
		return (d + 1) * (d + 2) / 2
	case l.spec.Bias:
		return 1
	}
	return 0
}

func newBackground(l layout, outH, outW int) background {
	b := background{layout: l, outH: outH}
	if l.background() == 0 {
		return b
	}
	for i := range l.spec.Background + 1 {
		row := make([]float64, outW)
		for x := range row {
			row[x] = legendre(i, x, outW)
		}
		b.along = append(b.along, row)
	}
	for range l.background() {
		b.rows = append(b.rows, vector(outW))
	}
	copy(b.rows[0], b.along[0])
	return b
}

// row computes the functions of output row oy.
func (b *background) row(oy int) {
	if len(b.rows) < 2 {
		return
	}
	d, t := b.layout.spec.Background, 0
	for j := range d + 1 {
		f := legendre(j, oy, b.outH)
		for i := range d + 1 - j {
			for x, v := range b.along[i] {
				b.rows[t][x] = f * v
			}
			t++
		}
	}
}

// legendre is P_i at the middle of cell x of n on [-1, 1]:
// (k+1) P_{k+1} = (2k+1) ξ P_k − k P_{k−1}.
func legendre(i, x, n int) float64 {
	xi := float64(2*x+1)/float64(n) - 1
	last, p := 0.0, 1.0
	for k := range i {
		last, p = p, (float64(2*k+1)*xi*p-float64(k)*last)/float64(k+1)
	}
	return p
}
