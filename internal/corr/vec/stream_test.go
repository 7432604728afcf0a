package vec

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Stores around the cache give the bits that plain ones give, and touch nothing
// else, wherever rows begin and end.
func TestStream(t *testing.T) {
	for _, name := range Implementations() {
		t.Run(name, func(t *testing.T) {
			defer Use(name)()
			t.Run("float32", testStream[float32])
			t.Run("float64", testStream[float64])
		})
	}
}

func testStream[T Float](t *testing.T) {
	const rows, widest, lanes = 6, 4*4*16 + 20, 16
	r := rand.New(rand.NewPCG(5, 6))
	for _, size := range [][2]int{{1, 1}, {1, 9}, {2, 2}, {3, 3}, {5, 5}, {4, 6}, {15, 1}, {11, 11}} {
		kh, kw := size[0], size[1]
		k := NewTaps(fill(r, make([]T, kh*kw)), kh, kw)
		xs := widest + kw - 1
		x := fill(r, make([]T, (rows+kh-1)*xs))
		for offset := range lanes {
			for _, mode := range []Mode{0, Add} {
				cols := 1 + r.IntN(widest)
				ys := cols + r.IntN(lanes)
				plain := fill(r, make([]T, offset+rows*ys+lanes))
				stream := slices.Clone(plain)
				Correlate(plain[offset:], ys, x, xs, k, 1, rows, cols, 0.5, mode)
				Correlate(stream[offset:], ys, x, xs, k, 1, rows, cols, 0.5, mode|Stream)
				if !slices.Equal(stream, plain) {
					t.Fatalf("%dx%d kernel, offset %d, %d columns of %d, mode %d: other elements", kh, kw, offset, cols, ys, mode)
				}
			}
		}
	}
}
