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
		sums[name] = append(s, d...)
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
