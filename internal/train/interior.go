package train

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// Inside excludes the outputs within margin of an edge of Y.
func (p Pair) Inside(margin corr.Size) Pair {
	if margin != (corr.Size{}) {
		p.Mask = interior{p.Y.Shape(), margin, p.Mask}
	}
	return p
}

// interior is a mask: zero within margin of an edge, elsewhere the value of mask,
// or one if there is no mask.
type interior struct {
	shape  tensor.Shape
	margin corr.Size
	mask   tensor.Source[float64]
}

func (m interior) Shape() tensor.Shape { return m.shape }

func (m interior) Row(p, y int, buf []float64) ([]float64, error) {
	buf = buf[:m.shape.W]
	for i := range buf {
		buf[i] = 1
	}
	if m.mask != nil {
		row, err := m.mask.Row(p%m.mask.Shape().Planes(), y, buf)
		if err != nil {
			return nil, err
		}
		copy(buf, row)
	}
	for i := range buf {
		if y < m.margin.H || y >= m.shape.H-m.margin.H || i < m.margin.W || i >= m.shape.W-m.margin.W {
			buf[i] = 0
		}
	}
	return buf, nil
}
