package fft

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/vec"
)

// Products are the sums that four loops give.
func TestProducts(t *testing.T) {
	for _, name := range vec.Implementations() {
		t.Run(name, func(t *testing.T) {
			defer vec.Use(name)()
			t.Run("float64", func(t *testing.T) { testProducts[float64](t, 0x1p-53) })
			t.Run("float32", func(t *testing.T) { testProducts[float32](t, 0x1p-24) })
		})
	}
}

func testProducts[T Float](t *testing.T, unit float64) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 6 {
		n := Sizes()[i%3]
		kh, kw := 1+r.IntN(20), 1+r.IntN(20)
		tile, sums, image := NewTile[T](n), NewProducts[T](n), NewImage[T](n)
		want, size := [2][]float64{make([]float64, kh*kw), make([]float64, kh*kw)}, 0.0
		for range 3 {
			rows, cols := 1+r.IntN(n-kh+1), 1+r.IntN(n-kw+1)
			stride := n + kw + r.IntN(5)
			x, w := make([]T, (n+kh)*stride), make([]T, n*n)
			for i := range x {
				x[i] = T(r.Float64() - 0.4)
			}
			for y := range rows {
				for i := range cols {
					w[y*n+i] = T(r.Float64())
				}
			}
			u := [2]int{r.IntN(kh)*stride + r.IntN(kw), r.IntN(kh)*stride + r.IntN(kw)}
			tile.Image(image, Window[T]{Data: x, Stride: stride, Rows: rows + kh - 1, Cols: cols + kw - 1})
			tile.Forward(w, n, rows, x[u[0]:], x[u[1]:], stride)
			tile.Add([]*Products[T]{sums}, []*Spectrum[T]{image})
			for k := range want {
				for v := range want[k] {
					for y := range rows {
						for i := range cols {
							a := float64(w[y*n+i]) * float64(x[y*stride+i+u[k]])
							want[k][v] += a * float64(x[(y+v/kw)*stride+i+v%kw])
							size += math.Abs(a) / float64(2*len(want[k]))
						}
					}
				}
			}
		}
		a, b := make([]T, kh*kw), make([]T, kh*kw)
		tile.Take(sums, Window[T]{Data: a, Stride: kw, Rows: kh, Cols: kw}, Window[T]{Data: b, Stride: kw, Rows: kh, Cols: kw})
		for k, got := range [][]T{a, b} {
			for v, g := range got {
				if math.Abs(float64(g)-want[k][v]) > 4*math.Log2(float64(n))*unit*size {
					t.Fatalf("n %d: window %d, lag %d,%d is %.17g, want %.17g", n, k, v/kw, v%kw, g, want[k][v])
				}
			}
		}
		tile.Take(sums, Window[T]{Data: a, Stride: kw, Rows: kh, Cols: kw}, Window[T]{})
		if a[0] != 0 {
			t.Fatal("something is left")
		}
	}
}

func BenchmarkProducts(b *testing.B) {
	b.Run("float32", benchProducts[float32])
	b.Run("float64", benchProducts[float64])
}

func benchProducts[T Float](b *testing.B) {
	for _, n := range Sizes() {
		b.Run(map[int]string{64: "64", 128: "128", 256: "256"}[n], func(b *testing.B) {
			tile, sums, image := NewTile[T](n), NewProducts[T](n), NewImage[T](n)
			w, x := make([]T, n*(n+16)), make([]T, (n+48)*(n+48))
			for b.Loop() {
				tile.Forward(w, n+16, n, x, x, n+48)
				tile.Add([]*Products[T]{sums}, []*Spectrum[T]{image})
			}
		})
	}
}
