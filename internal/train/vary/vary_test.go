package vary

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/robust"
	"gonum.org/v1/gonum/mat"
)

// The tolerances of this package's tests.
const (
	// closeTaps bounds taps against the explicit design matrix, as a share of the largest.
	closeTaps = 1e-9
	// closeErrors bounds standard errors of sums over windows, cellErrors those of sums
	// over cells, as shares: few bright sources, in cells of a sixteenth of the field,
	// leave half a per cent.
	closeErrors = 1e-6
	cellErrors  = 1e-2
)

func image(h, w int, f func(y, x int) float64) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
	for i := range d.Data {
		d.Data[i] = f(i/w, i%w)
	}
	return d
}

// explicit solves the least squares of the whole design matrix by QR, with rows for the
// penalties and the unknowns reduced to those of a constant sum.
func explicit(p train.Pair, s Spec) (k, errors []float64) {
	x, y := p.X.(*tensor.Dense[float64]), p.Y.(*tensor.Dense[float64])
	h, w := x.Shape().H, x.Shape().W
	outH, outW := y.Shape().H, y.Shape().W
	top, left := (s.Kernel.H-1)/2, (s.Kernel.W-1)/2
	if s.Options.Padding.Mode == geometry.Valid {
		top, left = 0, 0
	}
	at := func(r, c int) float64 { // the border reflects
		fold := func(i, n int) int {
			if i < 0 {
				i = -i
			}
			if i >= n {
				i = 2*(n-1) - i
			}
			return i
		}
		return x.Data[fold(r, h)*w+fold(c, w)]
	}
	field := legendre.Field{Degree: s.Degree, H: outH, W: outW}
	taps, n := s.Kernel.H*s.Kernel.W, 0
	var rows [][]float64
	var right []float64
	for i := range outH * outW {
		weight := 1.0
		if p.Weight != 0 {
			weight = p.Weight
		}
		if p.Weights != nil {
			weight = p.Weights.(*tensor.Dense[float64]).Data[i]
		}
		if weight == 0 {
			continue
		}
		var a []float64
		for _, f := range field.At(i/outW, i%outW) {
			for u := range s.Kernel.H {
				for v := range s.Kernel.W {
					a = append(a, f*at(i/outW+u-top, i%outW+v-left))
				}
			}
		}
		if s.Bias || s.Background > 0 {
			a = append(a, legendre.Field{Degree: s.Background, H: outH, W: outW}.At(i/outW, i%outW)...)
		}
		for j := range a {
			a[j] *= math.Sqrt(weight)
		}
		n = len(a)
		rows, right = append(rows, a), append(right, math.Sqrt(weight)*y.Data[i])
	}
	used := len(rows)
	for i := range field.Terms() * taps {
		if s.Ridge > 0 {
			a := make([]float64, n)
			a[i] = math.Sqrt(s.Ridge)
			rows, right = append(rows, a), append(right, 0)
		}
	}
	// Free unknowns: the last tap of a term that is fixed is minus the others.
	var free []int
	for i := range n {
		if s.ConstantSum && i >= taps && i < field.Terms()*taps && i%taps == taps-1 {
			continue
		}
		free = append(free, i)
	}
	t := mat.NewDense(n, len(free), nil)
	for c, i := range free {
		t.Set(i, c, 1)
		if s.ConstantSum && i >= taps && i < field.Terms()*taps {
			t.Set(i/taps*taps+taps-1, c, -1)
		}
	}
	a := mat.NewDense(len(rows), n, nil)
	for i, row := range rows {
		a.SetRow(i, row)
	}
	var b, z, full, residual, gram, inverse, half, cov mat.Dense
	b.Mul(a, t)
	if err := z.Solve(&b, mat.NewDense(len(right), 1, right)); err != nil {
		panic(err)
	}
	full.Mul(t, &z)
	residual.Mul(a, &full)
	loss := 0.0
	for i := range used {
		loss += math.Pow(right[i]-residual.At(i, 0), 2)
	}
	gram.Mul(b.T(), &b)
	if err := inverse.Inverse(&gram); err != nil {
		panic(err)
	}
	inner := b.Slice(0, used, 0, len(free))
	var g mat.Dense
	g.Mul(inner.T(), inner)
	half.Product(&inverse, &g, &inverse)
	cov.Product(t, &half, t.T())
	sigma2 := loss / float64(used-n)
	if s.Absolute {
		sigma2 = max(1, sigma2)
	}
	for i := range n {
		k, errors = append(k, full.At(i, 0)), append(errors, math.Sqrt(sigma2*cov.At(i, i)))
	}
	return k, errors
}

