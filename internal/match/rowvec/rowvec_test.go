package rowvec

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/vec"
)

// each runs a test with every implementation that this processor has.
func each(t *testing.T, f func(*testing.T)) {
	t.Helper()
	for _, name := range vec.Implementations() {
		restore := vec.Use(name)
		t.Run(name, f)
		restore()
	}
}

// All implementations give the bits of the reference, at every length, and write
// nothing behind it.
func TestStep(t *testing.T) {
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 1))
		for n := range 40 {
			sums, squares := make([]float64, n+1), make([]float64, n+1)
			in, out := make([]float32, n), make([]float32, n)
			for i := range in {
				sums[i], squares[i] = r.NormFloat64(), r.ExpFloat64()
				in[i], out[i] = float32(r.NormFloat64()), float32(r.NormFloat64())
			}
			wantSums, wantSquares := append([]float64(nil), sums...), append([]float64(nil), squares...)
			stepGo(wantSums[:n], wantSquares[:n], in, out)
			Step(sums[:n], squares[:n], in, out)
			for i := range sums {
				if sums[i] != wantSums[i] || squares[i] != wantSquares[i] {
					t.Fatalf("%d elements: element %d is %v, %v, not %v, %v", n, i, sums[i], squares[i], wantSums[i], wantSquares[i])
				}
			}
		}
	})
}

func TestNormalise(t *testing.T) {
	special := []float64{0, -1e-9, 1e-60, 1e-12, math.Copysign(0, -1)}
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(2, 1))
		for n := range 60 {
			out, want := make([]float32, n+1), make([]float32, n+1)
			cross, variance := make([]float32, n), make([]float64, n)
			for i := range cross {
				cross[i], variance[i] = float32(r.NormFloat64()), r.ExpFloat64()+1e-3
				if r.IntN(4) == 0 {
					variance[i] = special[r.IntN(len(special))]
				}
				if r.IntN(5) == 0 {
					cross[i] = 0
				}
			}
			wantLow, wantLeast := normaliseGo(want[:n], cross, variance, 0.7)
			low, least := Normalise(out[:n], cross, variance, 0.7)
			if low != wantLow || least != wantLeast {
				t.Fatalf("%d elements: the least are %v and %v, not %v and %v", n, low, least, wantLow, wantLeast)
			}
			for i := range out {
				if out[i] != want[i] {
					t.Fatalf("%d elements: element %d (%v, %v) is %v, not %v", n, i, cross[min(i, n-1)], variance[min(i, n-1)], out[i], want[i])
				}
			}
		}
	})
}
