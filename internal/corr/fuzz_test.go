package corr

import (
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"pgregory.net/rapid"
)

// FuzzPlan checks every method against the reference for whatever shapes,
// kernels and options the fuzzer finds, under the bounds of each method, with
// every kind of loops and in both precisions.
func FuzzPlan(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		corrtest.EachImplementation(t, func(t *testing.T) {
			rapid.MakeFuzz(func(t *rapid.T) {
				d := corrtest.Any(t, corrtest.Reals)
				checkMethods[float64](t, d)
				checkMethods[float32](t, d)
			})(t, data)
		})
	})
}

// FuzzWhole checks that whole numbers stay exact and that NaN and infinities
// spread as the definition says, by every method.
func FuzzWhole(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		corrtest.EachImplementation(t, func(t *testing.T) {
			rapid.MakeFuzz(checkWhole)(t, data)
		})
	})
}
