package descent

import (
	"math"
	"math/rand/v2"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/normal"
)

// InitUniform returns a kernel of the size that s fits. Taps and bias are drawn
// uniformly from ±1/√(I·kh·kw), as in torch.nn.Conv2d. The same seed gives the same
// kernel on every machine.
func InitUniform(s *normal.Equations, seed uint64) tensor.Kernel {
	r := rand.New(rand.NewPCG(seed, 0))
	bound := 1 / math.Sqrt(float64(s.Layout().Taps()))
	w := make([][]float64, s.Layout().OutputChannels)
	for o := range w {
		w[o] = make([]float64, s.Layout().Unknowns())
		for i := range w[o] {
			w[o][i] = bound * (2*r.Float64() - 1)
		}
	}
	return s.Layout().Kernel(w)
}
