package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Words returns the report as lines of text.
func (rep *Report) Words() []string {
	fit := fmt.Sprintf("loss %v, RMS residual %v, R² %s", rep.Loss, rep.RMS, rSquared(rep.R2))
	if rep.HeldOut > 0 {
		fit += fmt.Sprintf("; on %s RMS residual %v, R² %s (fitted without them)", train.Plural(rep.HeldOut, "held-out window"), rep.HeldOutRMS, rSquared(rep.HeldOutR2))
	}
	lines := []string{rep.windows(), fit}
	explained := rep.Rounding != nil && rep.Rounding.Explained
	if !math.IsNaN(float64(rep.RoundingFloor)) && !(explained && rep.RMS < rep.RoundingFloor/2) {
		lines = append(lines, rep.floor())
	}
	if rep.Rounding != nil {
		lines = append(lines, rep.Rounding.words())
	}
	if r := rep.Robust; r != nil {
		lines = append(lines, fmt.Sprintf("robust (%v): σ %.4g, %s beyond 4.685 σ (excluded from the figures above), %s", r.Kind, r.Scale, train.Plural(r.Outliers, "outlier"), train.Plural(r.Iterations, "iteration")))
		if r.Moving > 0 {
			lines = append(lines, fmt.Sprintf("the robust fit did not converge: the last step still moved a tap by %.2g of the largest tap", r.Moving))
		}
	}
	if rep.ChiSquare != nil {
		lines = append(lines, rep.chiSquare())
	}
	lines = append(lines, rep.precision())
	lines = append(lines, fmt.Sprintf("condition %v, rank %d of %d, %s", rep.Condition, rep.Rank, rep.Unknowns, rep.limit()))
	return append(lines, rep.Undetermined...)
}

// limit gives the largest stable rate.
func (rep *Report) limit() string {
	if rep.limited == descent.Adam {
		return "adam has no largest stable rate"
	}
	return fmt.Sprintf("largest stable rate %v for %v", rep.StableLR, rep.limited)
}

// windows gives the number of used outputs, and why others are excluded.
func (rep *Report) windows() string {
	var out []string
	for _, c := range []struct {
		n    int
		what string
	}{{rep.LeftOut.Masked, "masked"}, {rep.LeftOut.Saturated, "saturated"}, {rep.LeftOut.SeeExcluded, "see excluded pixels of X"}, {rep.LeftOut.NotFinite, "not finite"}, {rep.LeftOut.NoWeight, "of weight or variance 0, NaN or infinite"}} {
		if c.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if out == nil {
		return train.Plural(rep.Windows, "window")
	}
	return fmt.Sprintf("%s of %d; excluded: %s%s", train.Plural(rep.Windows, "window"), rep.LeftOut.Total(), strings.Join(out, ", "), rep.LeftOut.NaNNote())
}

// chiSquare compares the residuals with the variances.
func (rep *Report) chiSquare() string {
	chi := float64(*rep.ChiSquare)
	s := fmt.Sprintf("χ²/N %.4g", chi)
	switch free := float64(rep.Windows - rep.Rank); {
	case rep.Robust != nil:
		return s + " of the windows within 4.685 σ"
	case chi > 1+5*math.Sqrt(2/free):
		return s + fmt.Sprintf(": the residuals exceed the variances, and the standard errors are widened by %.3g", math.Sqrt(chi))
	case chi > 1:
		return s + ": the residuals agree with the variances"
	case chi < 1-5*math.Sqrt(2/free):
		return s + ": the residuals are smaller than the variances say, so these may be too large"
	}
	return s + ": the residuals agree with the variances"
}

// floor compares the residual with that of rounding alone. For a descent that has not
// converged, the residual of the best fit reports whether something differs.
func (rep *Report) floor() string {
	s := fmt.Sprintf("rounding Y alone gives RMS %v", rep.RoundingFloor)
	ratio := float64(rep.RMS / rep.RoundingFloor)
	if rep.unfinished() {
		best := ratio * math.Sqrt(float64(rep.Descent.Best/rep.Loss))
		return s + fmt.Sprintf(": the residual is %.3g times that, that of the best fit %.3g times", ratio, best)
	}
	switch {
	case ratio < 0.5:
		return s + ": the residual is smaller, so the fit needs no rounding to explain Y"
	case ratio < 1.1:
		return s + ": nothing else remains to explain"
	case ratio < 2:
		return s + fmt.Sprintf(": the residual is %.2f times that", ratio)
	default:
		return s + fmt.Sprintf(": the residual is %.3g times that, so something else differs: the border, the kernel size, noise or clipping", ratio)
	}
}

// Complete reports whether the fit leaves hardly more of Y than the rounding of Y, or
// of the sums. For a descent that has not converged, it judges the best fit.
func (rep *Report) Complete() bool {
	left := 1.0
	if rep.unfinished() {
		left = float64(rep.Descent.Best / rep.Loss)
	}
	if r := rep.Rounding; r != nil && r.Explained {
		return true
	}
	if rep.RoundingFloor > 0 {
		return float64(rep.RMS/rep.RoundingFloor)*math.Sqrt(left) < 2
	}
	return float64(1-rep.R2)*left < 1e-9
}

// precision gives the range of the standard errors.
func (rep *Report) precision() string {
	if rep.unfinished() {
		return "no standard errors: the descent has not converged"
	}
	least, most, unknown, held := math.Inf(1), 0.0, 0, 0
	for _, e := range rep.Errors {
		switch {
		case math.IsNaN(e):
			held++
		case math.IsInf(e, 1):
			unknown++
		case e > 0: // the zeros off the diagonal of separate channels are not taps
			least, most = math.Min(least, e), math.Max(most, e)
		}
	}
	s := fmt.Sprintf("standard errors of the taps from %.2g to %.2g", least, most) + rep.assumption()
	switch {
	case least <= most:
	case rep.Windows <= rep.Rank:
		return "no standard errors: there are not more windows than unknowns"
	default:
		s = "no tap has a standard error"
	}
	if b, ok := rep.BiasStandardError.(Number); ok && numeric.IsFinite(float64(b)) {
		s += fmt.Sprintf(", of the bias %.2g", float64(b))
	}
	if unknown > 0 {
		s += fmt.Sprintf("; undetermined: %s", train.Plural(unknown, "tap"))
	}
	if held > 0 {
		s += fmt.Sprintf("; fixed by the constraints, so without an error: %s", train.Plural(held, "tap"))
	}
	if rep.shrunk {
		s += "; these errors ignore the bias that shrinkage adds"
	}
	return s
}

// rSquared prints an R² with two digits of its distance from one.
func rSquared(r Number) string {
	f := float64(r)
	switch {
	case !numeric.IsFinite(f):
		return "-"
	case f > 0.999 && f < 1:
		digits := min(1+int(math.Ceil(-math.Log10(1-f))), 16)
		return strconv.FormatFloat(f, 'f', digits, 64)
	}
	return fmt.Sprintf("%.4f", f)
}
