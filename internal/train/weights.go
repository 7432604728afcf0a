package train

import "github.com/convkit/convkit/internal/tensor"

// InverseVariances returns the weights 1/v of outputs with variances v. A variance
// of 0 gives the weight 0, which excludes the output.
func InverseVariances(v tensor.Source[float64]) tensor.Source[float64] { return inverse{v} }

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
