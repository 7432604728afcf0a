package fft

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/vec"
)

// Sums by lag are those that four loops give, of pairs of partial windows.
func TestLags(t *testing.T) {
	for _, name := range vec.Implementations() {
		t.Run(name, func(t *testing.T) {
			defer vec.Use(name)()
			testLags(t)
		})
	}
}

func testLags(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 9 {
		n := Sizes()[i%3]
		rows, cols := 1+r.IntN(12), 1+r.IntN(12)
		l, other, tile := NewLags(n), NewLags(n), NewTile[float64](n)
		want, size := make([]float64, rows*cols), 0.0
		for k := range 3 {
			a := Window[float64]{Rows: 1 + r.IntN(n-rows+1), Cols: 1 + r.IntN(n-cols+1)}
			b := Window[float64]{Rows: 1 + r.IntN(n), Cols: 1 + r.IntN(n)}
			b.Blank = r.IntN(3) * r.IntN(b.Rows) / 2
			if k == 2 {
				b.Rows, b.Cols, b.Blank = n, n, 0
			}
			f := float64(1 + k)
			for _, w := range []*Window[float64]{&a, &b} {
				w.Stride = w.Cols + r.IntN(3)
				w.Data = make([]float64, (w.Rows-1)*w.Stride+w.Cols)
				for i := range w.Data {
					w.Data[i] = r.Float64()
				}
				size += f * float64(w.Rows*w.Cols) / 3
			}
			for ly := range rows {
				for lx := range cols {
					for y := max(0, b.Blank-ly); y < min(a.Rows, b.Rows-ly); y++ {
						for x := range min(a.Cols, b.Cols-lx) {
							want[ly*cols+lx] += f * a.Data[y*a.Stride+x] * b.Data[(y+ly)*b.Stride+x+lx]
						}
					}
				}
			}
			if k == 1 {
				other.Add(tile, a, b, f)
				l.Merge(other)
				continue
			}
			l.Add(tile, a, b, f)
		}
		got := make([]float64, rows*cols)
		l.Sums(got, rows, cols)
		for k, w := range want {
			if math.Abs(got[k]-w) > 4*math.Log2(float64(n))*0x1p-53*size {
				t.Fatalf("n %d: lag %d,%d is %.17g, want %.17g", n, k/cols, k%cols, got[k], w)
			}
		}
		l.Clear()
		if l.Sums(got, rows, cols); got[0] != 0 {
			t.Fatal("something is left")
		}
	}
}

func BenchmarkLags(b *testing.B) {
	for _, n := range Sizes() {
		b.Run(map[int]string{64: "64", 128: "128", 256: "256"}[n], func(b *testing.B) {
			l, tile := NewLags(n), NewTile[float64](n)
			w := Window[float64]{Data: make([]float64, n*n), Stride: n, Rows: n, Cols: n}
			for b.Loop() {
				l.Add(tile, w, w, 1)
			}
		})
	}
}
