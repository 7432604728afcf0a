package train

import (
	"fmt"
	"math"
	"sort"

	"github.com/convkit/convkit/internal/corr"
)

// Hypothesis is a way in which Y may have been made of X, and how well the best
// kernel of that kind explains it.
type Hypothesis struct {
	Options corr.Options // padding, border, stride, dilation
	Kernel  corr.Size
	Bias    bool
	Light   bool // both images were taken to linear light (sRGB) first
	// ShiftY and ShiftX are how many rows below and columns right of its usual
	// place the kernel stands: by how much X was shifted up and left besides.
	ShiftY, ShiftX int

	Windows int
	RMS     float64 // of the residuals, in stored values
	R2      float64
	// Score is N ln RMS² + n ln N for N outputs and n unknowns, the Bayesian
	// information criterion: the odds between two are exp(difference/2).
	Score float64
}

// String gives the hypothesis in the words of the flags.
func (h Hypothesis) String() string {
	s := fmt.Sprintf("padding %v", h.Options.Padding)
	if h.Options.Padding.Mode != corr.Valid {
		s += fmt.Sprintf(", border %v", h.Options.Border)
	}
	if h.Options.Convolve {
		s += ", convolution"
	}
	s += fmt.Sprintf(", kernel %v", h.Kernel)
	if h.ShiftY != 0 || h.ShiftX != 0 {
		s += fmt.Sprintf(" shifted by %d,%d", h.ShiftY, h.ShiftX)
	}
	if h.Bias {
		s += ", bias"
	}
	if h.Light {
		s += ", linear light"
	}
	return s
}

// Detection is what Detect found: the hypotheses, best first, each with what it
// leaves unexplained, and how sure the first is, in words. After the best stands
// its twin by convolution, which explains as much by the kernel turned about.
type Detection struct {
	Rows []Hypothesis
	Sure string
	Best Result      // the kernel of the first
	Fit  *Statistics // of which it is the best

	found []found
}

// WithoutBias is the detection led by the same hypothesis as its first, but
// without a bias: for a bias that is too small to be meant. It is the detection
// itself where there is none such.
func (d *Detection) WithoutBias() *Detection {
	for i, f := range d.found {
		if d.found[0].Bias && f.within(d.found[0].Hypothesis) {
			list := append([]found{f}, append(append([]found(nil), d.found[:i]...), d.found[i+1:]...)...)
			return detection(list)
		}
	}
	return d
}

// finish sorts the hypotheses and says how sure the best is.
func (d *detector) finish() (*Detection, error) {
	if len(d.rows) == 0 {
		return nil, fmt.Errorf("x is %dx%d and y is %dx%d: no padding leads from the one to the other%s", d.x.H, d.x.W, d.y.H, d.y.W, otherPaddings(d.x.H, d.x.W, d.y.H, d.y.W, corr.Options{Padding: corr.Padding{Mode: corr.Explicit}, Stride: d.spec.Options.Stride, Dilation: d.spec.Options.Dilation}))
	}
	sort.SliceStable(d.rows, func(i, j int) bool { return d.rows[i].Score < d.rows[j].Score })
	return detection(d.rows), nil
}

func detection(rows []found) *Detection {
	det := &Detection{Best: rows[0].result, Fit: rows[0].fit, found: rows}
	for i, r := range rows {
		det.Rows = append(det.Rows, r.Hypothesis)
		if i == 0 {
			r.Options.Convolve = true
			det.Rows = append(det.Rows, r.Hypothesis)
		}
	}
	det.Sure = sure(det.Rows)
	return det
}

// within tells whether h is o without a bias: that o explains as much says
// nothing against h.
func (h Hypothesis) within(o Hypothesis) bool {
	o.Bias = false
	return !h.Bias && h.String() == o.String()
}

// sure compares the first hypothesis with the next that is not its twin.
func sure(rows []Hypothesis) string {
	const twin = "correlation and convolution explain y alike, with kernels turned about"
	i := 2
	for i < len(rows) && rows[0].within(rows[i]) {
		i++
	}
	if i >= len(rows) {
		return "nothing else leads from x to y; " + twin
	}
	odds := (rows[i].Score - rows[0].Score) / 2 / math.Ln10
	next := rows[i].String()
	switch {
	case odds < 0.5:
		return fmt.Sprintf("the images cannot tell it from the next (%s); %s", next, twin)
	case odds < 2:
		return fmt.Sprintf("likely: %.0f to 1 against the next (%s); %s", math.Pow(10, odds), next, twin)
	case odds < 6:
		return fmt.Sprintf("all but certain: %.0f to 1 against the next (%s); %s", math.Pow(10, odds), next, twin)
	}
	return fmt.Sprintf("certain: more than a million to 1 against the next (%s); %s", next, twin)
}
