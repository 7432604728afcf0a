package kernel

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/convkit/convkit/internal/tensor"
)

// Facts are what the taps of a kernel tell by themselves.
type Facts struct {
	// Rank is the number of singular values above the noise; 1 is separable: a
	// column times a row. Share is the part of the sum of squares that the
	// nearest separable kernel holds. Both are 0 where that was not looked for, in
	// kernels of more than 256 rows and columns.
	Rank  int
	Share float64

	// Sum is what the kernel answers to a flat image of 1.
	Sum float64

	// CentreY and CentreX are the row and the column of the centre of mass,
	// counted from 0: the sums of tap times place over Sum. HasCentre is
	// false where Sum is 0 or lost in the noise, and where taps of both signs put
	// the centre outside of the kernel.
	HasCentre        bool
	CentreY, CentreX float64
}

// negligible is the part of the largest singular value, or of the sum of the
// taps' sizes, that counts as zero where nothing is known of the noise. A fit
// leaves up to 1e-8.
const negligible = 1e-5

// rankedSide is the shorter side up to which the rank is looked for: the time of
// a decomposition grows with its cube (a random kernel of 256x256 takes 8 ms).
const rankedSide = 256

// factsOf looks at a kernel of one plane; of others it gives the sum alone.
func factsOf(k tensor.Kernel, se []float64) Facts {
	var f Facts
	size, variance := 0.0, 0.0
	for _, v := range k.Taps {
		f.Sum += v
		size += math.Abs(v)
	}
	for _, e := range se {
		variance += e * e
	}
	if k.Out*k.In != 1 || size == 0 || notFinite(size) {
		return f
	}
	if math.Abs(f.Sum) < float64(len(k.Taps))*0x1p-53*size {
		f.Sum = 0 // rounding
	}
	f.HasCentre = math.Abs(f.Sum) > math.Max(negligible*size, 3*math.Sqrt(variance))
	if f.HasCentre {
		for i, v := range k.Taps {
			f.CentreY += v / f.Sum * float64(i/k.W)
			f.CentreX += v / f.Sum * float64(i%k.W)
		}
		f.CentreY, f.CentreX = rounded(f.CentreY), rounded(f.CentreX)
		if f.CentreY < 0 || f.CentreX < 0 || f.CentreY > float64(k.H-1) || f.CentreX > float64(k.W-1) {
			f.HasCentre, f.CentreY, f.CentreX = false, 0, 0
		}
	}
	if min(k.H, k.W) > rankedSide {
		return f
	}
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(k.H, k.W, k.Taps), mat.SVDNone) {
		return f
	}
	values := svd.Values(nil)
	// The largest singular value of pure noise is about e (√H + √W), e its
	// standard deviation; half as much again is beyond chance.
	noise := 1.5 * math.Sqrt(variance/float64(k.H*k.W)) * (math.Sqrt(float64(k.H)) + math.Sqrt(float64(k.W)))
	squares := 0.0
	for _, s := range values {
		squares += s / values[0] * (s / values[0])
		if s > math.Max(negligible*values[0], noise) {
			f.Rank++
		}
	}
	f.Share = 1 / squares
	return f
}

// Describe gives the facts in words, one line each.
func (m Match) Describe() []string {
	var lines []string
	switch {
	case m.Rank == 1:
		lines = append(lines, "separable: a column times a row")
	case m.Rank > 1:
		lines = append(lines, fmt.Sprintf("of rank %d, not separable; the nearest separable kernel holds %.6g %% of its square", m.Rank, 100*m.Share))
	}
	lines = append(lines, fmt.Sprintf("sums to %.6g", m.Sum))
	if m.HasCentre {
		lines = append(lines, fmt.Sprintf("centre of mass at row %.4g, column %.4g, counted from 0", m.CentreY, m.CentreX))
	}
	if s := shiftText(m.ShiftY, m.ShiftX); s != "" {
		lines = append(lines, "reads "+s+" its middle")
	}
	return lines
}

// shiftText gives a place in words, "1 row below and 0.5 columns left of", or "".
func shiftText(y, x float64) string {
	var parts []string
	add := func(v float64, one, more, positive, negative string) {
		word, side := more, positive
		if v < 0 {
			side = negative
		}
		if math.Abs(v) == 1 {
			word = one
		}
		if v != 0 {
			parts = append(parts, fmt.Sprintf("%.4g %s %s", math.Abs(v), word, side))
		}
	}
	add(y, "row", "rows", "below", "above")
	add(x, "column", "columns", "right of", "left of")
	return strings.Join(parts, " and ")
}

// rounded takes the dust of arithmetic off a place.
func rounded(v float64) float64 { return math.Round(v*1e6)/1e6 + 0 }
