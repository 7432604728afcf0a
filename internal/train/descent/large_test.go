package descent

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// A system too large for eigenvectors gives the same figures through its
// Cholesky factorisation.
func TestLargeSystems(t *testing.T) {
	x := traintest.Texture(60, 70)
	grain := uint64(3)
	for i := range x.Data {
		grain = grain*6364136223846793005 + 1442695040888963407
		x.Data[i] += float64(grain>>40) / (1 << 24)
	}
	s := train.Spec{Kernel: corr.Size{H: 12, W: 11}, Bias: true}
	st := sums.Of(t, x, traintest.Texture(49, 60), s)
	sys := &st.Systems()[0]
	if !sys.HasCholesky() {
		t.Fatal("the system is not factorised")
	}
	least, most := sys.SmallestEigenvalue(), sys.LargestEigenvalue()
	step := sys.Solve(sys.Outputs()[0].Gradient)
	e := sys.Eigen()
	traintest.Near(t, "λmin", least, e.Values()[0], 1e-9, 0)
	traintest.Near(t, "λmax", most, e.Values()[e.N()-1], traintest.SumTolerance, 0)
	for _, o := range []Optimizer{GD, Momentum, Nesterov} {
		d := Descent{Optimizer: o, Momentum: 0.7, Epochs: 60}
		d.Rate = BestRate(t.Context(), st, d)
		a, b := newIterative(st, d, 1), newEigen(st, d, 1)
		for epoch := range d.Epochs {
			gap, squares := a.state()
			gap2, squares2 := b.state()
			traintest.Near(t, fmt.Sprintf("%v: gap %d", o, epoch), gap, gap2, traintest.LogTolerance, 0)
			traintest.Near(t, fmt.Sprintf("%v: gradient %d", o, epoch), squares, squares2, traintest.LogTolerance, 0)
			a.step(epoch + 1)
			b.step(epoch + 1)
		}
		for i, v := range b.taps()[0] {
			traintest.Near(t, fmt.Sprintf("%v: unknown %d", o, i), a.taps()[0][i], v, 0, traintest.LogTolerance)
		}
	}
	for i, v := range e.Solve(sys.Outputs()[0].Gradient) {
		traintest.Near(t, fmt.Sprintf("unknown %d", i), step[i], v, 0, traintest.LogTolerance)
	}
}
