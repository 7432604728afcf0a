package corr

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// BenchmarkCorrelate measures valid correlations with random kernels on all
// threads: BenchmarkCorrelate/float32/4096x4096/3x3 and so on. Each reports
// output elements in Gpx/s and, measured in the same process, its bytes as a
// share of what a plain copy of as many takes (copy-share), and the taps of the
// definition as a share of the peak of fused multiply-adds (fma-share): above 1
// where a method needs fewer.
func BenchmarkCorrelate(b *testing.B) {
	b.Run("float32", func(b *testing.B) { benchSizes[float32](b, Config{}) })
	b.Run("float64", func(b *testing.B) { benchSizes[float64](b, Config{}) })
}

// BenchmarkOneThread is the same on one thread.
func BenchmarkOneThread(b *testing.B) {
	b.Run("float32", func(b *testing.B) { benchSizes[float32](b, Config{Threads: 1}) })
	b.Run("float64", func(b *testing.B) { benchSizes[float64](b, Config{Threads: 1}) })
}

// BenchmarkDirect is the direct method, whatever the plan would choose.
func BenchmarkDirect(b *testing.B) {
	b.Run("float32", func(b *testing.B) { benchSizes[float32](b, Config{Method: Direct}) })
	b.Run("float64", func(b *testing.B) { benchSizes[float64](b, Config{Method: Direct}) })
}

// BenchmarkTiles measures the fourier method on one thread with each side of
// tiles, for the constants of the cost model: us/pair is the time of two tiles.
func BenchmarkTiles(b *testing.B) {
	for _, name := range vec.Implementations() {
		b.Run(name, func(b *testing.B) {
			defer vec.Use(name)()
			b.Run("float32", benchTiles[float32])
			b.Run("float64", benchTiles[float64])
		})
	}
}

func benchTiles[T tensor.Float](b *testing.B) {
	for _, side := range fft.Sizes() {
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			n, k := 1024, randomKernel(side/4-1)
			x := randomImage[T](1, n+k.H-1, n+k.W-1)
			p, err := NewPlan[T](x.Shape(), k, Options{}, Config{Method: Fourier, Threads: 1})
			if err != nil {
				b.Fatal(err)
			}
			p.method = method.NewFourier[T](k, p.g, side)
			p.rows = p.bandRows()
			seconds := timeOf(b, p, x)
			b.ReportMetric(seconds/method.TilePairs(p.g, 1, side)*1e6, "us/pair")
		})
	}
}

// BenchmarkSeparable measures Gaussians, which the plan finds to be separable.
func BenchmarkSeparable(b *testing.B) {
	for _, k := range []int{3, 7, 15, 31, 63} {
		b.Run(fmt.Sprintf("float32/4096x4096/%dx%d", k, k), func(b *testing.B) {
			benchmark[float32](b, 1, 4096, gaussian(k), Config{})
		})
	}
}

// BenchmarkInput measures images, not results, of a power of two: the rows of
// their valid results are not aligned.
func BenchmarkInput(b *testing.B) {
	for _, k := range []int{3, 5, 7, 9, 11} {
		name := fmt.Sprintf("4096x4096/%dx%d", k, k)
		b.Run("float32/"+name, func(b *testing.B) { benchmark[float32](b, 1, 4097-k, randomKernel(k), Config{}) })
		b.Run("float64/"+name, func(b *testing.B) { benchmark[float64](b, 1, 4097-k, randomKernel(k), Config{}) })
	}
}

// BenchmarkPlanes measures three planes side by side, and a kernel that mixes
// three channels into three.
func BenchmarkPlanes(b *testing.B) {
	for _, k := range []int{3, 7, 15} {
		b.Run(fmt.Sprintf("rgb/float32/2048x2048/%dx%d", k, k), func(b *testing.B) {
			benchmark[float32](b, 3, 2048, randomKernel(k), Config{})
		})
		b.Run(fmt.Sprintf("mix/float32/2048x2048/%dx%d", k, k), func(b *testing.B) {
			one := randomKernel(k)
			mix := tensor.Kernel{Mixes: true, Out: 3, In: 3, H: k, W: k}
			for range 9 {
				mix.Taps = append(mix.Taps, one.Taps...)
			}
			benchmark[float32](b, 3, 2048, mix, Config{})
		})
	}
}

