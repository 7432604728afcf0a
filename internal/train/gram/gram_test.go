package gram

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/train/lagvec"
)

// The tolerances of this package's tests.
const (
	// closeDouble bounds sums in float64 against the plain loops, as a share of
	// what the terms add up to without their signs.
	closeDouble = 1e-14
	// closeSingle bounds those through float32, as a share of the same.
	closeSingle = 1e-6
)

// patterns are weights as masks and variances have them, by name.
func patterns(r *rand.Rand, rows, cols int) map[string][]float64 {
	make := func(f func(y, x int) float64) []float64 {
		w := make([]float64, rows*cols)
		for i := range w {
			w[i] = f(i/cols, i%cols)
		}
		return w
	}
	yes := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	one := r.IntN(rows * cols)
	return map[string][]float64{
		"all":        make(func(int, int) float64 { return 1 }),
		"none":       make(func(int, int) float64 { return 0 }),
		"scattered":  make(func(int, int) float64 { return yes(r.IntN(2) == 0) }),
		"a few":      make(func(int, int) float64 { return yes(r.IntN(40) == 0) }),
		"left half":  make(func(_, x int) float64 { return yes(x < cols/2) }),
		"upper half": make(func(y, _ int) float64 { return yes(y < rows/2) }),
		"stripes":    make(func(y, x int) float64 { return yes((x+y)/3%2 == 0) }),
		"one window": make(func(y, x int) float64 { return yes(y*cols+x == one) }),
		"variances":  make(func(int, int) float64 { return math.Exp(3 * r.NormFloat64()) }),
		"signs":      make(func(int, int) float64 { return r.NormFloat64() }),
		"less one":   make(func(int, int) float64 { return -yes(r.IntN(20) == 0) }),
		"tiny":       make(func(int, int) float64 { return 1e-60 * r.Float64() }),
	}
}

// band makes a random band, with a mean and with parts of one value.
func band(r *rand.Rand, s Shape, rows int, w []float64, size float64) Band {
	reach := corr.Size{H: (s.Kernel.H-1)*s.Dilation.H + 1, W: (s.Kernel.W-1)*s.Dilation.W + 1}
	b := Band{Rows: rows, W: append([]float64(nil), w...)}
	b.Height, b.Width = (rows-1)*s.Stride.H+reach.H, (s.OutW-1)*s.Stride.W+reach.W
	b.X = make([]float64, s.Inputs*b.Height*b.Width, s.Inputs*b.Height*b.Width+lagvec.Slack+1)
	for i := range b.X {
		b.X[i] = size * (0.4 + r.NormFloat64())
		if y := i / b.Width % b.Height; i%b.Width < b.Width/2 && y < 2*b.Height/3 {
			b.X[i] = size
		}
	}
	for k := range s.Functions {
		f := make([]float64, rows*s.OutW)
		for i := range f {
			f[i] = 1
			if k > 0 {
				f[i] = math.Cos(float64(k*i) / float64(len(f)))
			}
		}
		b.F = append(b.F, f)
	}
	return b
}

func each(t *testing.T, f func(t *testing.T)) {
	for _, name := range vec.Implementations() {
		t.Run(name, func(t *testing.T) {
			defer vec.Use(name)()
			f(t)
		})
	}
}

// Both ways are the plain loops, whatever the weights, the shape and the units.
func TestSums(t *testing.T) {
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 6 {
			s := Shape{Inputs: 1 + r.IntN(2), Functions: r.IntN(3), Kernel: corr.Size{H: 1 + r.IntN(5), W: 1 + r.IntN(5)}, OutW: 1 + r.IntN(90), Stride: corr.Size{H: 1, W: 1}, Dilation: corr.Size{H: 1, W: 1}}
			if i == 5 {
				s.Stride, s.Dilation = corr.Size{H: 2, W: 3}, corr.Size{H: 3, W: 2}
			}
			rows, size := 1+r.IntN(20), []float64{1, 1e90, 1e-70}[i%3]
			for name, w := range patterns(r, rows, s.OutW) {
				b := band(r, s, rows, w, size)
				for _, tile := range []int{0, 64, 128, 256} {
					if tile > 0 && (!s.dense() || vec.Name() == "go" && (tile > 64 || i > 2)) { // slow in plain Go
						continue
					}
					compare(t, fmt.Sprintf("%+v, %s", s, name), s, b, tile, Double, closeDouble)
					compare(t, fmt.Sprintf("%+v, %s", s, name), s, b, tile, Single, closeSingle)
				}
			}
		}
	})
}

