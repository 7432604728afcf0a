package diagnose

import (
	"context"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/train/accumulate"
)

// Errors says what standard errors assume of the noise.
type Errors int

const (
	// Auto: independent noise if the residuals pass the tests, else the larger of both.
	Auto Errors = iota
	// Independent: independent noise of equal strength, or of given variances.
	Independent
	// Sandwich: noise of any strength, correlated over a short distance.
	Sandwich
)

var errorNames = []string{"auto", "independent", "sandwich"}

// ErrorNames returns the words that ParseErrors accepts.
func ErrorNames() []string { return errorNames }

// ParseErrors returns the value of a name.
func ParseErrors(s string) (Errors, error) {
	return enum.Parse[Errors](s, errorNames)
}

// String returns the name.
func (e Errors) String() string { return errorNames[e] }

// jpegShare is the share of the RMS residual that the loss of JPEG may have in the taps'
// own directions: where it removes fine detail, the kernel seems to remove it. Of fits
// to blurred, sharpened and unchanged pictures at quality 50 to 95, 99 % of the taps lay
// within three times this.
const jpegShare = 0.25

// Findings is what Examine found.
type Findings struct {
	Tests  []Test
	Meat   Meat // covariance of the gradients; nil: not needed, or too few blocks
	Errors Errors
}

// Examine tests the residuals, and sums the covariance of the gradients if a failed test
// or the choice of errors calls for it. A robust fit has errors of its own.
func Examine(ctx context.Context, set *accumulate.Set, w [][]float64, e Errors, o Options) (*Findings, error) {
	tests, err := Run(ctx, set, w, o)
	if err != nil {
		return nil, err
	}
	f := &Findings{Tests: tests, Errors: e}
	if o.Outlier > 0 || e == Independent || e == Auto && !f.dependent() {
		return f, nil
	}
	m, ok, err := Blocks(ctx, set, w, nil)
	if ok {
		f.Meat = m
	}
	return f, err
}

// dependent reports whether a test failed that independent noise of equal strength
// passes.
func (f *Findings) dependent() bool {
	return slices.ContainsFunc(f.Tests, func(t Test) bool { return !t.Passed && t.Name != Plateau })
}

// Widen changes standard errors for independent noise, by output channel, given those
// from Meat (nil: none) and the number of outputs less that of unknowns. It returns what
// the errors are for.
func (f *Findings) Widen(se, blocks [][]float64, free float64) (kind string) {
	kind = Independent.String()
	jpeg := f.Errors == Auto && Fails(f.Tests, JPEG)
	for c := range se {
		for i, v := range se[c] {
			if jpeg {
				v = math.Hypot(v, jpegShare*math.Sqrt(math.Max(0, free))*v)
			}
			if blocks != nil && (f.Errors == Sandwich || blocks[c][i] > v) {
				v = blocks[c][i]
			}
			se[c][i] = v
		}
	}
	switch {
	case jpeg:
		kind = "jpeg"
	case blocks != nil:
		kind = Sandwich.String()
	}
	return kind
}