func benchSizes[T tensor.Float](b *testing.B, c Config) {
	for _, n := range []int{4096, 512} {
		b.Run(fmt.Sprintf("%dx%d", n, n), func(b *testing.B) {
			for _, k := range []int{1, 3, 5, 7, 9, 11, 15, 21, 31, 63} {
				b.Run(fmt.Sprintf("%dx%d", k, k), func(b *testing.B) { benchmark[T](b, 1, n, randomKernel(k), c) })
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

func gaussian(n int) tensor.Kernel {
	k := tensor.Matrix(n, n, make([]float64, n*n)...)
	for i := range k.Taps {
		u, v := float64(i/n-n/2), float64(i%n-n/2)
		k.Taps[i] = math.Exp(-(u*u + v*v) * 18 / float64(n*n))
	}
	return k
}

func randomImage[T tensor.Float](planes, h, w int) *tensor.Dense[T] {
	r := rand.New(rand.NewPCG(2, 3))
	x := tensor.NewDense[T](tensor.Shape{N: 1, C: planes, H: h, W: w})
	for i := range x.Data {
		x.Data[i] = T(r.Float32())
	}
	return x
}

// timeOf is the seconds of one run.
func timeOf[T tensor.Float](b *testing.B, p *Plan[T], x *tensor.Dense[T]) float64 {
	y := tensor.NewDense[T](p.Out())
	for i := range y.Data {
		y.Data[i] = 1 // memory never touched costs its page faults
	}
	for b.Loop() {
		if err := p.Run(context.Background(), x, y); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	return b.Elapsed().Seconds() / float64(b.N)
}

// benchmark runs one kernel so that each plane of the result has n x n elements.
func benchmark[T tensor.Float](b *testing.B, planes, n int, k tensor.Kernel, c Config) {
	x := randomImage[T](planes, n+k.H-1, n+k.W-1)
	p, err := NewPlan[T](x.Shape(), k, Options{}, c)
	if err != nil {
		b.Fatal(err)
	}
	seconds, outputs := timeOf(b, p, x), float64(p.Out().Len())
	b.ReportMetric(outputs/seconds/1e9, "Gpx/s")
	b.ReportMetric(copyTime[T](p.Out().Len(), p.threads)/seconds, "copy-share")
	if peak := peakRate[T](p.threads); peak > 0 {
		b.ReportMetric(outputs*float64(k.In*k.H*k.W)/seconds/peak, "fma-share")
	}
}

// onThreads runs f on several goroutines and returns the seconds it took.
func onThreads(threads int, f func(thread int)) float64 {
	var all sync.WaitGroup
	start := time.Now()
	for i := range threads {
		all.Go(func() { f(i) })
	}
	all.Wait()
	return time.Since(start).Seconds()
}

// copyTime is the least time that a copy of n elements takes.
func copyTime[T tensor.Float](n, threads int) float64 {
	from, to := make([]T, n), make([]T, n)
	for i := range from {
		from[i], to[i] = T(i), 1 // memory never written is one page of zeros
	}
	best := math.Inf(1)
	for range 10 {
		best = min(best, onThreads(threads, func(i int) {
			copy(to[i*n/threads:(i+1)*n/threads], from[i*n/threads:])
		}))
	}
	return best
}

// peakRate is the most taps a second.
func peakRate[T tensor.Float](threads int) float64 {
	const rounds = 1 << 18
	best := 0.0
	for range 10 {
		counts := make([]float64, threads)
		seconds := onThreads(threads, func(i int) { counts[i] = vec.Peak[T](rounds) })
		best = max(best, counts[0]*float64(threads)/seconds)
	}
	return best
}
