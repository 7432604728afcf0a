package accumulate

import (
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/lagvec"
)

// background has the values of what is added to the correlation: a bias, or a
// polynomial of the output's position, as products of Legendre polynomials
//
//	P_i(ξ) P_j(η)   i + j <= degree,   ξ = (2x+1)/W − 1,   η = (2y+1)/H − 1
//
// in the order j = 0: i = 0, 1, …; j = 1: … The first is the constant.
type background struct {
	layout train.Layout
	outH   int
	along  [][]float64 // P_i(ξ) for each column
	rows   [][]float64 // of the current row of outputs
}

func newBackground(l train.Layout, outH, outW int) background {
	b := background{layout: l, outH: outH}
	if l.BackgroundTerms() == 0 {
		return b
	}
	for i := range l.Spec.Background + 1 {
		row := make([]float64, outW)
		for x := range row {
			row[x] = legendre.At(i, x, outW)
		}
		b.along = append(b.along, row)
	}
	for range l.BackgroundTerms() {
		b.rows = append(b.rows, lagvec.NewVector(outW))
	}
	copy(b.rows[0], b.along[0])
	return b
}

// row computes the functions of output row oy.
func (b *background) row(oy int) {
	if len(b.rows) < 2 {
		return
	}
	d, t := b.layout.Spec.Background, 0
	for j := range d + 1 {
		f := legendre.At(j, oy, b.outH)
		for i := range d + 1 - j {
			for x, v := range b.along[i] {
				b.rows[t][x] = f * v
			}
			t++
		}
	}
}
