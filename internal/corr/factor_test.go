package corr

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The pairs reproduce a kernel up to what is dropped, for matrices of any rank
// whose entries differ by many orders of magnitude.
func TestFactorReproduces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		kh, kw := 1+r.IntN(12), 1+r.IntN(12)
		taps := make([]float64, kh*kw)
		for j := range taps {
			if r.IntN(3) > 0 {
				taps[j] = (r.Float64() - 0.5) * math.Pow(10, -6*r.Float64())
			}
		}
		f, ok := factor(taps, kh, kw, dropped[float64]())
		if !ok {
			t.Fatal("no factors")
		}
		rest := append([]float64(nil), taps...)
		for j, c := range f.cols {
			for u, a := range c {
				for v, b := range f.rows[j] {
					rest[u*kw+v] -= a * b
				}
			}
		}
		if got, limit := norm(rest), (dropped[float64]()+decomposition)*norm(taps); got > limit {
			t.Fatalf("matrix %d, %dx%d of rank %d: off by %.3g, limit %.3g", i, kh, kw, f.rank(), got, limit)
		}
	}
}
