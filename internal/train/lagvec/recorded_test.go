package lagvec

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr/vec"
)

// recorded are digests of sums that AVX2 on amd64 has made.
var recorded = map[string]string{
	"lags 1x1 of 1":      "2223223f0706c6cc",
	"lags 2x6 of 8":      "0f259ecb10564e2c",
	"lags 3x7 of 15":     "81d2bbab76bc777d",
	"lags 5x13 of 187":   "119ed63d42d7c1b0",
	"lags 4x29 of 64":    "14fb1caca704dd68",
	"outer lags":         "e9c172fb3e195481",
	"gram":               "00784e4b373c8172",
	"gram of singles 40": "7b7bda3352deb7eb",
	"gram of singles 70": "e1b7268657c71ba8",
}

// All implementations in assembly, those of other processors too, give the bits that AVX2
// gives.
func TestRecordedBits(t *testing.T) {
	each(t, func(t *testing.T) {
		if vec.Name() == "go" { // rounds twice
			return
		}
		got := map[string]string{}
		for _, c := range [][3]int{{1, 1, 1}, {2, 6, 8}, {3, 7, 15}, {5, 13, 187}, {4, 29, 64}} {
			rows, lags, n := c[0], c[1], c[2]
			s := make([]float64, rows*lags)
			DotLags(s, rows, lags, numbers(rows*200, rows*200, 1), 200, n, numbers(n+lags+Slack, n+lags-1, 2))
			got[fmt.Sprintf("lags %dx%d of %d", rows, lags, n)] = digest(s)
		}
		d := numbers(48, 48, 6)
		OuterLags(d, 16, numbers(3, 3, 7), numbers(20, 20, 8))
		got["outer lags"] = digest(d)
		g := make([]float64, 21*21)
		AddGram(g, 21, numbers(9*40, 9*40, 9), 40, 9, 0.3)
		got["gram"] = digest(g)
		for _, size := range []int{40, 70} {
			const n, stride = 9, 128
			x := make([]float32, n*stride)
			for i, v := range numbers(len(x), len(x), 10) {
				x[i] = float32(v)
			}
			g := make([]float64, size*size)
			AddGramSingle(g, size, x, stride, n, 0.3)
			got[fmt.Sprintf("gram of singles %d", size)] = digest(g)
		}
		for name, want := range recorded {
			if got[name] != want {
				t.Errorf("%s: %q, want %q", name, got[name], want)
			}
		}
	})
}

func digest(s []float64) string {
	h := fnv.New64a()
	for _, v := range s {
		_ = binary.Write(h, binary.LittleEndian, math.Float64bits(v))
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
