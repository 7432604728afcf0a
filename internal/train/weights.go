package train

import "github.com/convkit/convkit/internal/tensor"

// InverseVariances returns the weights 1/v of outputs with variances v. A variance
// of 0 gives the weight 0, which excludes the output.
func InverseVariances(v tensor.Source[float64]) tensor.Source[float64] { return inverse{v} }

// Constant returns an image whose values are all v.
func Constant(s tensor.Shape, v float64) tensor.Source[float64] { return constant{s, v} }

type constant struct {
	shape tensor.Shape
	v     float64
}

func (c constant) Shape() tensor.Shape { return c.shape }

func (c constant) Row(_, _ int, buf []float64) ([]float64, error) {
	buf = buf[:c.shape.W]
	for i := range buf {
		buf[i] = c.v
	}
	return buf, nil
}

// ConstantValue returns the value of an image made by Constant.
func ConstantValue(s tensor.Source[float64]) (v float64, ok bool) {
	c, ok := s.(constant)
	return c.v, ok
}

type inverse struct{ tensor.Source[float64] }

func (m inverse) Row(p, y int, buf []float64) ([]float64, error) {
	row, err := m.Source.Row(p, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:len(row)]
	for i, v := range row {
		buf[i] = 0
		if v != 0 {
			buf[i] = 1 / v
		}
	}
	return buf, nil
}
