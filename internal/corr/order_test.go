package corr

import (
	"context"
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// orderSink notes the bands in the order of their commits.
type orderSink struct {
	order tensor.Order
	bands []string
}

func (s *orderSink) Order() tensor.Order { return s.order }

func (s *orderSink) Put(b tensor.Band[float64]) (func() error, error) {
	return func() error {
		s.bands = append(s.bands, fmt.Sprintf("%d:%d+%d", b.P, b.Y, b.Rows))
		return nil
	}, nil
}

// TestOrders: bands are committed in the order that a sink asks for, by plain
// kernels and by kernels that mix.
func TestOrders(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 2, C: 2, H: 5, W: 3})
	mix := tensor.Kernel{Mixes: true, Out: 2, In: 2, H: 1, W: 1, Taps: []float64{1, 2, 3, 4}}
	for order, want := range map[tensor.Order]string{
		tensor.PlaneByPlane: "[0:0+2 0:2+2 0:4+1 1:0+2 1:2+2 1:4+1 2:0+2 2:2+2 2:4+1 3:0+2 3:2+2 3:4+1]",
		tensor.RowByRow:     "[0:0+2 1:0+2 0:2+2 1:2+2 0:4+1 1:4+1 2:0+2 3:0+2 2:2+2 3:2+2 2:4+1 3:4+1]",
		tensor.BottomUp:     "[0:4+1 1:4+1 0:2+2 1:2+2 0:0+2 1:0+2 2:4+1 3:4+1 2:2+2 3:2+2 2:0+2 3:0+2]",
	} {
		for _, k := range []tensor.Kernel{tensor.Matrix(1, 1, 2), mix} {
			p, err := NewPlan[float64](x.Shape(), k, Options{}, Config{Threads: 3})
			if err != nil {
				t.Fatal(err)
			}
			p.rows = 2
			s := &orderSink{order: order}
			if err := p.Run(context.Background(), x, s); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(s.bands); got != want {
				t.Errorf("order %d, %v:\n got %s\nwant %s", order, k, got, want)
			}
		}
	}
}
