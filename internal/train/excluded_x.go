package train

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// ExcludesX reports whether some pixels of X may be excluded.
func (p Pair) ExcludesX() bool { return p.XMask != nil || p.XLimit != nil }

// WithoutExcludedX returns the pair with NaN in place of the excluded pixels of X, so
// that outputs which see one do not count.
func (p Pair) WithoutExcludedX() Pair {
	if p.ExcludesX() {
		p.X = excludedX{p.X, p.XMask, p.XLimit}
	}
	return p
}

type excludedX struct {
	tensor.Source[float64]
	mask  tensor.Source[float64]
	limit *float64
}

func (x excludedX) Row(p, y int, buf []float64) ([]float64, error) {
	row, err := x.Source.Row(p, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:copy(buf, row)] // row may be the image's own memory
	if x.limit != nil {
		for i, v := range buf {
			if v >= *x.limit {
				buf[i] = math.NaN()
			}
		}
	}
	if x.mask == nil {
		return buf, nil
	}
	mask, err := x.mask.Row(p%x.mask.Shape().Planes(), y, make([]float64, len(buf)))
	if err != nil {
		return nil, err
	}
	for i, v := range mask {
		if v == 0 || v != v {
			buf[i] = math.NaN()
		}
	}
	return buf, nil
}
