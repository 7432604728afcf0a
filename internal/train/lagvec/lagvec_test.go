package lagvec

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr/vec"
)

// tolerance is that of sums in another order, with and without fused
// multiplications, relative to the sum of the magnitudes (at most 1 each).
const tolerance = 1e-15

// numbers are n values that are not finite beyond the first used.
func numbers(n, used int, seed uint64) []float64 {
	s := make([]float64, n)
	for i := range s {
		seed = seed*6364136223846793005 + 1442695040888963407
		s[i] = float64(seed>>40)/(1<<23) - 1
		if i >= used {
			s[i] = math.NaN()
		}
	}
	return s
}

// each runs a test with every implementation that this processor has.
func each(t *testing.T, f func(*testing.T)) {
	t.Helper()
	for _, name := range vec.Implementations() {
		restore := vec.Use(name)
		t.Run(name, f)
		restore()
	}
}

// The two assemblies give the same bits.
func TestSameBits(t *testing.T) {
	sums := map[string][]float64{}
	for _, name := range vec.Implementations() {
		restore := vec.Use(name)
		s := make([]float64, 5*13)
		DotLags(s, 5, 13, numbers(5*200, 5*200, 1), 200, 187, numbers(240, 240, 2))
		d := numbers(48, 48, 6)
		OuterLags(d, 16, numbers(3, 3, 7), numbers(20, 20, 8))
		g := make([]float64, 21*21)
		AddGram(g, 21, numbers(9*40, 9*40, 9), 40, 9, 0.5)
		sums[name] = append(append(s, d...), g...)
		restore()
	}
	if sums["avx512"] == nil || sums["avx2"] == nil {
		t.Skip("this processor has only one of them")
	}
	for i, v := range sums["avx512"] {
		if v != sums["avx2"][i] {
			t.Fatalf("number %d: %v with AVX-512, %v with AVX2", i, v, sums["avx2"][i])
		}
	}
}

func TestDotLags(t *testing.T) {
	each(t, func(t *testing.T) {
		for n := range 36 {
			for _, rows := range []int{1, 2, 3, 4, 7} {
				for lags := 1; lags <= 15; lags++ {
					stride := n + 3
					a, b := numbers(rows*stride+1, rows*stride, 1), numbers(n+lags+Slack, n+lags-1, 2)
					acc := numbers(rows*lags+1, 0, 3)
					DotLags(acc, rows, lags, a, stride, n, b)
					for r := range rows {
						for k := range lags {
							want := 0.0
							for i := range n {
								want += a[r*stride+i] * b[i+k]
							}
							if got := acc[r*lags+k]; !(math.Abs(got-want) <= tolerance*float64(n)) {
								t.Fatalf("n %d, rows %d, lags %d: sum %d,%d is %v, want %v", n, rows, lags, r, k, got, want)
							}
						}
					}
					if !math.IsNaN(acc[rows*lags]) {
						t.Fatalf("n %d, rows %d, lags %d: written past the end", n, rows, lags)
					}
				}
			}
		}
	})
}

func TestOuterLags(t *testing.T) {
	each(t, func(t *testing.T) {
		for n := range 9 {
			for _, width := range []int{8, 16, 24} {
				a, b := numbers(n+1, n, 1), numbers(n+width, n+width-1, 2)
				dst, was := numbers(n*width+1, n*width, 3), numbers(n*width+1, n*width, 3)
				OuterLags(dst, width, a[:n], b)
				for q := range n {
					for k := range width {
						want := was[q*width+k] + a[q]*b[q+k]
						if got := dst[q*width+k]; !(math.Abs(got-want) <= tolerance) {
							t.Fatalf("n %d, width %d: element %d,%d is %v, want %v", n, width, q, k, got, want)
						}
					}
				}
				if !math.IsNaN(dst[n*width]) {
					t.Fatalf("n %d, width %d: written past the end", n, width)
				}
			}
		}
	})
}

func BenchmarkDotLags(b *testing.B) {
	const n = 1018
	for _, c := range []struct{ rows, lags int }{{6, 13}, {14, 29}, {7, 7}, {100, 1}} {
		b.Run(fmt.Sprintf("%dx%d", c.rows, c.lags), func(b *testing.B) {
			x, y, acc := numbers(c.rows*1024, c.rows*1024, 1), numbers(1100, 1100, 2), make([]float64, c.rows*c.lags)
			for b.Loop() {
				DotLags(acc, c.rows, c.lags, x, 1024, n, y)
			}
			b.ReportMetric(float64(c.rows*c.lags*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFMA/s")
		})
	}
}

// AddGram adds to the upper half alone what the definition says, for any number
// of unknowns and windows.
func TestAddGram(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, size := range []int{1, 2, 3, 4, 5, 31, 32, 33, 50, 70} {
			for _, n := range []int{0, 1, 2, 7, 20} {
				stride := (size+GramWidth-1)/GramWidth*GramWidth + 3
				a, g := numbers(n*stride, n*stride, 1), numbers(size*size, size*size, 2)
				before := append([]float64(nil), g...)
				AddGram(g, size, a, stride, n, -2)
				for r := range size {
					for c := range size {
						want := before[r*size+c]
						for i := range n {
							if r <= c {
								want -= 2 * a[i*stride+r] * a[i*stride+c]
							}
						}
						if math.Abs(g[r*size+c]-want) > tolerance*float64(2*n+1) {
							t.Fatalf("size %d, %d windows: [%d][%d] is %v, want %v", size, n, r, c, g[r*size+c], want)
						}
					}
				}
			}
		}
	})
}