func compare(t *testing.T, what string, s Shape, b Band, tile int, p Precision, tolerance float64) {
	t.Helper()
	n := s.Unknowns()
	want, sizes, got := make([]float64, n*n), make([]float64, n*n), make([]float64, n*n)
	Reference(want, s, b)
	Reference(sizes, s, absolute(b))
	b.W = append([]float64(nil), b.W...)
	mean := 0.0
	if b.X[0] != 0 {
		mean = 0.4 * math.Abs(b.X[len(b.X)/2])
	}
	sums := New(s, tile, p, mean)
	sums.always = true
	sums.Add(got, b)
	scale := 0.0
	for i := range n { // of products of taps, of taps and functions, and of these
		scale = math.Max(scale, sizes[i*n+i])
	}
	for i, v := range want {
		limit := tolerance * math.Max(sizes[i], math.Sqrt(sizes[i/n*n+i/n]*sizes[i%n*n+i%n]))
		if p == Single && tile == 0 { // functions, too, are in float32
			scale := func(i int) float64 {
				if i < s.Taps() {
					return scaleOfTaps(sizes, n, s.Taps())
				}
				return sizes[i*n+i]
			}
			limit = tolerance * math.Sqrt(scale(i/n)) * math.Sqrt(scale(i%n))
		}
		if i/n < s.Taps() && i%n < s.Taps() && tile > 0 {
			limit = tolerance * scaleOfTaps(sizes, n, s.Taps())
		}
		if !(math.Abs(got[i]-v) <= limit) {
			t.Fatalf("%s, tile %d, precision %d: [%d][%d] is %.17g, want %.17g: off by %.3g, more than %.3g", what, tile, p, i/n, i%n, got[i], v, got[i]-v, limit)
		}
	}
}

func scaleOfTaps(sizes []float64, n, taps int) float64 {
	most := 0.0
	for i := range taps {
		most = math.Max(most, sizes[i*n+i])
	}
	return most
}

// absolute is a band of the sizes of all numbers.
func absolute(b Band) Band {
	abs := func(list []float64) []float64 {
		r := make([]float64, len(list))
		for i, v := range list {
			r[i] = math.Abs(v)
		}
		return r
	}
	b.X, b.W = abs(b.X), abs(b.W)
	var f [][]float64
	for _, v := range b.F {
		f = append(f, abs(v))
	}
	b.F = f
	return b
}

// What no window that counts sees may be as large as it likes.
func TestUnseen(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	one := corr.Size{H: 1, W: 1}
	s := Shape{Inputs: 1, Kernel: corr.Size{H: 4, W: 5}, OutW: 50, Stride: one, Dilation: one}
	w := make([]float64, 20*50)
	for i := range w {
		w[i] = 1
	}
	for y := range 9 {
		for x := range 10 {
			w[(y+5)*50+x+8] = 0 // windows that see (8, 12)
		}
	}
	b := band(r, s, 20, w, 1)
	b.X[(5+3)*b.Width+8+4] = 1e30
	for y := range 4 {
		for x := range 5 {
			if w[(5+y)*50+8+x] != 0 {
				t.Fatal("seen")
			}
		}
	}
	compare(t, "unseen", s, b, 64, Double, closeDouble)
	compare(t, "unseen", s, b, 64, Single, closeSingle)
}

