package vec

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The portable loops round each product and each sum, in the order of the taps, however
// many taps share a pass.
func TestPortableRounding(t *testing.T) {
	t.Run("float32", testPortableRounding[float32])
	t.Run("float64", testPortableRounding[float64])
}

func testPortableRounding[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	const rows, cols = 3, 21
	for kh := 1; kh <= 12; kh++ {
		for kw := 1; kw <= 12; kw++ {
			dx := 1 + (kh+kw)%2
			xs := cols + (kw-1)*dx
			x, taps := fill(r, make([]T, (rows+kh-1)*xs)), fill(r, make([]T, kh*kw))
			got := make([]T, rows*cols)
			correlateGo(got, cols, x, xs, NewTaps(taps, kh, kw), dx, rows, cols, 0.1, 0)
			want := make([]T, rows*cols)
			for i := range want {
				sum := T(0.1)
				for j, k := range taps {
					sum += T(k * x[(i/cols+j/kw)*xs+i%cols+j%kw*dx])
				}
				want[i] = sum
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%dx%d kernel, dilation %d: other bits", kh, kw, dx)
			}
		}
	}
}
