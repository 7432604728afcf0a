package spectrum

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// A transform of numbers near 1 rounds a few times a stage, so by some units of
// 1e-16; the definition beside it also rounds the angles of its h*w summands.
const (
	definition = 1e-12 // times h*w
	rounding   = 1e-13
)

// The transform equals its definition, whatever the threads, and the inverse
// undoes it.
func TestTransform(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][2]int{{1, 1}, {1, 7}, {5, 1}, {6, 9}, {8, 8}, {12, 31}} {
		h, w := size[0], size[1]
		f := New(h, w)
		for i := range f.Data {
			f.Data[i] = complex(r.NormFloat64(), r.NormFloat64())
		}
		g := New(h, w)
		copy(g.Data, f.Data)
		g.Forward(3)
		for j := range h {
			for k := range w {
				var sum complex128
				for y := range h {
					for x := range w {
						sum += f.Data[y*w+x] * cmplx.Rect(1, -2*math.Pi*(float64(j*y)/float64(h)+float64(k*x)/float64(w)))
					}
				}
				if d := cmplx.Abs(g.Data[j*w+k] - sum); d > definition*float64(h*w) {
					t.Fatalf("%dx%d: element %d,%d is off by %g", h, w, j, k, d)
				}
			}
		}
		g.Inverse(2)
		for i, v := range g.Data {
			if d := cmplx.Abs(v/complex(float64(h*w), 0) - f.Data[i]); d > rounding {
				t.Fatalf("%dx%d: there and back is off by %g", h, w, d)
			}
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 1, 7: 8, 11: 12, 17: 18, 241: 243, 1021: 1024, 4095: 4096} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %d, not %d", n, got, want)
		}
	}
}
