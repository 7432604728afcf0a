package detect

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Hypothesis is a way in which Y may have been made of X, and how well the best
// kernel of that kind explains it.
type Hypothesis struct {
	Options   corr.Options // padding, border, stride, dilation
	Kernel    corr.Size
	Bias      bool
	LinearRGB bool // both images were taken to linear light (sRGB) first
	// ShiftY and ShiftX are how many rows below and columns right of its usual
	// place the kernel stands: by how much X was shifted up and left besides.
	ShiftY, ShiftX int
	// AtEnd tells that the block of taps ends where those that were looked at,
	// Tried, do: more may lie beyond.
	AtEnd bool
	Tried corr.Size

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
	s += train.StrideWords(h.Options)
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
	if h.LinearRGB {
		s += ", linear light"
	}
	return s
}

// Detection is what Detect found: the hypotheses, best first, each with what it
// leaves unexplained; Sure says how sure the first is. After the best stands
// its twin by convolution, which explains as much by the kernel turned about.
type Detection struct {
	Rows []Hypothesis
	Best solve.Result      // the kernel of the first
	Fit  *normal.Equations // of which it is the best

	candidates []Candidate
	single     float64 // see singleStep
}

// WithoutBias is the detection by the hypotheses that have no bias: for one that is
// too small to be meant. It is the detection itself where the first has none.
func (d *Detection) WithoutBias() *Detection {
	if !d.candidates[0].Bias {
		return d
	}
	return ranked(slices.DeleteFunc(slices.Clone(d.candidates), func(f Candidate) bool { return f.Bias }), d.single)
}

// tie is the odds below which two hypotheses explain y alike, and the simpler is
// taken.
const tie = 3

// log10Odds is what the scores say against o beside h, in powers of ten.
func (h Hypothesis) log10Odds(o Hypothesis) float64 { return (o.Score - h.Score) / 2 / math.Ln10 }

// alike tells whether the scores do not tell h and o apart.
func (h Hypothesis) alike(o Hypothesis) bool {
	return math.Abs(h.log10Odds(o)) < math.Log10(tie)
}

// settled tells whether there were more outputs than unknowns: else the kernel
// explains whatever y is.
func (f Candidate) overdetermined() bool { return f.Windows > f.fit.Unknowns() }

// ranked sorts the hypotheses: the best first, and of those that explain y as well
// as it the simplest.
func ranked(rows []Candidate, single float64) *Detection {
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		if a.overdetermined() != b.overdetermined() {
			return a.overdetermined()
		}
		return a.Score < b.Score
	})
	best, n := rows[0], 1
	for n < len(rows) && best.alike(rows[n].Hypothesis) && rows[n].overdetermined() == best.overdetermined() {
		n++
	}
	alike := rows[:n]
	sort.SliceStable(alike, func(i, j int) bool { return alike[i].simplicity().less(alike[j].simplicity()) })
	return detection(rows, single)
}

// simplicity orders hypotheses that explain y alike: what comes first counts most,
// and less is simpler.
type simplicity [7]int

func (a simplicity) less(b simplicity) bool { return slices.Compare(a[:], b[:]) < 0 }

func (h Hypothesis) simplicity() simplicity {
	count := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return simplicity{
		count(h.LinearRGB), count(h.Bias), h.Kernel.H * h.Kernel.W, abs(h.ShiftY) + abs(h.ShiftX),
		max(1, h.Options.Stride.H) * max(1, h.Options.Stride.W),
		slices.Index([]corr.PaddingMode{corr.Valid, corr.Same, corr.Full, corr.Explicit}, h.Options.Padding.Mode),
		slices.Index(borders, h.Options.Border.Mode),
	}
}

func abs(v int) int { return max(v, -v) }

func detection(rows []Candidate, single float64) *Detection {
	det := &Detection{Best: rows[0].result, Fit: rows[0].fit, candidates: rows, single: single}
	for i, r := range rows {
		det.Rows = append(det.Rows, r.Hypothesis)
		if i == 0 {
			r.Options.Convolve = true
			det.Rows = append(det.Rows, r.Hypothesis)
		}
	}
	return det
}

// within tells whether h is o without a bias: that o explains as much says
// nothing against h.
func (h Hypothesis) sameWithoutBias(o Hypothesis) bool {
	o.Bias = false
	return !h.Bias && h.String() == o.String()
}
