// Package diagnose tests the residuals of a fit against the assumption of its standard
// errors: independent noise of equal strength. Each failed test names a remedy. It also
// has the errors that need no such assumption (Blocks).
package diagnose

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train/accumulate"
)

// The names of the tests, in their order.
const (
	Border      = "border"       // residuals along the border exceed those beside it
	Correlation = "correlation"  // of neighbouring residuals
	JPEG        = "jpeg_blocks"  // residuals change at the borders of blocks of 8
	Brightness  = "brightness"   // residuals grow or shrink with the predicted output
	Field       = "field"        // residuals differ over the field
	Plateau     = "equal_maxima" // many outputs have the largest value
)

// Test is one test of the residuals.
type Test struct {
	Name      string  `json:"name"`
	Value     float64 `json:"value"`
	Threshold float64 `json:"threshold"` // values up to it pass
	Passed    bool    `json:"passed"`
	Remedy    string  `json:"remedy,omitempty"` // of a failed test

	// Finding says what a failed test found.
	Finding string `json:"finding,omitempty"`
}

// Options say what is known of a fit.
type Options struct {
	// Outlier is the size beyond which a residual, in the units of the equations,
	// is an outlier of a robust fit; 0: there are none.
	Outlier float64
	// Vary: kernels that vary over the field can be fitted.
	Vary bool
	// NoisyX: the fit is corrected for noise of X, which makes neighbouring residuals
	// correlate.
	NoisyX bool
	// Weighted: the outputs have variances or weights.
	Weighted bool
	// Also observes the same residuals, also those of an exact fit; nil: nobody.
	Also accumulate.Observer
}

// exactShare is the share of the variation of Y below which residuals are rounding of
// floating-point numbers: they carry no assumption that matters.
const exactShare = 1e-12

// Run reads the images once, and tests the residuals y − aᵀw of given unknowns, by
// output channel. A test that has too few windows is left out; so are all tests if the
// fit is exact. Thresholds are such that white noise passes all of them in 99 of 100
// cases, and larger ones for small deviations that hardly matter.
func Run(ctx context.Context, set *accumulate.Set, w [][]float64, o Options) ([]Test, error) {
	variation := set.Variation()
	if loss := set.LossAt(w); !(loss > exactShare*variation) && o.Outlier == 0 {
		if o.Also == nil {
			return nil, nil
		}
		_, err := set.Scan(ctx, accumulate.Request{Origin: w, Observer: o.Also, LossOnly: true})
		return nil, err
	}
	mean := 0.0
	for _, sys := range set.Systems() {
		for _, out := range sys.Outputs() {
			mean += out.Moments.Mean * out.Moments.Weight / set.Weight()
		}
	}
	limit := o.Outlier
	if limit == 0 {
		limit = math.Inf(1)
	}
	obs := newObserver(mean, math.Sqrt(variation/set.Weight()), limit)
	observers := accumulate.Observers{obs}
	if o.Also != nil {
		observers = append(observers, o.Also)
	}
	if _, err := set.Scan(ctx, accumulate.Request{Origin: w, Observer: observers, LossOnly: true}); err != nil {
		return nil, err
	}
	return obs.total.tests(float64(set.Unknowns()), o), nil
}

// Failed returns the tests that failed.
func Failed(tests []Test) (list []Test) {
	for _, t := range tests {
		if !t.Passed {
			list = append(list, t)
		}
	}
	return list
}

// Fails reports whether a test of some name failed.
func Fails(tests []Test, name string) bool {
	for _, t := range tests {
		if t.Name == name && !t.Passed {
			return true
		}
	}
	return false
}