// Fits equal those of the explicit design matrix, whatever is asked for.
func TestExplicit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 12 {
		s := Spec{Degree: i % 4, ConstantSum: i%2 == 1}
		s.Kernel = corr.Size{H: 2 + i%2, W: 3}
		s.Options.Padding, s.Options.Border = geometry.Padding{Mode: geometry.Same}, geometry.Border{Mode: geometry.Reflect}
		h, w := 50, 42
		x := image(h, w, func(int, int) float64 { return 2 + r.NormFloat64() })
		if i%3 == 0 {
			s.Options.Padding.Mode = geometry.Valid
			h, w = h-s.Kernel.H+1, w-s.Kernel.W+1
		}
		p := train.Pair{X: x, Y: image(h, w, func(y, x int) float64 { return r.NormFloat64() * (1 + 0.01*float64(x)) })}
		switch i % 3 {
		case 1:
			p.Weights = image(h, w, func(int, int) float64 { return math.Exp(r.NormFloat64()) * float64(r.IntN(3)) })
			s.Absolute, s.Background = true, 2
		case 2:
			s.Bias, s.Ridge = true, 20
			p.Weight, s.Absolute = 1+float64(i), i > 6
		}
		for _, cell := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d cells %t", i, cell), func(t *testing.T) {
				k, errors := explicit(p, s)
				f, err := newFit(p, s, nil)
				if err != nil {
					t.Fatal(err)
				}
				sum := f.sumWindows
				if cell {
					sum = f.sumCells
				}
				limit := closeErrors
				if cell {
					limit = 0.3 // cells are large beside so small a field
				}
				if err := f.factorise(context.Background(), sum); err != nil {
					t.Fatal(err)
				}
				got, sums, moved, err := f.converge(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				most, result := largest(k), f.result(got, sums, moved)
				got = append(got[:len(got)-len(result.Background)], result.Background...)
				for j, v := range k {
					if !(math.Abs(got[j]-v) <= closeTaps*most) {
						t.Errorf("unknown %d is %.12g, want %.12g (%d readings)", j, got[j], v, f.readings)
					}
				}
				for j := range k {
					e := math.Sqrt(result.Covariance[j*(len(k)+1)])
					if !(math.Abs(e-errors[j]) <= limit*errors[j]) {
						t.Errorf("error %d is %.9g, want %.9g", j, e, errors[j])
					}
				}
			})
		}
	}
}

// A large field is summed in cells: taps are those of sums over windows, and errors
// nearly so.
func TestCells(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	s := Spec{Degree: 2, ConstantSum: true}
	s.Kernel, s.Background, s.Bias = corr.Size{H: 3, W: 3}, 1, true
	s.Options.Padding = geometry.Padding{Mode: geometry.Same}
	s.Options.Border.Mode = geometry.Reflect
	const side = 500
	x := image(side, side, func(int, int) float64 { return 50 + 3*r.NormFloat64() + 300*math.Max(0, r.NormFloat64()-2.5) })
	p := train.Pair{X: x, Y: image(side, side, func(int, int) float64 { return r.NormFloat64() }), Mask: image(side, side, func(y, _ int) float64 { return float64(min(1, y/100)) })}
	var fits [2]*Result
	for i := range fits {
		f, err := newFit(p, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		sum := f.sumWindows
		if i == 1 {
			sum = f.sumCells
		}
		if err := f.factorise(context.Background(), sum); err != nil {
			t.Fatal(err)
		}
		k, sums, moved, err := f.converge(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		fits[i] = f.result(k, sums, moved)
		t.Logf("%d readings, moved %g", fits[i].Readings, moved)
	}
	for p := range fits[0].Taps {
		for u, v := range fits[0].Taps[p] {
			if got := fits[1].Taps[p][u]; !(math.Abs(got-v) <= closeTaps*largest(fits[0].Taps[0])) {
				t.Errorf("tap %d of term %d is %.12g, want %.12g", u, p, got, v)
			}
			if got, want := fits[1].Errors[p][u], fits[0].Errors[p][u]; !(math.Abs(got-want) <= cellErrors*want) {
				t.Errorf("error of tap %d of term %d is %.6g, want %.6g", u, p, got, want)
			}
		}
	}
}

// Outliers do not move a robust fit, and any number of threads gives the same bytes.
func TestRobust(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s := Spec{Degree: 1, Robust: robust.Tukey}
	s.Kernel = corr.Size{H: 3, W: 3}
	s.Options.Padding = geometry.Padding{Mode: geometry.Valid}
	const side = 130
	x := image(side, side, func(int, int) float64 { return r.NormFloat64() })
	field := legendre.Field{Degree: 1, H: side - 2, W: side - 2}
	truth := [][]float64{make([]float64, 9), make([]float64, 9), make([]float64, 9)}
	for p := range truth {
		for u := range truth[p] {
			truth[p][u] = r.NormFloat64()
		}
	}
	y := image(side-2, side-2, func(oy, ox int) float64 {
		v := 0.01 * r.NormFloat64()
		for p, f := range field.At(oy, ox) {
			for u, k := range truth[p] {
				v += f * k * x.Data[(oy+u/3)*side+ox+u%3]
			}
		}
		if r.IntN(20) == 0 {
			v += 100
		}
		return v
	})
	var first *Result
	for _, threads := range []int{1, 3} {
		s.Threads = threads
		got, err := Fit(context.Background(), train.Pair{X: x, Y: y}, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		far := 0.0
		for p := range truth {
			for u, v := range truth[p] {
				far = math.Max(far, math.Abs(got.Taps[p][u]-v)/got.Errors[p][u])
				if got.Taps[p][u] != first.Taps[p][u] {
					t.Errorf("%d threads: tap %d of term %d is %v, want %v", threads, u, p, got.Taps[p][u], first.Taps[p][u])
				}
			}
		}
		if far > 5 || math.Abs(got.Scale-0.01) > 0.001 || got.Outliers < 600 || got.Moved > 1e-9 {
			t.Errorf("%d threads: taps are up to %g errors off, σ is %g, %d outliers, moved %g", threads, far, got.Scale, got.Outliers, got.Moved)
		}
	}
}
