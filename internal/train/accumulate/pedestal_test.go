package accumulate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
)

// pedestalSlack times the error that rounding one output gives a tap is what a fit may
// be off: the outputs are sums of nine rounded products, and the largest of nine taps
// counts. Seen: 3.
const pedestalSlack = 10

// A mean of x that is 10¹² times its contrast costs no rank, and leaves the taps what
// the rounding of the outputs leaves them: with a bias and without, by lag and window by
// window, with weights, and over pairs with other pedestals and without one.
func TestPedestal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kernel := tensor.Matrix(3, 3, .1, .2, 0, .3, 1, .1, 0, .2, .05)
	three := corr.Size{H: 3, W: 3}
	pedestals := []float64{1, 0, 3}
	for name, c := range map[string]struct {
		spec     train.Spec
		weighted bool
		pairs    int
	}{
		"by lag":     {train.Spec{Kernel: three}, false, 1},
		"bias":       {train.Spec{Kernel: three, Bias: true}, false, 1},
		"by windows": {train.Spec{Kernel: three, Options: corr.Options{Stride: corr.Size{H: 2, W: 1}}}, false, 1},
		"weights":    {train.Spec{Kernel: three}, true, 1},
		"pairs":      {train.Spec{Kernel: three}, false, 3},
	} {
		for _, m := range []float64{1e3, -1e5, 1e7, 1e9, 1e12} {
			var inputs []train.Input
			windows := 0
			for p := range c.pairs {
				x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 60, W: 64})
				for i := range x.Data {
					x.Data[i] = m*pedestals[p] + r.NormFloat64()
				}
				y, err := corr.Reference(x, kernel, c.spec.Options)
				if err != nil {
					t.Fatal(err)
				}
				pair := train.Pair{X: x, Y: y}
				if c.weighted {
					weights := tensor.NewDense[float64](y.Shape())
					for i := range weights.Data {
						weights.Data[i] = 1 + r.Float64()
					}
					pair.Weights = weights
				}
				inputs, windows = append(inputs, train.One(pair)), windows+y.Shape().Len()
			}
			set, err := Pairs(t.Context(), inputs, c.spec, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if set.Rank() != set.Unknowns() {
				t.Errorf("%s, pedestal %g: rank %d of %d", name, m, set.Rank(), set.Unknowns())
			}
			limit := pedestalSlack * 2 * math.Abs(m) * float64(c.pairs) * 0x1p-53 / math.Sqrt(float64(windows))
			for i, v := range set.Best()[0][:9] {
				if math.Abs(v-kernel.Taps[i]) > limit+pedestalSlack*0x1p-53 {
					t.Errorf("%s, pedestal %g: tap %d is %v, not %v: off by %.2g, limit %.2g", name, m, i, v, kernel.Taps[i], v-kernel.Taps[i], limit)
				}
			}
			checkHidden(t, name, m, set.Equations)
		}
	}
}

// checkHidden holds what the equations say about a step against a part of them, and
// without their held-out windows.
func checkHidden(t *testing.T, name string, m float64, s *normal.Equations) {
	t.Helper()
	whole := normal.Block{Size: s.Layout().Spec.Kernel, Background: true}
	if got, want := s.Part(whole).Best()[0], s.Best()[0]; math.Abs(got[4]-want[4]) > 1e-9+1e-15*math.Abs(m) {
		t.Errorf("%s, pedestal %g: the block of all taps gives %v, the whole %v", name, m, got, want)
	}
	if n := s.HeldOutWindows(); n > 0 {
		if r := s.WithoutHeldOut(n); r.Rank() != s.Rank() {
			t.Errorf("%s, pedestal %g: rank %d without the held-out windows, %d with them", name, m, r.Rank(), s.Rank())
		}
	}
}
