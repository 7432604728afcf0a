package corr

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// The number of threads changes no bit of a result, whatever the plan.
func TestThreadsChangeNoBit(t *testing.T) {
	for seed := range uint64(60) {
		if seed%2 == 0 {
			sameOnThreads[float32](t, seed)
		} else {
			sameOnThreads[float64](t, seed)
		}
	}
}

// FuzzThreads is the same for other seeds.
func FuzzThreads(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		sameOnThreads[float32](t, seed)
		sameOnThreads[float64](t, seed)
	})
}

// sameOnThreads runs one random plan on several numbers of threads.
func sameOnThreads[T tensor.Float](t *testing.T, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	in := tensor.Shape{N: 1, C: 1 + r.IntN(2), H: 1 + r.IntN(300), W: 1 + r.IntN(300)}
	side := func() int { return 1 + int(math.Exp(r.Float64()*4.2)) }
	h, w := side(), side()
	k := tensor.Matrix(h, w, make([]float64, h*w)...)
	rank := 1 + r.IntN(3) // of a part of the kernels
	full := r.IntN(2) == 0
	for i := range k.Taps {
		if full {
			k.Taps[i] = r.Float64() - 0.5
			continue
		}
		for p := range rank {
			k.Taps[i] += math.Sin(float64(p+1)*float64(i/k.W)+1) * math.Cos(float64(p+2)*float64(i%k.W))
		}
	}
	o := Options{Padding: Padding{Mode: geometry.PaddingMode(r.IntN(3))}, Border: Border{Mode: BorderMode(r.IntN(6))}, Convolve: r.IntN(2) == 0}
	if r.IntN(4) == 0 {
		o.Stride, o.Dilation = Size{H: 1 + r.IntN(3), W: 1 + r.IntN(3)}, Size{H: 1 + r.IntN(2), W: 1 + r.IntN(2)}
	}
	x := tensor.NewDense[T](in)
	for i := range x.Data {
		x.Data[i] = T(r.NormFloat64())
	}
	var want *tensor.Dense[T]
	for _, threads := range []int{1, 2, 3, 5, 8, 16} {
		p, err := NewPlan[T](in, k, o, Config{Threads: threads})
		if err != nil {
			return // a kernel larger than the image
		}
		y := tensor.NewDense[T](p.Out())
		if err := p.Run(context.Background(), x, y); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = y
		}
		for i, v := range y.Data {
			if w := want.Data[i]; math.Float64bits(float64(v)) != math.Float64bits(float64(w)) {
				t.Fatalf("seed %d, %v image, %v kernel, %+v, %d threads: element %d is %v instead of %v (%s)", seed, in, k, o, threads, i, v, w, p.Describe())
			}
		}
	}
}

// The direct and the separable method give the same bits in all assembly.
func TestInstructionSetsGiveTheSameBits(t *testing.T) {
	t.Run("float32", sameInAssembly[float32])
	t.Run("float64", sameInAssembly[float64])
}

func sameInAssembly[T tensor.Float](t *testing.T) {
	for _, m := range []Method{Direct, Separable} {
		for _, k := range []tensor.Kernel{randomKernel(3), randomKernel(8), gaussian(15), randomKernel(33)} {
			x := randomImage[T](2, 150, 131)
			want, from := []T(nil), ""
			for _, name := range vec.Implementations() {
				if name == "go" {
					continue // rounds twice where assembly rounds once
				}
				restore := vec.Use(name)
				p, err := NewPlan[T](x.Shape(), k, Options{Padding: Padding{Mode: Same}, Border: Border{Mode: Reflect}}, Config{Method: m})
				if err != nil {
					t.Fatal(err)
				}
				y := tensor.NewDense[T](p.Out())
				err = p.Run(context.Background(), x, y)
				restore()
				if err != nil {
					t.Fatal(err)
				}
				if want == nil {
					want, from = y.Data, name
				}
				for i, v := range y.Data {
					if v != want[i] {
						t.Fatalf("%v, %v kernel: element %d is %v with %s, %v with %s", m, k, i, want[i], from, v, name)
					}
				}
			}
		}
	}
}
