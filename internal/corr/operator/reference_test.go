package operator

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// referenceOf computes a correlation by the definition.
func referenceOf(t *rapid.T, d corrtest.Draw) *tensor.Dense[float64] {
	y, err := corr.Reference(d.X, d.K, d.O)
	if err != nil {
		t.Fatalf("%v: %v", d, err)
	}
	return y
}
