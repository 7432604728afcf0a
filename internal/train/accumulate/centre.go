package accumulate

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Where the mean of x is large beside its contrast, the sums are made of x less that
// mean: see normal/centred.go. A fit without a bias is then summed with a constant,
// which hide takes from the unknowns: see normal/pedestal.go.

// centreFrom is the ratio of mean and standard deviation above which x is centred.
// Below it the sums lose less than three digits, and whole numbers stay whole.
const centreFrom = 16

// sampledRows is the number of rows from which mean and deviation are estimated.
const sampledRows = 32

// meanToSubtract returns the mean that is taken from x; 0 if that gains nothing.
func meanToSubtract(x tensor.Source[float64]) (float64, error) {
	all, err := sampleMoments(x)
	if err != nil || all.Count == 0 || math.Abs(all.Mean) < centreFrom*math.Sqrt(all.Variation/all.Weight) || all.Variation == 0 {
		return 0, err
	}
	return all.Mean, nil
}

// sampleMoments are the moments of the finite values of some rows of an image.
func sampleMoments(x tensor.Source[float64]) (all normal.Moments, err error) {
	shape := x.Shape()
	buf := make([]float64, shape.W)
	for i := range sampledRows {
		row, err := x.Row(i%shape.Planes(), (2*i+1)*shape.H/(2*sampledRows), buf)
		if err != nil {
			return all, err
		}
		if numeric.IsFinite(numeric.Sum(row)) {
			all.Add(normal.MomentsOf(row))
			continue
		}
		for _, v := range row {
			if numeric.IsFinite(v) {
				all.Add(normal.Moments{Count: 1, Weight: 1, Mean: v})
			}
		}
	}
	return all, nil
}

// toCentred returns the unknowns of centred sums, Tw.
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

// uncentre turns centred sums into those of x.
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

// extendOrigin gives the hidden constant its place among the unknowns of the origin.
func (p *scan) extendOrigin() {
	if !p.hidden || p.origin == nil {
		return
	}
	var list [][]float64
	for _, w := range p.origin {
		if len(w) == p.outer.Unknowns() {
			extended := lagvec.NewVector(len(w) + 1)
			copy(extended, w)
			w = extended
		}
		list = append(list, w)
	}
	p.origin = list
}

// hide returns the sums in the unknowns of the fit.
func (p *scan) hide(st *normal.Equations) *normal.Equations {
	if !p.hidden {
		return st
	}
	return st.HideConstant(p.outer)
}
