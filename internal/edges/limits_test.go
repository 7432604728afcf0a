package edges

import (
	"math"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
)

// TestSigmaBounds holds that no operator takes a scale beyond its bounds: of 1e300,
// the taps have no count.
func TestSigmaBounds(t *testing.T) {
	for _, name := range Operators() {
		op, _ := find(name)
		for _, sigma := range []float64{-1, math.Nextafter(MaxSigma, 1e9), 1e9, 1e300, math.Inf(1), math.NaN()} {
			err := Options{Operator: name, Sigma: &sigma}.Check(corr.Options{})
			if err == nil {
				t.Errorf("%s takes sigma %v", name, sigma)
			} else if op.sigma != "" && !strings.Contains(err.Error(), "between 0 and 500") {
				t.Errorf("%s, sigma %v: %v", name, sigma, err)
			}
		}
	}
}
