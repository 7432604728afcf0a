package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// Guard cells around every buffer hold this; reading one into a result or
// writing over one fails a test.
var guard = math.NaN()

// buffer is n elements with guard cells around them.
func buffer[T Float](n int) (whole, inner []T) {
	const around = 80
	whole = make([]T, n+2*around)
	for i := range whole {
		whole[i] = T(guard)
	}
	return whole, whole[around : around+n]
}

// The implementations that this kind of processor should have are there: a
// test that silently ran plain Go only would show nothing.
func TestImplementations(t *testing.T) {
	should := map[string]string{"amd64": "avx2", "arm64": "neon"}[runtime.GOARCH]
	if should == "" || processor() == nil { // or built with the tag purego
		if !slices.Equal(Implementations(), []string{"go"}) {
			t.Errorf("got %v", Implementations())
		}
		return
	}
	if !slices.Contains(Implementations(), should) {
		t.Errorf("got %v: any %s processor of the last ten years has %s", Implementations(), runtime.GOARCH, should)
	}
}

func TestCorrelate(t *testing.T) {
	for _, name := range Implementations() {
		t.Run(name, func(t *testing.T) {
			defer Use(name)()
			t.Run("float32", func(t *testing.T) { testCorrelate[float32](t, 16, 0x1p-24) })
			t.Run("float64", func(t *testing.T) { testCorrelate[float64](t, 8, 0x1p-53) })
		})
	}
}

// testCorrelate goes over all column counts from 1 to four blocks of lanes
// and 3 more, with kernels and row counts that meet every strip function.
func testCorrelate[T Float](t *testing.T, lanes int, unit float64) {
	r := rand.New(rand.NewPCG(1, 2))
	for cols := 1; cols <= 4*4*lanes+3; cols++ {
		kh, kw, dx, rows := 1+r.IntN(6), 1+r.IntN(6), 1+r.IntN(3), 1+cols%9
		mode := Mode(r.IntN(4))
		check[T](t, r, unit, kh, kw, dx, rows, cols, mode)
	}
	for kh := 1; kh <= 6; kh++ {
		for rows := 1; rows <= 9; rows++ {
			check[T](t, r, unit, kh, 3, 1, rows, 2*lanes+1, 0)
		}
	}
	// Every width up to more than two vectors, where the input ends with the taps.
	for kw := 1; kw <= 2*lanes+3; kw++ {
		for kh := 1; kh <= 4; kh++ {
			check[T](t, r, unit, kh, kw, 1, 5, 4*lanes+r.IntN(2), Mode(kw%4))
		}
	}
	check[T](t, r, unit, 1, 300, 1, 4, 4*lanes, 0)
}

// check compares one correlation with four plain loops in float64.
func check[T Float](t *testing.T, r *rand.Rand, unit float64, kh, kw, dx, rows, cols int, mode Mode) {
	t.Helper()
	xs, ys := cols+(kw-1)*dx+r.IntN(3), cols+r.IntN(3)
	wx, x := buffer[T]((rows+kh-2)*xs + (kw-1)*dx + cols)
	wy, y := buffer[T]((rows-1)*ys + cols)
	taps := fill(r, make([]T, kh*kw))
	for i := range rows + kh - 1 {
		fill(r, x[i*xs:][:(kw-1)*dx+cols])
	}
	for i := range rows {
		fill(r, y[i*ys:][:cols])
	}
	bias := T(r.Float64())
	before, input := slices.Clone(wy), slices.Clone(wx)
	Correlate(y, ys, x, xs, NewTaps(taps, kh, kw), dx, rows, cols, bias, mode)
	what := fmt.Sprintf("%dx%d outputs, %dx%d kernel, dilation %d, mode %d", rows, cols, kh, kw, dx, mode)
	at := len(wy) - 80 - len(y)
	for i := range wy {
		row, col := (i-at)/ys, (i-at)%ys
		if i < at || i >= at+len(y) || col >= cols {
			if wy[i] == wy[i] {
				t.Fatalf("%s: element %d outside the result was written", what, i-at)
			}
			continue
		}
		want, size := float64(bias), math.Abs(float64(bias))
		if mode&Add != 0 {
			want, size = float64(before[i]), math.Abs(float64(before[i]))
		}
		for u := range kh {
			for v := range kw {
				p := float64(x[(row+u)*xs+col+v*dx]) * float64(taps[u*kw+v])
				want, size = want+p, size+math.Abs(p)
			}
		}
		if d := math.Abs(float64(wy[i]) - want); !(d <= float64(kh*kw+1)*unit*size*1.01) {
			t.Fatalf("%s: element %d,%d is %v, want %v", what, row, col, wy[i], want)
		}
	}
	for i := range wx {
		if math.Float64bits(float64(wx[i])) != math.Float64bits(float64(input[i])) {
			t.Fatalf("%s: the input was written", what)
		}
	}
}

func fill[T Float](r *rand.Rand, s []T) []T {
	for i := range s {
		s[i] = T(r.Float64()*2 - 1)
	}
	return s
}