// The estimated deviation is that of the sums from those in float64, to a factor of
// three, whatever is in the image. Entries of the diagonal are sums of squares, and
// are off by a share of themselves besides.
func TestDeviation(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	one := corr.Size{H: 1, W: 1}
	for _, n := range append(fft.Sizes(), 0) {
		for name, f := range map[string]func(y, x int) float64{
			"noise":  func(int, int) float64 { return r.NormFloat64() },
			"smooth": func(y, x int) float64 { return math.Sin(float64(y)/40) * math.Cos(float64(x)/30) },
			"mean":   func(int, int) float64 { return 3 + r.NormFloat64() },
			"stars": func(y, x int) float64 {
				if (x*7+y*13)%199 == 0 {
					return 1000
				}
				return r.NormFloat64()
			},
		} {
			s := Shape{Inputs: 1, Kernel: corr.Size{H: 9, W: 9}, OutW: 400, Stride: one, Dilation: one}
			rows := 100
			if n > 0 {
				rows = Rows(s, n)
			}
			w := patterns(r, rows, s.OutW)["scattered"]
			b := band(r, s, rows, w, 1)
			for i := range b.X {
				b.X[i] = f(i/b.Width, i%b.Width)
			}
			taps := s.Taps()
			single, double := make([]float64, taps*taps), make([]float64, taps*taps)
			sums := New(s, n, Single, 0)
			sums.always = true
			c := b
			c.W = append([]float64(nil), w...)
			estimate := math.Sqrt(sums.Add(single, c))
			New(s, 0, Double, 0).Add(double, b)
			total, count, diag := 0.0, 0.0, 0.0
			for i := range taps {
				for j := i; j < taps; j++ {
					d := single[i*taps+j] - double[i*taps+j]
					if i == j {
						diag += d * d / float64(taps)
						continue
					}
					total, count = total+d*d, count+1
				}
			}
			got := math.Sqrt(total / count)
			if ratio := got / estimate; ratio > 3 || ratio < 1.0/3 && n > 0 { // that of windows is a bound
				t.Errorf("tile %d, %s: deviation %.3g, estimated %.3g", n, name, got, estimate)
			}
			if got := math.Sqrt(diag) / double[0]; got > DiagonalError {
				t.Errorf("tile %d, %s: the diagonal is off by %.3g of itself", n, name, got)
			}
		}
	}
}

func BenchmarkSums(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	one := corr.Size{H: 1, W: 1}
	for _, k := range []int{3, 5, 7, 9, 11, 15, 31} {
		for _, p := range []struct {
			tile int
			p    Precision
		}{{0, Double}, {64, Single}, {128, Single}, {256, Single}, {64, Double}, {128, Double}, {256, Double}} {
			s := Shape{Inputs: 1, Kernel: corr.Size{H: k, W: k}, OutW: 1024, Stride: one, Dilation: one}
			rows := 64 - k + 1
			if p.tile > 0 {
				rows = Rows(s, p.tile)
			}
			b.Run(fmt.Sprintf("%d/%d/%d", k, p.tile, p.p), func(b *testing.B) {
				w := patterns(r, rows, s.OutW)["variances"]
				in := band(r, s, rows, w, 1)
				g := make([]float64, s.Unknowns()*s.Unknowns())
				sums := New(s, p.tile, p.p, 0.3)
				for b.Loop() {
					copy(in.W, w)
					sums.Add(g, in)
				}
				b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*1e9/float64(rows*s.OutW), "ns/window")
			})
		}
	}
}

// Bytes give the plain loops' sums exactly where values are whole numbers that bytes
// hold and weights are those of masks; other bands are as close as in float64.
func TestBytes(t *testing.T) {
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		one := corr.Size{H: 1, W: 1}
		for i := range 8 {
			s := Shape{Inputs: 1 + i%2, Functions: i % 3, Kernel: corr.Size{H: 1 + r.IntN(5), W: 1 + r.IntN(5)}, OutW: 1 + r.IntN(90), Stride: one, Dilation: one}
			rows, least := 1+r.IntN(20), []float64{0, -100, 4000}[i%3]
			for name, w := range patterns(r, rows, s.OutW) {
				b := band(r, s, rows, w, 1)
				for j := range b.X {
					b.X[j] = least + float64(r.IntN(256)*r.IntN(2))
				}
				b.X[0], b.X[len(b.X)-1] = least, least+255
				compare(t, fmt.Sprintf("%+v, %s", s, name), s, b, 0, Bytes, closeDouble)
				if name == "variances" || name == "signs" || name == "tiny" || s.Functions > 1 {
					continue
				}
				n := s.Unknowns()
				want, got := make([]float64, n*n), make([]float64, n*n)
				Reference(want, s, b)
				sums := New(s, 0, Bytes, 0)
				b.W = append([]float64(nil), b.W...)
				sums.Add(got, b)
				for j, v := range want {
					if got[j] != v {
						t.Fatalf("%+v, %s: [%d][%d] is %v, want %v", s, name, j/n, j%n, got[j], v)
					}
				}
				b.X[0] += 0.5 // no whole number any more
				compare(t, fmt.Sprintf("%+v, %s, fraction", s, name), s, b, 0, Bytes, closeDouble)
				b.X[0] = least - 1 // too large a range
				compare(t, fmt.Sprintf("%+v, %s, range", s, name), s, b, 0, Bytes, closeDouble)
			}
		}
	})
}
