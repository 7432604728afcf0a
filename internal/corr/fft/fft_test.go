package fft

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/vec"
)

// each runs a test for every implementation and both element types.
func each(t *testing.T, single, double func(t *testing.T)) {
	for _, name := range vec.Implementations() {
		t.Run(name, func(t *testing.T) {
			defer vec.Use(name)()
			t.Run("float32", single)
			t.Run("float64", double)
		})
	}
}

// The transform of a tile is the sum that defines it, in digit-reversed order:
// the squares of all coefficients and the coefficient of frequency 0 tell.
func TestTransform(t *testing.T) { each(t, testTransform[float32], testTransform[float64]) }

func testTransform[T Float](t *testing.T) {
	for _, n := range Sizes() {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		tile, x := NewTile[T](n), newComplexes[T](n*n)
		for i := range x.re {
			x.re[i], x.im[i] = T(r.Float64()), T(r.Float64())
		}
		z := tile.transform(x.re, x.im, n)
		// The definition along both axes for one row of frequencies, sorted.
		place := places(tile.p.order())
		for range 20 {
			ky, kx := r.IntN(n), r.IntN(n)
			var re, im float64
			for y := range n {
				for c := range n {
					s, cos := math.Sincos(-2 * math.Pi * float64((ky*y+kx*c)%n) / float64(n))
					a, b := float64(x.re[y*n+c]), float64(x.im[y*n+c])
					re, im = re+a*cos-b*s, im+a*s+b*cos
				}
			}
			at := place[kx]*n + place[ky]
			// The second part is the error of the sum above.
			limit := 8*unit[T]()*math.Log2(float64(n))*float64(n) + 0x1p-53*float64(n*n)
			if d := math.Hypot(float64(z.re[at])-re, float64(z.im[at])-im); d > limit {
				t.Errorf("n %d: frequency %d,%d is %v %v, want %v %v", n, ky, kx, z.re[at], z.im[at], re, im)
			}
		}
	}
}

func unit[T Float]() float64 {
	var t T
	if _, ok := any(t).(float32); ok {
		return 0x1p-24
	}
	return 0x1p-53
}

// A pair of tiles gives the two correlations that four loops give, for whole
// and partial windows, and touches nothing else.
func TestCorrelate(t *testing.T) { each(t, testCorrelate[float32], testCorrelate[float64]) }

func testCorrelate[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 12 {
		n := Sizes()[i%3]
		kh, kw, dy, dx := 1+r.IntN(20), 1+r.IntN(20), 1+r.IntN(2), 1+r.IntN(2)
		taps := random[float64](r, kh*kw)
		rh, rw := (kh-1)*dy+1, (kw-1)*dx+1
		s, tile := NewSpectrum[T](n, taps, kh, kw, dy, dx), NewTile[T](n)
		window := func(full bool) (x Window[T], y Window[T], whole []T) {
			rows, cols := n, n
			if !full {
				rows, cols = rh+r.IntN(n-rh+1), rw+r.IntN(n-rw+1)
			}
			x = Window[T]{Stride: cols + r.IntN(3), Rows: rows, Cols: cols}
			x.Data = random[T](r, (rows-1)*x.Stride+cols)
			y = Window[T]{Rows: rows - rh + 1, Cols: cols - rw + 1}
			y.Stride = y.Cols + r.IntN(3)
			size := (y.Rows-1)*y.Stride + y.Cols
			whole = make([]T, size+200)
			for i := range whole {
				whole[i] = T(math.NaN())
			}
			y.Data = whole[100 : 100+size : 100+size]
			return x, y, whole
		}
		xa, a, wa := window(i%2 == 0)
		xb, b, wb := window(i%4 < 2)
		if i%5 == 4 {
			xb, b = Window[T]{}, Window[T]{}
		}
		tile.Correlate(s, a, xa, b, xb, 0.5)
		energy := norm(xa.Data, xb.Data) * norm(taps, nil)
		bound := Bound*math.Log2(float64(n))*unit[T]()*energy + unit[T]()
		what := fmt.Sprintf("n %d, kernel %dx%d, distance %d %d", n, kh, kw, dy, dx)
		verify(t, what, a, xa, wa, taps, kh, kw, dy, dx, bound)
		if b.Rows > 0 {
			verify(t, what, b, xb, wb, taps, kh, kw, dy, dx, bound)
		}
	}
}

func verify[T Float](t *testing.T, what string, y, x Window[T], whole []T, taps []float64, kh, kw, dy, dx int, bound float64) {
	t.Helper()
	for i := range whole {
		r, c := (i-100)/y.Stride, (i-100)%y.Stride
		if i < 100 || i >= 100+len(y.Data) || c >= y.Cols {
			if whole[i] == whole[i] {
				t.Fatalf("%s: element %d beside the result was written", what, i-100)
			}
			continue
		}
		want := 0.5
		for u := range kh {
			for v := range kw {
				want += float64(x.Data[(r+u*dy)*x.Stride+c+v*dx]) * taps[u*kw+v]
			}
		}
		if d := math.Abs(float64(whole[i]) - want); !(d <= bound) {
			t.Fatalf("%s: element %d,%d is %v, want %v: off by %.3g, bound %.3g", what, r, c, whole[i], want, d, bound)
		}
	}
}

func random[T Float](r *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.Float64()*2 - 1)
	}
	return s
}

func norm[T Float](a, b []T) float64 {
	s := 0.0
	for _, v := range a {
		s += float64(v) * float64(v)
	}
	for _, v := range b {
		s += float64(v) * float64(v)
	}
	return math.Sqrt(s)
}

// BenchmarkTile reports nanoseconds for each output of a pair of tiles.
func BenchmarkTile(b *testing.B) {
	for _, name := range vec.Implementations() {
		b.Run(name, func(b *testing.B) {
			defer vec.Use(name)()
			b.Run("float32", benchTile[float32])
			b.Run("float64", benchTile[float64])
		})
	}
}

func benchTile[T Float](b *testing.B) {
	for _, n := range Sizes() {
		for _, k := range []int{15, 31, 63} {
			v := Valid(n, k)
			if v < 16 {
				continue
			}
			b.Run(fmt.Sprintf("%d/%dx%d", n, k, k), func(b *testing.B) {
				const stride = 4096
				x, y := make([]T, (n+1)*stride), make([]T, (n+1)*stride)
				s, tile := NewSpectrum[T](n, make([]float64, k*k), k, k, 1, 1), NewTile[T](n)
				in := func(at int) Window[T] { return Window[T]{x[at:], stride, n, n, 0} }
				out := func(at int) Window[T] { return Window[T]{y[at:], stride, v, v, 0} }
				for b.Loop() {
					tile.Correlate(s, out(0), in(0), out(v), in(v), 0)
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/float64(2*v*v), "ns/px")
			})
		}
	}
}
