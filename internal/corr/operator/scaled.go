package operator

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/floats"
)

// Scaled gives the operator that does to s times an image what the kernel and
// the options do to the image: its result is s times theirs. worth is false for
// a kernel of whole numbers, whose results lie on the grid of the image's own
// numbers in either scale.
func Scaled(k tensor.Kernel, o corr.Options, s float64) (_ tensor.Kernel, _ corr.Options, worth bool) {
	worth = !tensor.AllWhole(k.Taps) || len(k.Bias) > 0
	k.Bias = append([]float64(nil), k.Bias...)
	floats.Scale(s, k.Bias)
	o.Border.Value *= s
	return k, o, worth
}
