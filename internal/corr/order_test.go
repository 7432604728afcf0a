package corr

import (
	"context"
	"fmt"
	"slices"
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
			if k.Mixes && order == tensor.PlaneByPlane { // from memory, in bands as large as planes
				want = "[0:0+5 1:0+5 2:0+5 3:0+5]"
			}
			if got := fmt.Sprint(s.bands); got != want {
				t.Errorf("order %d, %v:\n got %s\nwant %s", order, k, got, want)
			}
		}
	}
}

// planeSink keeps what it gets, one plane after the other.
type planeSink struct{ kept *tensor.Dense[float64] }

func (s planeSink) Order() tensor.Order { return tensor.PlaneByPlane }

func (s planeSink) Put(b tensor.Band[float64]) (func() error, error) { return s.kept.Put(b) }

// TestPlaneByPlane: channels that are mixed side by side and handed over one after
// the other are the same bits.
func TestPlaneByPlane(t *testing.T) {
	x := tensor.FromData(tensor.Shape{N: 2, C: 3, H: 20, W: 70}, larger(2*3*20, 70, 5).Data)
	k := tensor.Kernel{Mixes: true, Out: 5, In: 3, H: 3, W: 2, Taps: larger(5*3*3, 2, 6).Data, Bias: []float64{1}}
	p, err := NewPlan[float64](x.Shape(), k, Options{Padding: Padding{Mode: Same}}, Config{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	side, planes := tensor.NewDense[float64](p.Out()), planeSink{tensor.NewDense[float64](p.Out())}
	for _, sink := range []tensor.Sink[float64]{side, planes} {
		if err := p.Run(context.Background(), x, sink); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(side.Data, planes.kept.Data) {
		t.Error("results differ")
	}
}
