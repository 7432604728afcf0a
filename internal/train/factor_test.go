package train

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
)

// A system too large for eigenvectors gives the same figures through its
// Cholesky factorisation.
func TestLargeSystems(t *testing.T) {
	x := texture(60, 70)
	grain := uint64(3)
	for i := range x.Data {
		grain = grain*6364136223846793005 + 1442695040888963407
		x.Data[i] += float64(grain>>40) / (1 << 24)
	}
	s := Spec{Kernel: corr.Size{H: 12, W: 11}, Bias: true}
	st := gather(t, x, texture(49, 60), s)
	sys := &st.systems[0]
	if sys.factor() == nil {
		t.Fatal("the system is not factorised")
	}
	least, most := sys.bottom(), sys.top()
	step := sys.newton(sys.outputs[0].grad)
	e := sys.spectrum()
	near(t, "λmin", least, e.min(), 1e-9, 0)
	near(t, "λmax", most, e.max(), sumTolerance, 0)
	for _, o := range []Optimizer{GD, Momentum, Nesterov} {
		d := Descent{Optimizer: o, Momentum: 0.7, Epochs: 60}
		d.Rate = st.BestRate(d)
		a, b := newMarch(st, d, 1), newModes(st, d, 1)
		for epoch := range d.Epochs {
			gap, squares := a.state()
			gap2, squares2 := b.state()
			near(t, fmt.Sprintf("%v: gap %d", o, epoch), gap, gap2, logTolerance, 0)
			near(t, fmt.Sprintf("%v: gradient %d", o, epoch), squares, squares2, logTolerance, 0)
			a.step(epoch + 1)
			b.step(epoch + 1)
		}
		for i, v := range b.taps()[0] {
			near(t, fmt.Sprintf("%v: unknown %d", o, i), a.taps()[0][i], v, 0, logTolerance)
		}
	}
	for i, v := range e.newton(sys.outputs[0].grad) {
		near(t, fmt.Sprintf("unknown %d", i), step[i], v, 0, logTolerance)
	}
}
