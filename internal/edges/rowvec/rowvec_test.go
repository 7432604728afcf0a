package rowvec

import (
	"math"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// Every implementation gives the bits of the plain loops, at every length and
// beginning, and writes nothing past the end.
func TestSameBits(t *testing.T) {
	t.Run("float32", sameBits[float32])
	t.Run("float64", sameBits[float64])
}

func sameBits[T tensor.Float](t *testing.T) {
	for n := range 150 {
		want := results[T]("go", n)
		for _, name := range vec.Implementations() {
			got := results[T](name, n)
			for what, w := range want {
				if !slices.EqualFunc(got[what], w, func(a, b T) bool { return a == b || a != a && b != b }) {
					t.Fatalf("%s of %d elements: %s differs from go", what, n, name)
				}
			}
		}
	}
}

// results runs every loop over n elements within rows of marked memory.
func results[T tensor.Float](name string, n int) map[string][]T {
	defer vec.Use(name)()
	row := func(seed int) []T {
		r := make([]T, n+9)
		for i := range r {
			r[i] = T(math.Sin(float64(i*i+97*seed))) * 100
			switch (i + 7*seed) % 61 {
			case 3:
				r[i] = T(math.NaN())
			case 9:
				r[i] = T(math.Inf(1))
			case 11:
				r[i] = 0
			}
		}
		return r
	}
	all := map[string][]T{}
	in := func(seed int) []T { return row(seed)[3:] }
	out := func(what string, seed int) []T {
		r := row(seed)
		all[what] = r
		return r[3 : 3+n]
	}
	Sobel(out("x", 1), out("y", 2), in(3), in(4), in(5))
	for reach := range 4 {
		var rows [][]T
		for k := range 2*reach + 1 {
			rows = append(rows, in(10+k))
		}
		Fold(out("fold"+string(rune('0'+reach)), 20), rows, []T{0.4, 0.3, 0.2, 0.1}[:reach+1])
	}
	Divide(out("divide", 30), in(31))
	Lengths(out("lengths", 32), in(33), 0.75)
	Roots(out("roots", 34), in(35), in(36))
	Squares(out("squares", 34), in(35), in(36))
	Absolutes(out("absolutes", 34), in(35), in(36))
	bits := make([]uint64, (n+63)/64)
	Above(bits, in(37)[:n], 20)
	above := out("above", 38)
	for i := range above {
		above[i] = T(bits[i/64] >> (i % 64) & 1)
	}
	// Ridges of a gradient of few sizes, so that all cases and ties come up.
	coarse := func(seed int) []T {
		r := in(seed)
		for i := range r {
			r[i] = T(math.Round(float64(r[i]) / 25))
		}
		return r
	}
	Ridges(bits, coarse(40)[:n], coarse(41), coarse(42), coarse(43), coarse(44), 0)
	ridges := out("ridges", 45)
	for i := range ridges {
		ridges[i] = T(bits[i/64] >> (i % 64) & 1)
	}
	marks := make([]byte, n)
	for i := range marks {
		marks[i] = byte(i*i) % 3
	}
	Paint(out("paint", 39), marks, 2, 255)
	return all
}

// A few values by hand.
func TestByHand(t *testing.T) {
	x, y := make([]float64, 1), make([]float64, 1)
	Sobel(x, y, []float64{1, 2, 4}, []float64{8, 16, 32}, []float64{64, 128, 256})
	if x[0] != 3+2*24+192 || y[0] != 63+2*126+252 {
		t.Errorf("sobel: %v %v", x, y)
	}
	Lengths(x, y[:1], 1)
	if want := math.Hypot(243, 567); math.Abs(x[0]-want) > 1e-12*want {
		t.Errorf("length %v, want %v", x[0], want)
	}
	huge := []float32{3e38}
	if Lengths(huge, []float32{1e38}, 0.5); math.IsInf(float64(huge[0]), 0) {
		t.Error("a square leaves float32")
	}
	bits := []uint64{^uint64(0)}
	if Above(bits, []float64{1, 2, math.NaN(), 3}, 2); bits[0] != 8 {
		t.Errorf("bits %b", bits)
	}
}
