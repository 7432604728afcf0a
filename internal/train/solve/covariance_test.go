package solve

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
	"gonum.org/v1/gonum/mat"
)

// The diagonal is the square of the errors. Multiplied by G, the covariance of a plain
// fit is σ² times the unit matrix; with a given sum it has no variance along the sum.
func TestCovariances(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: true}
	x := traintest.Texture(20, 21)
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
	for i := range y.Data {
		y.Data[i] += 0.1 * math.Sin(float64(i*i))
	}
	sum := 1.0
	for name, shape := range map[string]Constraints{"plain": {}, "ridge": {Ridge: 2}, "sum": {Sum: &sum}} {
		st := sums.Of(t, x, y, s)
		r, err := Constrained(st, shape, train.Sum)
		if err != nil {
			t.Fatal(err)
		}
		se, err := StandardErrors(st, r, shape, false)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Covariances(st, r, shape, se)
		if err != nil {
			t.Fatal(err)
		}
		n := len(se[0])
		c := mat.NewDense(n, n, list[0])
		for i, e := range se[0] {
			traintest.Near(t, fmt.Sprintf("%s: variance %d", name, i), c.At(i, i), e*e, 0, traintest.LogTolerance)
		}
		switch name {
		case "plain":
			var product mat.Dense
			product.Mul(c, mat.NewDense(n, n, st.Systems()[0].Matrix()))
			for i := range n {
				for j := range n {
					want := 0.0
					if i == j {
						want = product.At(0, 0)
					}
					traintest.Near(t, fmt.Sprintf("C G %d,%d", i, j), product.At(i, j), want, product.At(0, 0), traintest.ConstrainedTolerance)
				}
			}
		case "sum":
			total := 0.0
			for i := range 6 {
				for j := range 6 {
					total += c.At(i, j)
				}
			}
			traintest.Near(t, "variance of the sum", total, 0, c.At(0, 0), traintest.ConstrainedTolerance)
		}
	}
}

// An unknown without an error has no covariance, and changes none of the others.
func TestScaleTo(t *testing.T) {
	m := []float64{4, 2, 1, 2, 9, 3, 1, 3, 16}
	scaleTo(m, []float64{1, math.Inf(1), 2})
	for i, want := range []float64{1, math.NaN(), 0.25, math.NaN(), math.NaN(), math.NaN(), 0.25, math.NaN(), 4} {
		if !(m[i] == want || m[i] != m[i] && want != want) {
			t.Errorf("entry %d is %v, want %v", i, m[i], want)
		}
	}
}
