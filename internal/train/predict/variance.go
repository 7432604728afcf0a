package predict

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
)

// Map is an image in memory as float32: a prediction, or variances, of half the size that
// float64 would have.
type Map struct {
	shape tensor.Shape
	data  []float32
}

// NewMap returns a map of zeros.
func NewMap(s tensor.Shape) *Map { return &Map{s, make([]float32, s.Len())} }

// Shape returns its shape.
func (m *Map) Shape() tensor.Shape { return m.shape }

func (m *Map) row(p, y int) []float32 {
	return m.data[(p*m.shape.H+y)*m.shape.W:][:m.shape.W]
}

// Row returns row y of plane p in buf.
func (m *Map) Row(p, y int, buf []float64) ([]float64, error) {
	buf = buf[:m.shape.W]
	for i, v := range m.row(p, y) {
		buf[i] = float64(v)
	}
	return buf, nil
}

// Order is any.
func (m *Map) Order() tensor.Order { return tensor.AnyOrder }

// Put stores a band.
func (m *Map) Put(b tensor.Band[float64]) (func() error, error) {
	for r := range b.Rows {
		row := m.row(b.P, b.Y+r)
		for i, v := range b.Row(r) {
			row[i] = float32(v)
		}
	}
	return nil, nil
}

// Replace sets each value v to f(v).
func (m *Map) Replace(f func(v float64) float64) {
	for i, v := range m.data {
		m.data[i] = float32(f(float64(v)))
	}
}

// maxSamples bounds the outputs that Samples returns.
const maxSamples = 1 << 19

// detail is a filter that smooth images pass with next to nothing: the second difference
// along the rows of that along the columns. Independent noise of variance σ² leaves it
// with 36 σ². Source: Immerkær, Fast Noise Variance Estimation, Computer Vision and Image
// Understanding 64, 1996.
var detail = [3][3]float64{{1, -2, 1}, {-2, 4, -2}, {1, -2, 1}}

// Samples returns predictions and residuals of outputs spread evenly over a pair, for an
// estimate of the noise. The residuals are those of the detail of y less the prediction,
// over 6: a kernel that is slightly off leaves smooth residuals, which do not count. The
// predictions are means with the squares of the filter as weights. Outputs next to
// excluded ones are left out.
func Samples(ctx context.Context, pair train.Pair, prediction *Map) (values, residuals []float64, err error) {
	s := prediction.shape
	t := &sampler{prediction: prediction, excluded: WithoutExcluded(pair), from: From(pair.Y)}
	every, at := (s.Len()+maxSamples-1)/maxSamples, 0
	for plane := range s.Planes() {
		t.known = 0
		for y := range s.H {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			if err := t.next(plane, y); err != nil {
				return nil, nil, err
			}
			for ; t.known >= 3 && at+2 < s.W; at += every {
				if v, r := t.at(at); !math.IsNaN(r) {
					values, residuals = append(values, v), append(residuals, r)
				}
			}
			at %= every
		}
	}
	return values, residuals, nil
}

// sampler holds three rows of predictions and residuals.
type sampler struct {
	prediction     *Map
	excluded, from RowFunc
	known          int // rows of the plane so far
	p, r           [3][]float64
}

// next adds a row.
func (t *sampler) next(plane, y int) error {
	w := t.prediction.shape.W
	t.p, t.r = [3][]float64{t.p[1], t.p[2], make([]float64, w)}, [3][]float64{t.r[1], t.r[2], make([]float64, w)}
	t.known++
	p, err := t.prediction.Row(plane, y, t.p[2])
	if err != nil {
		return err
	}
	copy(t.r[2], p)
	if err := t.from(plane, y, t.r[2]); err != nil {
		return err
	}
	return t.excluded(plane, y, t.r[2])
}

// at returns the sample whose window begins in column x.
func (t *sampler) at(x int) (value, residual float64) {
	for i, row := range detail {
		for j, f := range row {
			value += f * f * t.p[i][x+j] / 36
			residual += f * t.r[i][x+j] / 6
		}
	}
	return value, residual
}
