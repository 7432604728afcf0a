package accumulate

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Where there is a bias, an offset of the image changes the bias and no tap: with
// m taken from all values (those beyond the border too), Σ taps + bias is
//
//	aᵀk + b = (a − m)ᵀk + b',   b' = b + m Σk
//
// A mean that is large beside the contrast makes G nearly singular by the products
// of mean and mean, which hold nothing but rounding of the contrast. Sums are then
// made of a − m, and solved with; G itself is G = TᵀG'T with b' = Tb.

// shiftFrom is the ratio of mean and standard deviation from which sums are
// shifted: below it they lose less than three digits, and whole numbers stay
// whole.
const centreFrom = 16

// sampledRows is the rows of which mean and standard deviation are estimated.
const sampledRows = 32

// offset is the m that sums of x are shifted by; 0 where that gains nothing.
func meanToSubtract(x tensor.Source[float64]) (float64, error) {
	shape := x.Shape()
	buf := make([]float64, shape.W)
	var all normal.Moments
	for i := range sampledRows {
		row, err := x.Row(i%shape.Planes(), (2*i+1)*shape.H/(2*sampledRows), buf)
		if err != nil {
			return 0, err
		}
		for _, v := range row {
			if numeric.IsFinite(v) {
				all.Add(normal.Moments{Count: 1, Weight: 1, Mean: v})
			}
		}
	}
	if all.Count == 0 || math.Abs(all.Mean) < centreFrom*math.Sqrt(all.Variation/all.Weight) || all.Variation == 0 {
		return 0, nil
	}
	return all.Mean, nil
}

// inner returns weights as they are in shifted sums: Tw.
func (p *scan) toCentred(weights [][]float64) [][]float64 {
	if p.mean == 0 {
		return weights
	}
	c := p.layout.Taps()
	var list [][]float64
	for _, w := range weights {
		w = append([]float64(nil), w...)
		w[c] += p.mean * numeric.Sum(w[:c])
		list = append(list, w)
	}
	return list
}

// restore makes of shifted sums those that they stand for.
func (p *scan) uncentre(list []total) {
	if p.mean == 0 {
		return
	}
	c := p.layout.Taps()
	for _, t := range list {
		for k := range t.sys.Outputs() {
			grad := t.sys.Outputs()[k].Gradient
			for i := range c {
				grad[i] += p.mean * grad[c]
			}
		}
		if p.sumsG() {
			t.sys.UncentreMatrix(p.mean, c)
		}
	}
}
