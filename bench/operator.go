package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// operatorPeers are the programs that correlate arrays in memory, and up to
// which kernel size their time is bearable.
var operatorPeers = []struct {
	name, library, task string
	largest             int
}{
	{"OpenCV filter2D", "OpenCV", "filter2d", 1 << 30},
	{"OpenCV filter2D, dst=", "OpenCV", "filter2d_into", 1 << 30},
	{"SciPy fftconvolve", "SciPy", "fftconvolve", 1 << 30},
	{"SciPy ndimage", "SciPy", "ndimage", 7},
	{"PyTorch conv2d", "PyTorch", "conv2d", 31},
}

var benchSizes = []int{3, 5, 7, 9, 11, 15, 21, 31, 63}

func benchOperator(s *sitting) (*table, error) {
	return operatorTable[float32](s, noise[float32](1, 4096, 4096), benchSizes, 0, 1e-3)
}

func benchThread(s *sitting) (*table, error) {
	return operatorTable[float32](s, noise[float32](1, 4096, 4096), benchSizes, 1, 1e-3)
}

func benchSmall(s *sitting) (*table, error) {
	return operatorTable[float32](s, noise[float32](1, 512, 512), benchSizes, 0, 1e-6)
}

func benchFloat64(s *sitting) (*table, error) {
	return operatorTable[float64](s, noise[float64](1, 4096, 4096), []int{3, 5, 7, 11, 15, 31}, 0, 1e-3)
}

// operatorTable measures kernels of several sizes on one image.
func operatorTable[T tensor.Float](s *sitting, x *tensor.Dense[T], sizes []int, threads int, unit float64) (*table, error) {
	t := &table{task: "kernel", programs: []string{"convkit"}, unit: unit}
	for _, p := range operatorPeers {
		t.programs = append(t.programs, p.name)
	}
	for _, n := range sizes {
		k := randomKernel(n, n)
		all := []*contestant{operator(x, k, threads)}
		for _, p := range operatorPeers {
			c, err := peer(s, p.library, request{Task: p.task, Threads: threads}, x, k)
			if err != nil {
				return nil, err
			}
			if n > p.largest {
				c = nil
			}
			all = append(all, c)
		}
		r, err := s.compete(fmt.Sprintf("%dx%d", n, n), all)
		if err != nil {
			return nil, err
		}
		t.rows = append(t.rows, r)
	}
	return t, nil
}

func benchGaussian(s *sitting) (*table, error) {
	t := &table{task: "kernel", programs: []string{"convkit", "OpenCV GaussianBlur"}, unit: 1e-3}
	x := noise[float32](1, 4096, 4096)
	for _, n := range []int{3, 7, 15, 31, 63} {
		k := gaussianKernel(n)
		c, err := peer(s, "OpenCV", request{Task: "gaussian_blur", Size: n}, x, k)
		if err != nil {
			return nil, err
		}
		r, err := s.compete(fmt.Sprintf("%dx%d", n, n), []*contestant{operator(x, k, 0), c})
		if err != nil {
			return nil, err
		}
		t.rows = append(t.rows, r)
	}
	return t, nil
}

func benchChannels(s *sitting) (*table, error) {
	t := &table{task: "kernel, image", programs: []string{"convkit", "PyTorch conv2d"}, unit: 1e-3}
	for _, d := range []struct{ out, in, k, n int }{{3, 3, 3, 2048}, {3, 3, 7, 2048}, {16, 16, 3, 512}, {64, 64, 3, 128}} {
		x := noise[float32](d.in, d.n, d.n)
		k := randomKernel(d.out*d.k, d.in*d.k)
		k = tensor.Kernel{Mixes: true, Out: d.out, In: d.in, H: d.k, W: d.k, Taps: k.Taps}
		c, err := peer(s, "PyTorch", request{Task: "conv2d"}, x, k)
		if err != nil {
			return nil, err
		}
		r, err := s.compete(fmt.Sprintf("%v, %v", k, x.Shape()), []*contestant{operator(x, k, 0), c})
		if err != nil {
			return nil, err
		}
		t.rows = append(t.rows, r)
	}
	return t, nil
}

// operator is convkit's engine, called as the command calls it, with the result
// in memory that is there already.
func operator[T tensor.Float](x *tensor.Dense[T], k tensor.Kernel, threads int) *contestant {
	var y *tensor.Dense[T]
	return &contestant{once: func(repeat int, path string) (float64, error) {
		p, err := corr.NewPlan[T](x.Shape(), k, corr.Options{}, corr.Config{Threads: threads})
		if err != nil {
			return 0, err
		}
		if y == nil {
			y = tensor.NewDense[T](p.Out())
		}
		seconds, err := timed(repeat, func() error { return p.Run(context.Background(), x, y) })
		if err == nil && path != "" {
			err = save(path, y, "npy")
		}
		return seconds, err
	}}
}

// peer is a task of a Python library on the same arrays; nil where it is missing.
func peer[T tensor.Float](s *sitting, library string, r request, x *tensor.Dense[T], k tensor.Kernel) (*contestant, error) {
	if !s.python.has(library) {
		return nil, nil
	}
	var err error
	if r.X, err = store(s, fmt.Sprintf("x-%T-%v", x, x.Shape()), x); err != nil {
		return nil, err
	}
	r.K = filepath.Join(s.dir, fmt.Sprintf("k-%T-%v-%.9v.npy", x, k, k.Taps[0]))
	if err := saveKernel[T](r.K, k); err != nil {
		return nil, err
	}
	return asks(s, r), nil
}

// asks is a contestant that the Python peers speak for.
func asks(s *sitting, r request) *contestant {
	return &contestant{once: func(repeat int, path string) (float64, error) {
		r.Repeat, r.Save = repeat, path
		return s.python.ask(r)
	}}
}
