package xnoise

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/traintest"
	"pgregory.net/rapid"
)

// The sums at each lag are those of all pairs of outputs that count, one by one.
func TestLags(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(1, 140).Draw(t, "columns")
		r, used := make([][]float64, h), make([][]bool, h)
		for y := range h {
			r[y] = rapid.SliceOfN(rapid.Float64Range(-1, 1), w, w).Draw(t, "residuals")
			used[y] = rapid.SliceOfN(rapid.Bool(), w, w).Draw(t, "used")
		}
		o := NewLags()
		g, err := geometry.New(h, w, corr.Size{H: 1, W: 1}, geometry.Options{})
		if err != nil {
			t.Fatal(err)
		}
		o.BeginPair(train.Pair{}, g)
		rows := o.Rows()
		rows.Begin()
		for y := range h {
			if err := rows.Row(&accumulate.ObservedRow{Y: y, Residuals: r[y], Used: used[y]}); err != nil {
				t.Fatal(err)
			}
		}
		rows.Commit()
		o.EndPair(1)
		for k := range lagCount {
			dy, dx := lagOf(k)
			var sum, square, n float64
			for y := dy; y < h; y++ {
				for x := max(0, -dx); x < min(w, w-dx); x++ {
					if used[y-dy][x] && used[y][x+dx] {
						p := r[y-dy][x] * r[y][x+dx]
						sum, square, n = sum+p, square+p*p, n+1
					}
				}
			}
			if o.total.n[k] != n {
				t.Fatalf("lag %d,%d: %v pairs, want %v", dy, dx, o.total.n[k], n)
			}
			limit := traintest.SumTolerance * (1 + n)
			if math.Abs(o.total.sum[k]-sum) > limit || math.Abs(o.total.square[k]-square) > limit {
				t.Fatalf("lag %d,%d: sums %v and %v, want %v and %v", dy, dx, o.total.sum[k], o.total.square[k], sum, square)
			}
		}
	})
}
