package train

import (
	"math"
	"math/rand/v2"

	"github.com/convkit/convkit/internal/tensor"
)

// InitUniform returns a kernel of the size that s fits with taps, and bias,
// drawn evenly from ±1/√(I·kh·kw), as torch.nn.Conv2d begins. The same seed
// gives the same kernel on every machine.
func InitUniform(s *Statistics, seed uint64) tensor.Kernel {
	r := rand.New(rand.NewPCG(seed, 0))
	bound := 1 / math.Sqrt(float64(s.layout.taps()))
	w := make([][]float64, s.layout.outC)
	for o := range w {
		w[o] = make([]float64, s.layout.unknowns())
		for i := range w[o] {
			w[o][i] = bound * (2*r.Float64() - 1)
		}
	}
	return s.layout.kernel(w)
}
