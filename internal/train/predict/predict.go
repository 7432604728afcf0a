// Package predict computes images from a fit: its prediction, the residual, and the
// variance of the residual.
package predict

import (
	"context"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/operator"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/varying"
)

// Model predicts Y from X: with t an output of plane o,
//
//	Ŷ_o(t) = (X ⋆ K)_o(t) + Σ_k b_ok B_k(t)
//
// B are the polynomials of package legendre over Y.
type Model struct {
	Kernel  tensor.Kernel   // with its bias, if it has one
	Varying *varying.Kernel // in place of Kernel; nil: the kernel is the same everywhere
	// Background has the coefficients of each plane; one list serves all planes. The
	// first coefficient is the bias, which the kernel has. nil: none.
	Background [][]float64
	Degree     int // of the background
	Options    corr.Options
	Threads    int // 0: one for each processor
}

// plan is an operator made ready.
type plan interface {
	Out() tensor.Shape
	Run(ctx context.Context, src tensor.Source[float64], sink tensor.Sink[float64]) error
}

func (m *Model) plan(in tensor.Shape) (plan, error) {
	c := corr.Config{Threads: m.Threads}
	if m.Varying != nil {
		return operator.NewVarying[float64](in, m.Varying, m.Options, c)
	}
	return corr.NewPlan[float64](in, m.Kernel, m.Options, c)
}

// Out returns the shape of the prediction from images of shape in.
func (m *Model) Out(in tensor.Shape) (tensor.Shape, error) {
	p, err := m.plan(in)
	if err != nil {
		return tensor.Shape{}, err
	}
	return p.Out(), nil
}

// Run gives the prediction from X to a sink, band by band.
func (m *Model) Run(ctx context.Context, x tensor.Source[float64], sink tensor.Sink[float64]) error {
	p, err := m.plan(x.Shape())
	if err != nil {
		return err
	}
	if len(m.Background) > 0 {
		sink = Rows(sink, m.background(p.Out()))
	}
	return p.Run(ctx, x, sink)
}

// background returns a function that adds the background to a row, without its constant.
func (m *Model) background(out tensor.Shape) RowFunc {
	orders := legendre.Orders(m.Degree)
	along := legendre.NewRows(legendre.Field{Degree: m.Degree, H: out.H, W: out.W}).Along
	return func(p, y int, row []float64) error {
		for k, b := range m.Background[p%out.C%len(m.Background)] {
			if k == 0 {
				continue
			}
			f := b * legendre.At(orders[k][1], y, out.H)
			for x, v := range along[orders[k][0]] {
				row[x] += float64(f * v)
			}
		}
		return nil
	}
}

// Squared returns the model of variances: its taps are the squares of the taps of m, and
// it has no bias and no background. Applied to the variances of independent pixels of X
// it gives the variance of the prediction, Σ_u K(u)² var(t+u).
func (m *Model) Squared() *Model {
	s := &Model{Options: m.Options, Threads: m.Threads}
	s.Options.Border.Value = 0 // a constant has no noise
	if m.Varying != nil {
		s.Varying = m.Varying.Squared()
		return s
	}
	s.Kernel = m.Kernel
	s.Kernel.Bias, s.Kernel.Taps = nil, make([]float64, len(m.Kernel.Taps))
	for i, v := range m.Kernel.Taps {
		s.Kernel.Taps[i] = v * v
	}
	return s
}

// RowFunc changes row y of plane p. It is called from many goroutines at once.
type RowFunc func(p, y int, row []float64) error

// Rows returns a sink that passes each row through f, and then on to sink.
func Rows(sink tensor.Sink[float64], f RowFunc) tensor.Sink[float64] { return &rows{sink, f} }

// rows has no Lend of the sink's own: a lent row may not be changed twice.
type rows struct {
	sink tensor.Sink[float64]
	f    RowFunc
}

func (r *rows) Order() tensor.Order { return r.sink.Order() }

func (r *rows) Put(b tensor.Band[float64]) (func() error, error) {
	for i := range b.Rows {
		if err := r.f(b.P, b.Y+i, b.Row(i)); err != nil {
			return nil, err
		}
	}
	return r.sink.Put(b)
}

// From returns a RowFunc that replaces a prediction by y less it.
func From(y tensor.Source[float64]) RowFunc {
	return func(p, at int, row []float64) error {
		values, err := y.Row(p, at, make([]float64, len(row)))
		if err != nil {
			return err
		}
		for i, v := range values {
			row[i] = v - row[i]
		}
		return nil
	}
}

// Fits returns an error if the prediction from images of shape x has not the shape y.
func (m *Model) Fits(x, y tensor.Shape) error {
	out, err := m.Out(x)
	if err == nil && out != y {
		err = fmt.Errorf("the prediction is %v, and Y is %v", out, y)
	}
	return err
}

// Negative changes the sign of a row.
func Negative(_, _ int, row []float64) error {
	for i := range row {
		row[i] = -row[i]
	}
	return nil
}

// NaNNear returns a RowFunc that sets the values within margin of an edge to NaN.
func NaNNear(s tensor.Shape, margin corr.Size) RowFunc {
	return func(_, y int, row []float64) error {
		for i := range row {
			if y < margin.H || y >= s.H-margin.H || i < margin.W || i >= s.W-margin.W {
				row[i] = math.NaN()
			}
		}
		return nil
	}
}

// NaNLike returns a RowFunc that sets the values to NaN that are NaN in m.
func NaNLike(m *Map) RowFunc {
	return func(p, y int, row []float64) error {
		for i, v := range m.row(p, y) {
			if v != v {
				row[i] = math.NaN()
			}
		}
		return nil
	}
}

// Copy puts the rows of an image into a sink that takes them in any order.
func Copy(src tensor.Source[float64], sink tensor.Sink[float64]) error {
	s := src.Shape()
	row := make([]float64, s.W)
	for i := range s.Planes() * s.H {
		values, err := src.Row(i/s.H, i%s.H, row)
		if err != nil {
			return err
		}
		copy(row, values)
		if _, err := sink.Put(tensor.Band[float64]{P: i / s.H, Y: i % s.H, Rows: 1, W: s.W, Stride: s.W, Data: row}); err != nil {
			return err
		}
	}
	return nil
}

// Scaled returns an image times f.
func Scaled(m *Map, f float64) *Map {
	r := NewMap(m.shape)
	for i, v := range m.data {
		r.data[i] = float32(f * float64(v))
	}
	return r
}
