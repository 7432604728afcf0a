package detect

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/intervals"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Hypothesis is a way in which Y may have been made of X, with the fit of the best
// kernel of that kind.
type Hypothesis struct {
	Options   corr.Options // padding, border, stride, dilation
	Kernel    corr.Size
	Bias      bool
	LinearRGB bool // both images were converted to linear RGB first
	// ShiftY and ShiftX are how many rows below and columns right of its usual
	// position the kernel stands. X was shifted up and left by that much.
	ShiftY, ShiftX int
	// AtEnd reports that the taps reach the end of the searched block, Tried: more
	// taps may lie beyond.
	AtEnd bool
	Tried corr.Size

	Windows int
	RMS     float64 // of the residuals, in stored values
	R2      float64
	// Score is the Bayesian information criterion, N ln RMS² + n ln N, for N
	// outputs and n unknowns. The odds between two are exp(difference/2).
	Score float64
}

// String describes the hypothesis in the words of the flags.
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

// Detection is the result of Detect: the hypotheses, best first. After the best one
// stands its twin by convolution, which explains as much with the kernel flipped.
type Detection struct {
	Rows []Hypothesis
	Best solve.Result      // the kernel of the first hypothesis
	Fit  *normal.Equations // the equations that it solves

	// Rounding is what Explain found; nil: nothing. Whole reports that Best and Fit are its
	// kernel, with the bounds of each tap.
	Rounding *intervals.Fit
	Whole    bool

	curve       string // a tone curve; "": none
	candidates  []Candidate
	float32Step float64 // see float32Step
}

// WithoutBias returns the detection among the hypotheses without a bias, for a bias that
// is too small to be meant. It is d itself if the first hypothesis has none.
func (d *Detection) WithoutBias() *Detection {
	first := d.candidates[0]
	if !first.Bias {
		return d
	}
	// The value of a constant border would take the place of the bias.
	mimics := func(f Candidate) bool {
		return f.Options.Border.Mode == corr.Constant && first.Options.Border != f.Options.Border
	}
	return ranked(slices.DeleteFunc(slices.Clone(d.candidates), func(f Candidate) bool { return f.Bias || mimics(f) }), d.float32Step)
}

// tieOdds are the odds below which two hypotheses explain Y equally well. The simpler is
// then taken.
const tieOdds = 3

// log10Odds returns the odds of h against o, as a power of ten.
func (h Hypothesis) log10Odds(o Hypothesis) float64 { return (o.Score - h.Score) / 2 / math.Ln10 }

// alike reports whether the scores do not distinguish h and o.
func (h Hypothesis) alike(o Hypothesis) bool {
	return math.Abs(h.log10Odds(o)) < math.Log10(tieOdds)
}

// overdetermined reports whether there are more outputs than unknowns. Otherwise a
// kernel explains any Y.
func (f Candidate) overdetermined() bool { return f.Windows > f.fit.Unknowns() }

// ranked sorts the hypotheses: the best first; of equally good ones, the simplest.
func ranked(rows []Candidate, step float64) *Detection {
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
	return detection(rows, step)
}

// simplicity orders equally good hypotheses. Earlier entries count more; less is
// simpler.
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
		slices.Index([]geometry.PaddingMode{corr.Valid, corr.Same, corr.Full, corr.Explicit}, h.Options.Padding.Mode),
		slices.Index(append(slices.Clone(borders), corr.Constant), h.Options.Border.Mode),
	}
}

func abs(v int) int { return max(v, -v) }

func detection(rows []Candidate, step float64) *Detection {
	det := &Detection{Best: rows[0].result, Fit: rows[0].fit, candidates: rows, float32Step: step}
	for i, r := range rows {
		det.Rows = append(det.Rows, r.Hypothesis)
		if i == 0 {
			r.Options.Convolve = true
			det.Rows = append(det.Rows, r.Hypothesis)
		}
	}
	return det
}

// sameWithoutBias reports whether h is o without a bias. That o explains as much says
// nothing against h.
func (h Hypothesis) sameWithoutBias(o Hypothesis) bool {
	o.Bias = false
	return !h.Bias && h.String() == o.String()
}
