package main

import (
	"context"
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/solve"
)

// loopEpochs is how many epochs the peers' training loop runs in one go.
const loopEpochs = 10

// benchFit learns a kernel from a picture and its filtered copy.
func benchFit(s *sitting) (*table, error) {
	t := &table{task: "fit", programs: []string{"convkit", "PyTorch loop", "NumPy lstsq", "NumPy normal equations"}, unit: 1e-3}
	x := picture(768, 1024)
	for _, n := range []int{7, 15} {
		k := randomKernel(n, n)
		y, err := filtered(x, k)
		if err != nil {
			return nil, err
		}
		r := request{Size: n, Rate: 1e-9}
		if r.X, err = store(s, "fit-x", x); err != nil {
			return nil, err
		}
		if r.Y, err = store(s, fmt.Sprintf("fit-y%d", n), y); err != nil {
			return nil, err
		}
		epochs := 1000
		gd, err := s.compete(fmt.Sprintf("%dx%d, gradient descent, %d epochs", n, n, epochs), []*contestant{
			fit(x, y, n, descent.Descent{Epochs: epochs}),
			s.fits("PyTorch", "train_loop", r, float64(epochs)/loopEpochs), nil, nil,
		})
		if err != nil {
			return nil, err
		}
		exact, err := s.compete(fmt.Sprintf("%dx%d, exactly", n, n), []*contestant{
			fit(x, y, n, descent.Descent{Optimizer: descent.Exact}), nil,
			s.fits("NumPy", "lstsq", r, 1), s.fits("NumPy", "normal", r, 1),
		})
		if err != nil {
			return nil, err
		}
		t.rows = append(t.rows, gd, exact)
	}
	return t, nil
}

// fit is convkit's fit, from the images in memory to the kernel.
func fit(x, y *tensor.Dense[float64], n int, d descent.Descent) *contestant {
	return &contestant{once: func(repeat int, path string) (float64, error) {
		var result solve.Result
		seconds, err := timed(repeat, func() error {
			sums, err := accumulate.Images(context.Background(), x, y, train.Spec{Kernel: corr.Size{H: n, W: n}})
			if err != nil {
				return err
			}
			result, err = descent.Descend(context.Background(), sums, d, nil)
			return err
		})
		if err == nil && path != "" && d.Optimizer == descent.Exact {
			err = saveKernel[float64](path, result.Kernel)
		}
		return seconds, err
	}}
}

// fits is a peer's fit; its time counts so many times.
func (s *sitting) fits(library, task string, r request, times float64) *contestant {
	if !s.python.has(library) {
		return nil
	}
	r.Task = task
	return &contestant{once: func(repeat int, path string) (float64, error) {
		r.Repeat, r.Save = repeat, path
		seconds, err := s.python.ask(r)
		return seconds * times, err
	}}
}

func filtered(x *tensor.Dense[float64], k tensor.Kernel) (*tensor.Dense[float64], error) {
	p, err := corr.NewPlan[float64](x.Shape(), k, corr.Options{}, corr.Config{})
	if err != nil {
		return nil, err
	}
	y := tensor.NewDense[float64](p.Out())
	return y, p.Run(context.Background(), x, y)
}