// NaN, infinities and denormals go where the definition puts them: into the
// outputs whose window holds them and no other.
func TestNonFinite(t *testing.T) {
	for _, name := range Implementations() {
		defer Use(name)()
		for _, odd := range []float64{math.NaN(), math.Inf(1), 0x1p-149} {
			const n, kh, kw = 40, 3, 2
			x, y := make([]float32, n*n), make([]float32, (n-kh+1)*(n-kw+1))
			x[20*n+17] = float32(odd)
			Correlate(y, n-kw+1, x, n, NewTaps([]float32{1, 1, 1, 1, 1, 1}, kh, kw), 1, n-kh+1, n-kw+1, 0, 0)
			for i, v := range y {
				r, c := i/(n-kw+1), i%(n-kw+1)
				sees := r <= 20 && 20 < r+kh && c <= 17 && 17 < c+kw
				if sees != (v != 0) || sees && v == v && v != float32(odd) {
					t.Fatalf("%s: %v at %d,%d gives %v", name, odd, r, c, v)
				}
			}
		}
	}
}

// All implementations in assembly that this processor has give the same bits.
func TestSameBits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n, k = 100, 5
	x, taps := fill(r, make([]float32, n*n)), fill(r, make([]float32, k*k))
	var first []float32
	for _, name := range Implementations() {
		if name == "go" {
			continue
		}
		defer Use(name)()
		y := make([]float32, n*n)
		Correlate(y, n, x, n, NewTaps(taps, k, k), 1, n-k+1, n-k+1, 0.5, 0)
		if first == nil {
			first = y
		}
		if !slices.Equal(first, y) {
			t.Errorf("%s differs", name)
		}
	}
}

func BenchmarkCorrelate(b *testing.B) {
	for _, name := range Implementations() {
		b.Run(name, func(b *testing.B) {
			defer Use(name)()
			b.Run("float32", benchSizes[float32])
			b.Run("float64", benchSizes[float64])
		})
	}
}

func benchSizes[T Float](b *testing.B) {
	for _, k := range [][2]int{{1, 1}, {3, 3}, {5, 5}, {7, 7}, {9, 9}, {11, 11}, {15, 15}, {21, 21}, {31, 31}, {1, 3}, {1, 15}, {1, 63}, {3, 1}, {15, 1}, {63, 1}} {
		b.Run(fmt.Sprintf("%dx%d", k[0], k[1]), func(b *testing.B) {
			const n = 1024
			xs := n + k[1] - 1
			x, y, taps := make([]T, xs*(n+k[0]-1)), make([]T, n*n), make([]T, k[0]*k[1])
			for i := range x {
				x[i] = T(i % 17)
			}
			p := NewTaps(taps, k[0], k[1])
			for b.Loop() {
				Correlate(y, n, x, xs, p, 1, n, n, 0, Stream)
			}
			b.ReportMetric(2*float64(len(taps)*n*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// Finite sees a single bad element at every place of every width, in any row,
// and none between the rows.
func TestFinite(t *testing.T) {
	for _, name := range Implementations() {
		defer Use(name)()
		testFinite[float32](t, name)
		testFinite[float64](t, name)
	}
}

func testFinite[T Float](t *testing.T, name string) {
	const rows = 3
	for cols := range 5*lanes + 3 {
		stride := cols + 2
		_, x := buffer[T](rows*stride + 1)
		for r := range rows {
			for c := range cols {
				x[r*stride+c] = T(c) - 3e38
			}
		}
		if !Finite(x, stride, rows, cols) {
			t.Fatalf("%s: %d finite columns", name, cols)
		}
		for c := range cols {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				at := c%rows*stride + c
				before := x[at]
				if x[at] = T(bad); Finite(x, stride, rows, cols) {
					t.Fatalf("%s: %v at column %d of %d not seen", name, bad, c, cols)
				}
				x[at] = before
			}
		}
	}
}

// The looks at a block count and add what a plain loop does, and neither read
// what stands between the rows nor after the last.
func TestLooks(t *testing.T) {
	for _, name := range Implementations() {
		defer Use(name)()
		testLooks[float32](t, name)
		testLooks[float64](t, name)
	}
}

func testLooks[T Float](t *testing.T, name string) {
	random := rand.New(rand.NewPCG(7, 8))
	const rows = 3
	for cols := range 5*lanes + 3 {
		stride := cols + 2
		_, x := buffer[T](rows*stride + 1)
		for i := range x {
			x[i] = T(math.NaN())
		}
		squares, small := 0.0, 0
		for i := range rows * cols {
			v := random.IntN(201) - 100 // whole, so that no sum rounds
			squares += float64(v * v)
			if v != 0 && v*v < 50*50 {
				small++
			}
			x[i/cols*stride+i%cols] = T(v)
		}
		if got := Squares(x, stride, rows, cols); float64(got) != squares {
			t.Fatalf("%s: %d columns: the sum of squares is %v, want %v", name, cols, got, squares)
		}
		if got := Small(x, stride, rows, cols, 50*50); got != small {
			t.Fatalf("%s: %d columns: %d small elements, want %d", name, cols, got, small)
		}
		if cols > 0 {
			x[random.IntN(rows)*stride+random.IntN(cols)] = T(math.NaN())
			if got := Squares(x, stride, rows, cols); got == got {
				t.Fatalf("%s: %d columns: a NaN is lost in %v", name, cols, got)
			}
		}
	}
}
