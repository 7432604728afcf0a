package corr

import (
	"context"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// A pair gives the same rows as its plans on their own, in pieces of any height,
// whatever the border.
func TestPlanPair(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 2, C: 3, H: 11, W: 9})
	for i := range x.Data {
		x.Data[i] = float64(i * i % 101)
	}
	o := Options{Padding: Padding{Mode: Same}, Border: Border{Mode: Symmetric}}
	kernels := []tensor.Kernel{matrix("-1 0 1; -2 0 2; -1 0 1"), matrix("-1 -2 -1; 0 0 0; 1 2 1")}
	var plans []*Plan[float64]
	var want []*tensor.Dense[float64]
	for _, k := range kernels {
		p, err := NewPlan[float64](x.Shape(), k, o, Config{})
		if err != nil {
			t.Fatal(err)
		}
		y := tensor.NewDense[float64](p.Out())
		if err := p.Run(context.Background(), x, y); err != nil {
			t.Fatal(err)
		}
		plans, want = append(plans, p), append(want, y)
	}
	out := plans[0].Out()
	for _, rows := range []int{1, 4, out.H} {
		got := []*tensor.Dense[float64]{tensor.NewDense[float64](out), tensor.NewDense[float64](out)}
		err := schedule.Deliver(context.Background(), out, rows, 2, got[0], func() func(tensor.Band[float64]) error {
			j := NewPlanPair(x, plans...)
			return func(b tensor.Band[float64]) error {
				other, _ := got[1].Lend(b.P, b.Y, b.Rows)
				return j.Rows(b.P, b.Y, b.Rows, b.Data, other)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if !slices.Equal(got[i].Data, want[i].Data) {
				t.Errorf("bands of %d rows: kernel %d differs", rows, i)
			}
		}
	}
}