// AddGramSingle does the same with windows in float32.
func TestAddGramSingle(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, size := range []int{1, 4, 11, 12, 13, 32, 33, 50, 70} {
			for _, n := range []int{0, 1, 2, 7, 20} {
				stride := (size+GramWidth-1)/GramWidth*GramWidth + SingleRows
				a, g := make([]float32, n*stride), numbers(size*size, size*size, 2)
				for i, v := range numbers(n*stride, n*stride, 1) {
					a[i] = float32(v)
				}
				before := append([]float64(nil), g...)
				AddGramSingle(g, size, a, stride, n, -2)
				for r := range size {
					for c := range size {
						want := before[r*size+c]
						for i := range n {
							if r <= c {
								want -= 2 * float64(a[i*stride+r]) * float64(a[i*stride+c])
							}
						}
						if math.Abs(g[r*size+c]-want) > 0x1p-23*float64(2*n+1) {
							t.Fatalf("size %d, %d windows: [%d][%d] is %v, want %v", size, n, r, c, g[r*size+c], want)
						}
					}
				}
			}
		}
	})
}

// AddGramQuads adds exactly what its definition says, of windows that GatherQuad took
// from an image, at the ends of what bytes hold, too.
func TestAddGramQuads(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, k := range [][2]int{{1, 1}, {1, 2}, {3, 4}, {5, 5}, {2, 17}, {7, 9}} {
			for _, n := range []int{0, 1, 5, MostQuads} {
				kh, kw := k[0], k[1]
				size, xs := kh*kw, 40
				stride := (size+GramWidth-1)/GramWidth*GramWidth + SingleRows
				x := make([]byte, (kh+3)*xs+QuadSlack)
				for i := range x {
					x[i] = byte(i * i * 37)
					if n == MostQuads {
						x[i] = []byte{0, 255}[i/3%2]
					}
				}
				signed, unsigned := make([]byte, Quad*(n*stride+16)), make([]byte, Quad*(n*stride+16))
				g := numbers(size*size, size*size, 2)
				for i := range g {
					g[i] = math.Round(8 * g[i])
				}
				want := append([]float64(nil), g...)
				for i := range n {
					var at [Quad]int
					for k := range at {
						at[k] = (i%3)*xs + (5*i+3*k)%20
						for r := range size {
							for c := r; c < size; c++ {
								a, b := x[at[k]+r/kw*xs+r%kw], x[at[k]+c/kw*xs+c%kw]
								want[r*size+c] -= 2 * (float64(a) - 128) * float64(b)
							}
						}
					}
					GatherQuad(unsigned[Quad*i*stride:], signed[Quad*i*stride:], x, at, xs, kh, kw)
				}
				AddGramQuads(g, size, signed, unsigned, stride, n, -2)
				for i, v := range g {
					if v != want[i] {
						t.Fatalf("%dx%d, %d quads: [%d][%d] is %v, want %v", kh, kw, n, i/size, i%size, v, want[i])
					}
				}
			}
		}
	})
}

func BenchmarkAddGramQuads(b *testing.B) {
	for _, size := range []int{49, 225, 961} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			stride, n := (size+GramWidth-1)/GramWidth*GramWidth+16, MostQuads
			x, y, g := make([]byte, Quad*n*stride), make([]byte, Quad*n*stride), make([]float64, size*size)
			for b.Loop() {
				AddGramQuads(g, size, x, y, stride, n, 1)
			}
			b.ReportMetric(float64(size)*float64(size+1)/2*float64(Quad*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "products/ns")
		})
	}
}

func BenchmarkAddGramSingle(b *testing.B) {
	for _, size := range []int{49, 225, 961} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			stride := (size+GramWidth-1)/GramWidth*GramWidth + 16
			n := 128
			a, g := make([]float32, n*stride), make([]float64, size*size)
			for b.Loop() {
				AddGramSingle(g, size, a, stride, n, 1)
			}
			b.ReportMetric(float64(size)*float64(size+1)/2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFMA/s")
		})
	}
}

func BenchmarkAddGram(b *testing.B) {
	for _, size := range []int{49, 225, 961} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			stride := (size+GramWidth-1)/GramWidth*GramWidth + 8
			n := 64
			a, g := numbers(n*stride, n*stride, 1), make([]float64, size*size)
			for b.Loop() {
				AddGram(g, size, a, stride, n, 1)
			}
			b.ReportMetric(float64(size)*float64(size+1)/2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFMA/s")
		})
	}
}
