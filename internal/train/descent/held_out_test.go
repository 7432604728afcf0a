package descent_test

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// TestRestOfLargeKernels: for many taps, the fit without the held-out windows by
// way of the whole is the one that is solved for itself, also where the image
// leaves taps undetermined.
func TestRestOfLargeKernels(t *testing.T) {
	for _, singular := range []bool{false, true} {
		s := train.Spec{Kernel: corr.Size{H: 12, W: 12}, Bias: true}
		x := traintest.Texture(90, 100)
		if singular {
			for y := range 90 {
				for c := range 100 {
					x.Data[100*y+c] = x.Data[c%5]
				}
			}
		}
		y := traintest.Noisy(t, x, traintest.Truth(s), s, 0.02, 8)
		st := sums.Of(t, x, y, s)
		n := st.HeldOutWindows()
		a, b := st.WithoutHeldOut(n), st.WithoutHeldOut(n)
		b.Systems()[0].SolveAnew()
		if !a.Systems()[0].PartOfWhole() {
			t.Fatal("the sums of so large a kernel know no whole")
		}
		held := st.HeldOutPart()
		got, want := held.LossAt(a.Best()), held.LossAt(b.Best())
		if !a.Systems()[0].PartOfWhole() {
			t.Error("the iteration did not settle")
		}
		if math.Abs(got-want) > 1e-9*want {
			t.Errorf("singular %v: held-out loss %v, solved for itself %v", singular, got, want)
		}
		d := descent.Descent{Epochs: 50, Rate: descent.StableRate(st, descent.Descent{}) / 2}
		p, err := descent.Descend(t.Context(), a, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		q, err := descent.Descend(t.Context(), b, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(p.Loss-q.Loss) > 1e-9*q.Loss {
			t.Errorf("singular %v: descent reaches %v, not %v", singular, p.Loss, q.Loss)
		}
	}
}
