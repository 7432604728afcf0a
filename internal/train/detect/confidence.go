package detect

import (
	"fmt"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Where rounding cannot be tested output by output, the best hypothesis explains Y if its
// residual is at most explainedFloor times the rounding error, or explainedSums times
// that of float32, whose sums over the taps round more than once. If Y is not known to be rounded, explainedPart of its RMS leaves room
// for the arithmetic of float64.
const (
	explainedFloor = 1.1
	explainedSums  = 2
	explainedPart  = 1e-9
)

// nothingShare is the share of Y's variance below which X explains almost nothing.
const nothingShare = 0.05

// Confidence says in words, a line each, how certain the first hypothesis is: whether it
// explains Y at all, by how much it is better than the others, and what the images do
// not tell. step is the distance between the values of Y; 0 if they are not rounded.
func (d *Detection) Confidence(step float64) []string {
	best := d.candidates[0]
	if !best.overdetermined() {
		return []string{fmt.Sprintf("no conclusion: a kernel with %d unknowns fits any %d outputs exactly; give larger images or --kernel-size", best.fit.Unknowns(), best.Windows)}
	}
	if isConstant(best.fit) {
		return []string{"no conclusion: Y is constant, so a bias or any kernel of the right sum explains it; give images that vary"}
	}
	if best.R2 < nothingShare {
		return []string{fmt.Sprintf("X explains almost nothing of Y: %.3g %% of its standard deviation remains. Are these the right files? Is one rotated or mirrored?", 100*math.Sqrt(best.residualShare))}
	}
	left := ""
	if !d.Explained(step) {
		left = d.remains(step)
	}
	lines := append([]string{d.margin(left == "")}, d.orientation())
	if d.curve != "" {
		lines = append(lines, d.curve)
	}
	if left != "" {
		lines = append(lines, left)
	}
	if best.AtEnd {
		lines = append(lines, best.end())
	}
	return lines
}

// isConstant reports whether the outputs vary by no more than rounding.
func isConstant(s *normal.Equations) bool {
	return s.Variation() <= constantShare*s.Energy()
}

// constantShare is the share of Y's squares by which rounding lets a constant Y vary.
const constantShare = 1e-24

// margin compares the first hypothesis with those that explain Y equally well, and with
// the next one after them.
func (d *Detection) margin(explained bool) string {
	first := d.candidates[0].Hypothesis
	var alike []Hypothesis
	next := -1
	for i, f := range d.candidates[1:] {
		switch {
		case first.alike(f.Hypothesis):
			alike = append(alike, f.Hypothesis)
		case first.sameWithoutBias(f.Hypothesis) || sameAsAny(alike, f.Hypothesis):
		case f.overdetermined() && next < 0:
			next = i + 1
		}
	}
	if len(alike) == 1 && first.sameWithoutBias(alike[0]) {
		alike = nil // a bias that changes nothing
	}
	words := "no other candidate leads from X to Y"
	if next >= 0 {
		words = odds(first.log10Odds(d.candidates[next].Hypothesis), explained, d.candidates[next].String())
	}
	switch n := len(alike) - 1; {
	case n < 0:
		return words
	case n == 0:
		return fmt.Sprintf("the images do not distinguish it from %v; the simpler one is listed first. Apart from these two, %s", alike[0], words)
	default:
		return fmt.Sprintf("the images do not distinguish it from %v and %d more; the simplest is listed first. Apart from these, %s", alike[0], n, words)
	}
}

func sameAsAny(list []Hypothesis, o Hypothesis) bool {
	return slices.ContainsFunc(list, func(h Hypothesis) bool { return h.sameWithoutBias(o) })
}

// odds puts powers of ten against the next hypothesis into words. Only what explains Y
// can be certain.
func odds(digits float64, explained bool, next string) string {
	to := "more than a million to 1"
	if digits < 6 {
		to = fmt.Sprintf("%.0f to 1", math.Pow(10, digits))
	}
	how := "certain"
	switch {
	case !explained:
		return fmt.Sprintf("the best of these candidates; the next is %s", next)
	case digits < 2:
		how = "likely"
	case digits < 6:
		how = "almost certain"
	}
	return fmt.Sprintf("%s: %s against the next (%s)", how, to, next)
}

// orientation says that correlation and convolution are not distinguished.
func (d *Detection) orientation() string {
	if k := d.Best.Kernel; d.symmetric() {
		if k.H*k.W == 1 {
			return "with a single tap, correlation and convolution are the same"
		}
		return "the kernel is symmetric within the noise, so correlation and convolution cannot be told apart"
	}
	return "correlation and convolution explain Y equally well, with the kernel rotated by 180 degrees"
}

// symmetric reports whether the best kernel equals itself rotated by 180 degrees, within
// three standard errors of the difference.
func (d *Detection) symmetric() bool {
	k := d.Best.Kernel
	se, err := solve.StandardErrors(d.Fit, d.Best, solve.Constraints{}, false)
	if err != nil {
		return false
	}
	errors := d.Fit.Layout().Kernel(se).Taps
	turned, turnedErrors := k.Flip().Taps, k
	turnedErrors.Taps = errors
	others := turnedErrors.Flip().Taps
	for i, v := range k.Taps {
		if math.Abs(v-turned[i]) > 3*math.Hypot(errors[i], others[i]) {
			return false
		}
	}
	return true
}

// unexplained describes the residual of a hypothesis if it is more than rounding. That
// is rounding to the step; or to float32, probably at each of the sums over the taps.
func (f Candidate) unexplained(step, float32Step float64) string {
	floor := step / math.Sqrt(12)
	if step == 0 {
		floor = float32Step * math.Sqrt(float64(f.fit.Unknowns())/12)
	}
	than := ""
	within := explainedFloor
	if step == 0 {
		within = explainedSums
	}
	switch {
	case floor > 0 && f.RMS <= within*floor, floor == 0 && f.result.Loss <= explainedPart*explainedPart*f.fit.Energy():
		return ""
	case floor > 0:
		than = fmt.Sprintf(", %.3g times the rounding error", f.RMS/floor)
	}
	why := "noise, lossy compression, "
	if step == 0 {
		why = "rounding, " + why
	}
	if f.Options.Padding.Mode != corr.Valid {
		why += "another border, "
	}
	why += "or an operation that is no kernel: a tone curve (gamma), a median, clipping or a distortion"
	return fmt.Sprintf("it does not explain all of Y: the residual has RMS %.3g, %.3g %% of Y's standard deviation%s. Possible causes: %s", f.RMS, 100*math.Sqrt(f.residualShare), than, why)
}

// remains says what the best hypothesis leaves of Y.
func (d *Detection) remains(step float64) string {
	if s := d.candidates[0].unexplained(step, d.float32Step); s != "" || d.Rounding == nil {
		return s
	}
	return fmt.Sprintf("it does not explain all of Y: every such kernel misses an output by at least %.3g steps, and rounding by half a step. Possible causes: another border or size, or an operation that is no kernel", d.Rounding.Residual)
}

// end says that the taps reach the end of the search.
func (f Candidate) end() string {
	if f.known {
		return "the shift found is the largest one tried. convkit align X Y finds larger shifts; learn --align (instead of --detect) removes them"
	}
	return fmt.Sprintf("the taps reach the edge of the search area (%v): the kernel may be larger (try --kernel-size %dx%d), or the shift (see convkit align)", f.Tried, 2*f.Tried.H+1, 2*f.Tried.W+1)
}
