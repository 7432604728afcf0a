package report

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// The polynomial that was added comes back with the kernel.
func TestBackground(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Background: 2}
	x := traintest.Texture(30, 40)
	k := traintest.Truth(s)
	y, bare := traintest.Apply(t, x, k, s.Options), traintest.Apply(t, x, k, s.Options)
	want := []float64{0.5, -0.25, 0.125, 0.75, 0.0625, -0.5}
	for oy := range 28 {
		for ox := range 38 {
			t := 0
			for j := range 3 {
				for i := range 3 - j {
					y.Data[oy*38+ox] += want[t] * legendre.At(i, ox, 38) * legendre.At(j, oy, 28)
					t++
				}
			}
		}
	}
	st := sums.Of(t, x, y, s)
	r := solve.LeastSquares(st, train.Sum)
	for i, v := range k.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), r.Kernel.Taps[i], v, 0, traintest.LogTolerance)
	}
	for i, v := range want {
		traintest.Near(t, fmt.Sprintf("coefficient %d", i), r.Background[0][i], v, 0, traintest.LogTolerance)
	}
	traintest.Near(t, "bias", r.Kernel.Bias[0], want[0], 0, traintest.LogTolerance)
	rep, err := New(t.Context(), st, r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// By the report alone: P₁ = ξ, P₂ = (3ξ²−1)/2.
	p := func(i int, xi float64) float64 { return []float64{1, xi, (3*xi*xi - 1) / 2}[i] }
	for _, at := range [][2]int{{0, 0}, {3, 37}, {27, 5}} {
		sum := 0.0
		for t, order := range rep.Basis.Orders {
			sum += rep.Background[0][t] * p(order[0], float64(2*at[1]+1)/38-1) * p(order[1], float64(2*at[0]+1)/28-1)
		}
		traintest.Near(t, fmt.Sprintf("the rest of y at %v", at), sum, y.Data[at[0]*38+at[1]]-bare.Data[at[0]*38+at[1]], 0, traintest.LogTolerance)
	}
}
