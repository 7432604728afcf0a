package corr

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// fullRank is a kernel that no few pairs of passes make.
func fullRank(side int) tensor.Kernel {
	k := tensor.Matrix(side, side, make([]float64, side*side)...)
	for i := range k.Taps {
		k.Taps[i] = float64(i*i%7) + 0.5
	}
	return k
}

// TestBandMemory: whatever the width and the threads, the bands of a file that flows
// through stay within bounds: as many goroutines work as have room, and one alone
// takes more only where a few windows do.
func TestBandMemory(t *testing.T) {
	flat := func(side int) tensor.Kernel {
		return tensor.Matrix(side, side, slices.Repeat([]float64{1}, side*side)...)
	}
	for name, k := range map[string]tensor.Kernel{"3x3": fullRank(3), "9x9": fullRank(9), "31x31": fullRank(31), "flat 31x31": flat(31), "flat 63x63": flat(63)} {
		bandMemory[float32](t, name, k)
		bandMemory[float64](t, name, k)
	}
}

func bandMemory[T tensor.Float](t *testing.T, name string, k tensor.Kernel) {
	for _, wide := range []int{100, 4096, 20000, 31623, 70000, 200_000, 1_000_000} {
		for _, threads := range []int{1, 2, 8, 64} {
			in := tensor.Shape{N: 1, C: 1, H: 10000, W: wide}
			p, err := NewPlan[T](in, k, Options{}, Config{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			list := schedule.NewJobs(p.out, p.rows, false, tensor.PlaneByPlane)
			n := p.maxWorkers(list, struct{ tensor.Source[T] }{}, orderedSink[T]{})
			took := n * p.g.BandBytes(p.rows, tensor.ElementSize[T]())
			switch few := p.g.BandBytes(max(1, k.H/4), tensor.ElementSize[T]()); {
			case took <= schedule.MaxBytes:
			case n == 1 && took <= max(few, schedule.MaxBytes):
			default:
				t.Errorf("%s on %d columns of float%d, %d threads: %d MB in %d bands of %d rows (%s)", name, wide, 8*tensor.ElementSize[T](), threads, took>>20, n, p.rows, p.Method())
			}
			if wide <= 4096 && threads <= 2 && n < threads {
				t.Errorf("%s on %d columns of float%d: %d of %d threads work", name, wide, 8*tensor.ElementSize[T](), n, threads)
			}
		}
	}
}

// orderedSink is a sink of which only the order is asked.
type orderedSink[T tensor.Float] struct{ tensor.Sink[T] }

func (orderedSink[T]) Order() tensor.Order { return tensor.PlaneByPlane }

// countingSource counts how often each row is asked for.
type countingSource struct {
	tensor.Source[float64]
	mu    sync.Mutex
	asked map[[2]int]int
}

func (s *countingSource) Row(p, y int, buf []float64) ([]float64, error) {
	s.mu.Lock()
	s.asked[[2]int{p, y}]++
	s.mu.Unlock()
	return s.Source.Row(p, y, buf)
}

// orderedCopy puts the bands where they belong, in the order it is given.
type orderedCopy struct {
	*tensor.Dense[float64]
	order tensor.Order
}

func (s orderedCopy) Order() tensor.Order { return s.order }

// TestRowsAreReadOnce: a goroutine that computes band after band, downwards or
// upwards, keeps the rows they share.
func TestRowsAreReadOnce(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 2, H: 61, W: 7})
	for i := range x.Data {
		x.Data[i] = float64(i * i % 101)
	}
	mixing := tensor.Kernel{Mixes: true, Out: 1, In: 2, H: 5, W: 3, Taps: make([]float64, 30)}
	copy(mixing.Taps, fullRank(6).Taps)
	for name, k := range map[string]tensor.Kernel{"plain": fullRank(5), "mixing": mixing} {
		for _, order := range []tensor.Order{tensor.AnyOrder, tensor.PlaneByPlane, tensor.RowByRow, tensor.BottomUp} {
			p, err := NewPlan[float64](x.Shape(), k, Options{}, Config{Method: Direct, Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			p.rows = 3
			src := &countingSource{Source: x, asked: map[[2]int]int{}}
			got, want := tensor.NewDense[float64](p.out), tensor.NewDense[float64](p.out)
			if err := p.Run(context.Background(), src, orderedCopy{got, order}); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(context.Background(), x, want); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Data, want.Data) {
				t.Errorf("%s, order %v: other results", name, order)
			}
			if order != tensor.PlaneByPlane && !k.Mixes {
				continue // planes by turns have no rows in common
			}
			again := 0
			for _, n := range src.asked {
				again += n - 1
			}
			if least := 2 * 4; again > 2*least { // where a last, lower band begins
				t.Errorf("%s, order %v: %d rows are read again", name, order, again)
			}
		}
	}
}

// TestKeptRowsAreTheSame: rows that were kept give what the image's own memory gives,
// whatever the method, the steps and the border, also beside a NaN.
func TestKeptRowsAreTheSame(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 2, C: 2, H: 61, W: 23})
	for i := range x.Data {
		x.Data[i] = float64(i * i % 101)
	}
	x.Data[31*23+4] = math.NaN()
	product := tensor.Matrix(5, 5, make([]float64, 25)...)
	for i := range product.Taps {
		product.Taps[i] = float64((i/5 + 1) * (i%5 - 2))
	}
	circular := Options{Padding: Padding{Mode: Same}, Border: Border{Mode: Circular}}
	for _, o := range []Options{{}, circular, {Stride: Size{H: 2, W: 3}}, {Stride: Size{H: 7, W: 1}}, {Dilation: Size{H: 3, W: 1}}} {
		for _, m := range []Method{Direct, Separable} {
			for _, order := range []tensor.Order{tensor.AnyOrder, tensor.PlaneByPlane, tensor.RowByRow, tensor.BottomUp} {
				for _, threads := range []int{1, 3} {
					p, err := NewPlan[float64](x.Shape(), product, o, Config{Method: m, Threads: threads})
					if err != nil {
						t.Fatal(err)
					}
					p.rows = 2
					got, want := tensor.NewDense[float64](p.out), tensor.NewDense[float64](p.out)
					src := struct{ tensor.Source[float64] }{x} // which lends no memory
					if err := errors.Join(p.Run(context.Background(), src, orderedCopy{got, order}), p.Run(context.Background(), x, want)); err != nil {
						t.Fatal(err)
					}
					if !slices.EqualFunc(got.Data, want.Data, func(a, b float64) bool { return a == b || a != a && b != b }) {
						t.Errorf("%+v, %v, order %v, %d threads: other results", o, m, order, threads)
					}
				}
			}
		}
	}
}
