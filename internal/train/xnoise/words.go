package xnoise

import (
	"fmt"
	"math"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
)

// Report is what a report says of the noise of X.
type Report struct {
	// Sigma is the deviation that the fit is corrected for, in units of X; 0: none.
	Sigma     float64 `json:"sigma"`
	Estimated bool    `json:"estimated"` // from the residuals
	// Held is the number of combinations of taps that the noise hides, and Combinations
	// has them in the shape of the kernel, for each system; the fit leaves them at zero.
	Held         int           `json:"held"`
	Combinations [][][]float64 `json:"combinations,omitempty"`
	// Check is about a fit that is not corrected.
	Check *Check `json:"check,omitempty"`
}

const (
	shownCombinations = 2
	shownSide         = 5
)

// NewReport returns the report on a fit.
func NewReport(f *Fit, estimated bool) *Report {
	r := &Report{Sigma: f.Sigma, Estimated: estimated}
	for _, held := range f.Held {
		r.Held += len(held)
	}
	if r.Held > 0 {
		r.Combinations = f.Held
	}
	return r
}

// Words returns lines of text on a corrected fit.
func (r *Report) Words(l train.Layout) []string {
	how := "as given"
	if r.Estimated {
		how = "as estimated from the residuals"
	}
	lines := []string{fmt.Sprintf("taps and errors are corrected for noise of X, σ %.3g (%s); the residuals still contain it", r.Sigma, how)}
	if r.Held == 0 {
		return lines
	}
	is := "are"
	if r.Held == 1 {
		is = "is"
	}
	lines = append(lines, fmt.Sprintf("%d of %d combinations of taps %s hidden by the noise of X and set to zero; taps that have a part in them have no error", r.Held, l.Taps()*l.Systems(), is))
	k := l.Spec.Kernel
	if k.H > shownSide || k.W > shownSide || l.Inputs() > 1 {
		return lines
	}
	shown := 0
	for _, held := range r.Combinations {
		for _, h := range held {
			if shown++; shown <= shownCombinations {
				lines = append(lines, "  "+patternOf(h, k))
			}
		}
	}
	if shown > shownCombinations {
		lines = append(lines, fmt.Sprintf("  … %d more", shown-shownCombinations))
	}
	return lines
}

// patternOf writes a combination as rows of a kernel, its largest entry one.
func patternOf(h []float64, k corr.Size) string {
	most := 0.0
	for _, v := range h {
		if math.Abs(v) > math.Abs(most) {
			most = v
		}
	}
	var rows []string
	for u := range k.H {
		var row []string
		for v := range k.W {
			f := math.Round(h[u*k.W+v]/most*10) / 10
			row = append(row, fmt.Sprintf("%g", f+0)) // no −0
		}
		rows = append(rows, strings.Join(row, " "))
	}
	return strings.Join(rows, "; ")
}
