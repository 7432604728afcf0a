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
	if !sys.hasCholesky() {
		t.Fatal("the system is not factorised")
	}
	least, most := sys.bottom(), sys.top()
	step := sys.newton(sys.outputs[0].grad)
	e := sys.spectrum()
	near(t, "λmin", least, e.Values()[0], 1e-9, 0)
	near(t, "λmax", most, e.Values()[e.N()-1], sumTolerance, 0)
	for _, o := range []Optimizer{GD, Momentum, Nesterov} {
		d := Descent{Optimizer: o, Momentum: 0.7, Epochs: 60}
		d.Rate = BestRate(st, d)
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

// Raw pixel values of many thousands beside a bias make G look singular; it is
// not, and fit, descent and report are those of the same pair in other units.
func TestUnknownsOfDifferentScale(t *testing.T) {
	const unit = 1 << 22
	s := Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	x := texture(40, 44)
	k := truth(s)
	y := noisy(t, x, k, s, 0.01, 5)
	raw := texture(40, 44)
	for i := range raw.Data {
		raw.Data[i] *= unit
	}
	small, large := gather(t, x, y, s), gather(t, raw, y, s)
	if !large.systems[0].graded() || large.rank() != 10 {
		t.Fatalf("rank %d of 10, graded %v: this tests nothing", large.rank(), large.systems[0].graded())
	}
	a, b := Solve(small, Sum), Solve(large, Sum)
	near(t, "loss", b.Loss, a.Loss, logTolerance, 0)
	near(t, "bias", b.Kernel.Bias[0], a.Kernel.Bias[0], logTolerance, 0)
	for i, v := range a.Kernel.Taps {
		near(t, fmt.Sprintf("tap %d", i), b.Kernel.Taps[i]*unit, v, logTolerance, 0)
	}
	one, err := NewReport(t.Context(), small, a, ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := NewReport(t.Context(), large, b, ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range one.Errors {
		near(t, fmt.Sprintf("error %d", i), two.Errors[i]*unit, v, logTolerance, 0)
	}
	d := Descent{Epochs: 40, Rate: BestRate(large, Descent{Epochs: 40})}
	var losses []float64
	if _, err := Descend(t.Context(), large, d, func(e Epoch) { losses = append(losses, e.Loss) }); err != nil {
		t.Fatal(err)
	}
	windows, targets := unroll(t, raw, y, s)
	for i, want := range loop(windows, targets, make([]float64, 10), d)[:40] {
		near(t, fmt.Sprintf("loss %d", i+1), losses[i], want, logTolerance, 0)
	}
}
