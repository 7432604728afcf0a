package corr

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// BenchmarkCorrelate measures valid correlations with random kernels on all
// threads: BenchmarkCorrelate/float32/4096x4096/3x3 and so on. It reports
// output elements in Gpx/s.
func BenchmarkCorrelate(b *testing.B) {
	b.Run("float32", benchSizes[float32])
	b.Run("float64", benchSizes[float64])
}

func benchSizes[T tensor.Float](b *testing.B) {
	for _, n := range []int{4096, 512} {
		b.Run(fmt.Sprintf("%dx%d", n, n), func(b *testing.B) {
			for _, k := range []int{1, 3, 5, 7, 9, 11, 15, 21, 31, 63} {
				b.Run(fmt.Sprintf("%dx%d", k, k), func(b *testing.B) { benchmark[T](b, n, randomKernel(k), Config{}) })
			}
		})
	}
}

func randomKernel(n int) tensor.Kernel {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	k := tensor.Matrix(n, n, make([]float64, n*n)...)
	for i := range k.Taps {
		k.Taps[i] = r.Float64() - 0.5
	}
	return k
}

// benchmark runs one kernel so that the result has n x n elements.
func benchmark[T tensor.Float](b *testing.B, n int, k tensor.Kernel, c Config) {
	r := rand.New(rand.NewPCG(2, 3))
	x := tensor.NewDense[T](tensor.Shape{N: 1, C: 1, H: n + k.H - 1, W: n + k.W - 1})
	for i := range x.Data {
		x.Data[i] = T(r.Float32())
	}
	p, err := NewPlan[T](x.Shape(), k, Options{}, c)
	if err != nil {
		b.Fatal(err)
	}
	y := tensor.NewDense[T](p.Out())
	b.SetBytes(int64(n*n) * int64(elementSize[T]()))
	for b.Loop() {
		if err := p.Run(context.Background(), x, y); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gpx/s")
}
