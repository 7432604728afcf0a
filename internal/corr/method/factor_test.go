package method

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/floats"
)

// The pairs reproduce a kernel up to what is dropped, for matrices of any rank
// whose entries differ by many orders of magnitude.
func TestFactorReproduces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		kh, kw := 1+r.IntN(12), 1+r.IntN(12)
		taps := make([]float64, kh*kw)
		for j := range taps {
			if r.IntN(3) > 0 {
				taps[j] = (r.Float64() - 0.5) * math.Pow(10, -6*r.Float64())
			}
		}
		f, ok := Factor(taps, kh, kw, Dropped[float64](), math.MaxInt)
		if !ok {
			t.Fatal("no factors")
		}
		checkFactors(t, f, taps, kh, kw)
	}
}

// checkFactors holds the pairs to the kernel.
func checkFactors(t *testing.T, f Factors, taps []float64, kh, kw int) {
	t.Helper()
	rest := append([]float64(nil), taps...)
	for j, c := range f.Cols {
		for u, a := range c {
			for v, b := range f.Rows[j] {
				rest[u*kw+v] -= a * b
			}
		}
	}
	if got, limit := floats.Norm(rest, 2), (Dropped[float64]()+decomposition)*floats.Norm(taps, 2); got > limit {
		t.Fatalf("%dx%d of rank %d: off by %.3g, limit %.3g", kh, kw, f.Rank(), got, limit)
	}
}

// Large matrices of low rank have as many pairs, which reproduce them; those of
// full rank are given up on, unless all pairs are asked for.
func TestFactorLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, d := range []struct{ kh, kw, rank int }{{65, 90, 1}, {1500, 1500, 1}, {200, 900, 2}, {1000, 300, 5}, {1500, 700, 5}, {80, 80, 80}, {100, 70, 70}} {
		taps := make([]float64, d.kh*d.kw)
		for range d.rank {
			col, row := make([]float64, d.kh), make([]float64, d.kw)
			for i := range col {
				col[i] = r.NormFloat64()
			}
			for i := range row {
				row[i] = r.NormFloat64() * math.Exp(-math.Abs(float64(i)-float64(d.kw)/2)/float64(d.kw))
			}
			for u, a := range col {
				for v, b := range row {
					taps[u*d.kw+v] += a * b
				}
			}
		}
		f, ok := Factor(taps, d.kh, d.kw, Dropped[float64](), math.MaxInt)
		if !ok || f.Rank() != d.rank {
			t.Fatalf("%dx%d: %d pairs (%v), want %d", d.kh, d.kw, f.Rank(), ok, d.rank)
		}
		checkFactors(t, f, taps, d.kh, d.kw)
		if exceeds(taps, d.kh, d.kw, Dropped[float64]()*floats.Norm(taps, 2), d.rank) {
			t.Fatalf("%dx%d of rank %d: a part proves more", d.kh, d.kw, d.rank)
		}
		if _, ok := Factor(taps, d.kh, d.kw, Dropped[float64](), d.rank-1); ok {
			t.Fatalf("%dx%d of rank %d has %d pairs", d.kh, d.kw, d.rank, d.rank-1)
		}
	}
}

// A large random kernel is planned, by another method, and so are a constant one
// and one of zeros.
func TestPlanLargeKernel(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n = 400
	random, same := make([]float64, n*n), make([]float64, n*n)
	for i := range random {
		random[i], same[i] = r.NormFloat64(), 1./(n*n)
	}
	for _, d := range []struct {
		taps []float64
		want string
	}{{random, "fourier"}, {same, "separable"}, {make([]float64, n*n), "separable"}} {
		if m := chosen(t, 500, n, n, d.taps).Describe(); !strings.HasPrefix(m, d.want) {
			t.Errorf("%s, want %s", m, d.want)
		}
	}
}

// A part of a large kernel of full rank, or of little more than its limit, is
// enough to give it up.
func TestExceeds(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const n = 500
	taps := make([]float64, n*n)
	for i := range taps {
		taps[i] = r.NormFloat64()
	}
	for _, most := range []int{1, 20, 128} {
		if !exceeds(taps, n, n, Dropped[float32]()*floats.Norm(taps, 2), most) {
			t.Errorf("noise of %dx%d may have rank %d", n, n, most)
		}
	}
}

// chosen is the implementation for an image of side x side in float32.
func chosen(t *testing.T, side, kh, kw int, taps []float64) Implementation[float32] {
	t.Helper()
	g, err := geometry.New(side, side, geometry.Size{H: kh, W: kw}, geometry.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := Choose[float32](tensor.Matrix(kh, kw, taps...), g, Auto, tensor.Shape{N: 1, C: 1, H: g.OutH, W: g.OutW})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A binary kernel of rank one is factored without rounding.
func TestFactorBinary(t *testing.T) {
	f, ok := Factor([]float64{1. / 16, 2. / 16, 1. / 16, 2. / 16, 4. / 16, 2. / 16, 1. / 16, 2. / 16, 1. / 16}, 3, 3, Dropped[float32](), 3)
	if !ok || f.Rank() != 1 || f.Cols[0][1] != 2 || f.Rows[0][1] != 2./16 {
		t.Errorf("factors %v, %v", f, ok)
	}
}
