package main

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// noise is an image of evenly drawn numbers, 0 to 1.
func noise[T tensor.Float](c, h, w int) *tensor.Dense[T] {
	r := rand.New(rand.NewPCG(1, 2))
	x := tensor.NewDense[T](tensor.Shape{N: 1, C: c, H: h, W: w})
	for i := range x.Data {
		x.Data[i] = T(r.Float32())
	}
	return x
}

// picture is noise of all scales, as photographs have it: each octave is half
// as strong as the one below. Its numbers are those of eight bits, 0 to 1.
func picture(h, w int) *tensor.Dense[float64] {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
	coarse := noise[float64](1, h, w)
	for y := range h {
		for i := range w {
			v, share := 0.0, 0.5
			for shift := 8; shift >= 0; shift -= 2 {
				v += share * smooth(coarse.Data, w, h, i, y, shift)
				share /= 2
			}
			x.Data[y*w+i] = float64(int(v*255)) / 255
		}
	}
	return x
}

// smooth interpolates between numbers that stand 2^shift pixels apart.
func smooth(v []float64, w, h, x, y, shift int) float64 {
	step := 1 << shift
	fx, fy := float64(x%step)/float64(step), float64(y%step)/float64(step)
	at := func(dy, dx int) float64 { return v[min((y>>shift)+dy, h-1)*w+min((x>>shift)+dx, w-1)] }
	return (at(0, 0)*(1-fx)+at(0, 1)*fx)*(1-fy) + (at(1, 0)*(1-fx)+at(1, 1)*fx)*fy
}

// randomKernel has taps that sum to about one and no structure.
func randomKernel(h, w int) tensor.Kernel {
	r := rand.New(rand.NewPCG(3, uint64(h*w)))
	k := tensor.Matrix(h, w, make([]float64, h*w)...)
	for i := range k.Taps {
		k.Taps[i] = float64(float32(2 * r.Float64() / float64(h*w)))
	}
	return k
}

// gaussianKernel is the matrix of OpenCV's GaussianBlur with sigma n/6.
func gaussianKernel(n int) tensor.Kernel {
	k := tensor.Matrix(n, n, make([]float64, n*n)...)
	sum, sigma := 0.0, float64(n)/6
	for i := range k.Taps {
		u, v := float64(i/n-n/2), float64(i%n-n/2)
		k.Taps[i] = math.Exp(-(u*u + v*v) / (2 * sigma * sigma))
		sum += k.Taps[i]
	}
	for i := range k.Taps {
		k.Taps[i] /= sum
	}
	return k
}

// save writes an array in a format.
func save[T tensor.Float](path string, x *tensor.Dense[T], format string) error {
	return saveFrom[T](path, x, imageio.WriteOptions{Format: format, Digits: -1})
}

func saveFrom[T tensor.Float](path string, x tensor.Source[T], o imageio.WriteOptions) error {
	w, err := imageio.Create(path, nil, x.Shape(), o)
	if err != nil {
		return err
	}
	defer w.Abort()
	copied := tensor.Matrix(1, 1, 1)
	p, err := corr.NewPlan[T](x.Shape(), copied, corr.Options{}, corr.Config{})
	if err != nil {
		return err
	}
	if err := p.Run(context.Background(), x, imageio.SinkOf[T](w)); err != nil {
		return err
	}
	return w.Close()
}

// saveKernel writes a kernel as the array that all programs read.
func saveKernel[T tensor.Float](path string, k tensor.Kernel) error {
	x := tensor.NewDense[T](tensor.Shape{N: k.Out, C: k.In, H: k.H, W: k.W})
	for i, v := range k.Taps {
		x.Data[i] = T(v)
	}
	if !k.Mixes {
		x = tensor.FromData(tensor.Shape{N: 1, C: 1, H: k.H, W: k.W}, x.Data)
	}
	return save(path, x, "npy")
}

func collect(src tensor.Source[float64]) ([]float64, error) {
	x, err := tensor.Collect(src)
	if err != nil {
		return nil, err
	}
	return x.Data, nil
}

// store puts an image where the peers find it, once.
func store[T tensor.Float](s *sitting, name string, x *tensor.Dense[T]) (string, error) {
	path := filepath.Join(s.dir, name+".npy")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, save(path, x, "npy")
}
