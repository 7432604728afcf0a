package train

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
)

// TestRestOfLargeKernels: for many taps, the fit without the held-out windows by
// way of the whole is the one that is solved for itself, also where the image
// leaves taps undetermined.
func TestRestOfLargeKernels(t *testing.T) {
	for _, singular := range []bool{false, true} {
		s := Spec{Kernel: corr.Size{H: 12, W: 12}, Bias: true}
		x := texture(90, 100)
		if singular {
			for y := range 90 {
				for c := range 100 {
					x.Data[100*y+c] = x.Data[c%5]
				}
			}
		}
		y := noisy(t, x, truth(s), s, 0.02, 8)
		st := gather(t, x, y, s)
		n := st.heldOutWindows()
		a, b := st.rest(n), st.rest(n)
		b.systems[0].solveAnew()
		if !a.systems[0].partOfWhole() {
			t.Fatal("the sums of so large a kernel know no whole")
		}
		held := &Statistics{layout: st.layout, systems: st.held}
		got, want := held.lossAt(a.best()), held.lossAt(b.best())
		if !a.systems[0].partOfWhole() {
			t.Error("the iteration did not settle")
		}
		if math.Abs(got-want) > 1e-9*want {
			t.Errorf("singular %v: held-out loss %v, solved for itself %v", singular, got, want)
		}
		d := Descent{Epochs: 50, Rate: StableRate(st, Descent{}) / 2}
		p, err := Descend(t.Context(), a, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Descend(t.Context(), b, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(p.Loss-q.Loss) > 1e-9*q.Loss {
			t.Errorf("singular %v: descent reaches %v, not %v", singular, p.Loss, q.Loss)
		}
	}
}
