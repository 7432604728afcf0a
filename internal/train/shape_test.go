package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// enumerate solves a shaped fit the plain way: for every choice of taps at
// zero, the conditions of Lagrange as one dense system; the best choice that
// has no tap below zero is the answer.
func enumerate(t rapid.TB, st *Statistics, shape Shape) (best []float64, least float64) {
	t.Helper()
	sys := &st.systems[0]
	n, taps := sys.n, st.layout.taps()
	h := mat.NewDense(n, n, append([]float64(nil), sys.g...))
	kh, kw := st.layout.spec.Kernel.H, st.layout.spec.Kernel.W
	ll := squaredLaplacian(kh, kw)
	for i := range taps {
		for j := range taps {
			h.Set(i, j, h.At(i, j)+shape.Smooth*ll.At(i, j))
		}
		h.Set(i, i, h.At(i, i)+shape.Ridge)
	}
	c := sys.times(sys.outputs[0].origin)
	addTo(c, sys.outputs[0].grad)
	least = math.Inf(1)
	choices := 1
	if shape.NonNegative {
		choices = 1 << taps
	}
	for zeros := range choices {
		var rows [][]float64
		var values []float64
		condition := func(value float64, at ...int) {
			row := make([]float64, n)
			for i, p := range at {
				row[p] = []float64{1, -1}[i]
			}
			rows, values = append(rows, row), append(values, value)
		}
		for i := range taps {
			if zeros>>i&1 == 1 {
				condition(0, i)
			}
		}
		for u := range kh {
			for v := range kw {
				for _, p := range images(shape.Symmetry, kh, kw, u, v) {
					if o := p[0]*kw + p[1]; o > u*kw+v {
						condition(0, u*kw+v, o)
					}
				}
			}
		}
		if shape.Sum != nil {
			row := make([]float64, n)
			for i := range taps {
				row[i] = 1
			}
			rows, values = append(rows, row), append(values, *shape.Sum)
		}
		w := lagrange(h, c, rows, values)
		if w == nil {
			continue
		}
		fits := true
		for i := range taps {
			fits = fits && (!shape.NonNegative || w[i] > -1e-9)
		}
		x := mat.NewVecDense(n, w)
		value := mat.Inner(x, h, x) - 2*dot(c, w)
		if fits && value < least {
			best, least = w, value
		}
	}
	return best, least
}

// squaredLaplacian is the matrix of Σ(Δk)².
func squaredLaplacian(kh, kw int) *mat.Dense {
	lap := mat.NewDense(kh*kw, kh*kw, nil)
	for u := range kh {
		for v := range kw {
			for _, d := range [][2]int{{0, 1}, {1, 0}, {0, -1}, {-1, 0}} {
				if y, x := u+d[0], v+d[1]; y >= 0 && x >= 0 && y < kh && x < kw {
					lap.Set(u*kw+v, u*kw+v, lap.At(u*kw+v, u*kw+v)+1)
					lap.Set(u*kw+v, y*kw+x, -1)
				}
			}
		}
	}
	var square mat.Dense
	square.Mul(lap.T(), lap)
	return &square
}

// lagrange minimises wᵀHw − 2cᵀw under the rows, some of which may depend on
// others: nil where they contradict each other.
func lagrange(h *mat.Dense, c []float64, rows [][]float64, values []float64) []float64 {
	n, m := len(c), len(rows)
	k, b := mat.NewDense(n+m, n+m, nil), mat.NewVecDense(n+m, nil)
	for i := range n {
		for j := range n {
			k.Set(i, j, h.At(i, j))
		}
		b.SetVec(i, c[i])
	}
	for r, row := range rows {
		for j, v := range row {
			k.Set(n+r, j, v)
			k.Set(j, n+r, v)
		}
		b.SetVec(n+r, values[r])
	}
	var svd mat.SVD
	if !svd.Factorize(k, mat.SVDThin) {
		return nil
	}
	var x mat.VecDense
	svd.SolveVecTo(&x, b, svd.Rank(1e-12))
	var back mat.VecDense
	back.MulVec(k, &x)
	back.SubVec(&back, b)
	if mat.Norm(&back, 2) > 1e-7*(1+mat.Norm(b, 2)) {
		return nil
	}
	return append([]float64(nil), x.RawVector().Data[:n]...)
}

func TestShapedFitsAreTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Spec{Kernel: drawSize(t, "kernel", 3), Bias: rapid.Bool().Draw(t, "bias")}
		s.Kernel.W = min(s.Kernel.W, 2+s.Kernel.H%2)
		var shape Shape
		if rapid.Bool().Draw(t, "ridge") {
			shape.Ridge = rapid.Float64Range(0.01, 10).Draw(t, "V")
		}
		if rapid.Bool().Draw(t, "smooth") {
			shape.Smooth = rapid.Float64Range(0.01, 10).Draw(t, "V")
		}
		if rapid.Bool().Draw(t, "sum") {
			// Not tiny: the enumeration tells systems apart by 1e-7.
			v := rapid.Float64Range(0.5, 2).Draw(t, "V")
			shape.Sum = &v
		}
		shape.NonNegative = rapid.Bool().Draw(t, "nonnegative")
		shape.Symmetry = Symmetry(rapid.IntRange(0, 4).Draw(t, "symmetry"))
		if shape.Symmetry == Rotation {
			s.Kernel.W = s.Kernel.H
		}
		x := drawDense(t, "x", tensor.Shape{N: 1, C: 1, H: 9, W: 10}, false)
		y := drawDense(t, "y", tensor.Shape{N: 1, C: 1, H: 10 - s.Kernel.H, W: 11 - s.Kernel.W}, false)
		st, err := Gather(t.Context(), x, y, s)
		if err != nil {
			t.Fatal(err)
		}
		if st.rank() < st.layout.unknowns() {
			t.Skip("singular")
		}
		r, err := SolveShaped(st, shape, Sum)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := enumerate(t, st, shape)
		for i, v := range want {
			near(t, fmt.Sprintf("unknown %d of %v", i, want), r.weights[0][i], v, shapeTolerance, shapeTolerance)
		}
	})
}

// A fit that is nearly exact keeps its digits under a shape that the kernel has.
func TestShapedExactFit(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	k := tensor.Matrix(3, 3, 1, 2, 1, 2, 4, 2, 1, 2, 1)
	k.Bias = []float64{-0.5}
	x := texture(40, 30)
	one := 16.0
	st := gather(t, x, apply(t, x, k, s.Options), s)
	for _, y := range []Symmetry{NoSymmetry, EvenX, EvenY, EvenBoth, Rotation} {
		r, err := SolveShaped(st, Shape{Sum: &one, NonNegative: true, Symmetry: y}, Sum)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range k.Taps {
			near(t, fmt.Sprintf("%v: tap %d", y, i), r.Kernel.Taps[i], v, logTolerance, 0)
		}
	}
}

// Taps that are not negative and add up to nothing are all zero, held there, and
// have no error; the bias has one.
func TestNothingLeftToTheTaps(t *testing.T) {
	x := texture(20, 20)
	st := gather(t, x, texture(18, 18), Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true})
	zero := 0.0
	shape := Shape{Sum: &zero, NonNegative: true}
	r, err := SolveShaped(st, shape, Sum)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := NewReport(t.Context(), st, r, ReportOptions{Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range rep.Errors {
		if r.Kernel.Taps[i] != 0 || e > 1e-15 {
			t.Errorf("tap %d is %v ± %v, want 0, held or with an error of nothing", i, r.Kernel.Taps[i], e)
		}
	}
	want := math.Sqrt(st.systems[0].outputs[0].y.m2 / 323 / 324)
	near(t, "the error of the bias", float64(rep.BiasStandardError.(Number)), want, 1e-12, 0)
}

func TestBadShapes(t *testing.T) {
	st := gather(t, texture(9, 9), texture(8, 7), Spec{Kernel: corr.Size{H: 2, W: 3}})
	minus := -1.0
	for _, s := range []Shape{{Ridge: -1}, {Smooth: math.NaN()}, {Symmetry: Rotation}, {Sum: &minus, NonNegative: true}} {
		if _, err := SolveShaped(st, s, Sum); err == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}

// Where every tap is held at zero, none has an error.
func TestAllTapsAtZero(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 2, W: 2}}
	x := texture(12, 13)
	k := tensor.Matrix(2, 2, -1, -2, -1, -3)
	st := gather(t, x, apply(t, x, k, s.Options), s)
	shape := Shape{NonNegative: true}
	r, err := SolveShaped(st, shape, Sum)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := NewReport(t.Context(), st, r, ReportOptions{Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range r.Kernel.Taps {
		if v != 0 || !math.IsNaN(rep.Errors[i]) {
			t.Errorf("tap %d: %v ± %v, want 0 without an error", i, v, rep.Errors[i])
		}
	}
}

// A ramp whose taps add up to one: what the sum leaves undetermined is taken as
// small as it can be, though its rounding is that of much larger numbers.
func TestSumOfRamp(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := texture(20, 30)
	for i := range x.Data {
		x.Data[i] = float64(i%30) / 30
	}
	y := apply(t, x, truth(s), s.Options)
	one := 1.0
	r, err := SolveShaped(gather(t, x, y, s), Shape{Sum: &one}, Sum)
	if err != nil {
		t.Fatal(err)
	}
	// All rows see the same, and the middle column the mean of the others.
	k := r.Kernel.Taps
	for i, v := range k {
		near(t, fmt.Sprintf("tap %d", i), v, k[i%3], 0, shapeTolerance)
	}
	near(t, "middle column", k[1], 1.0/9, 0, shapeTolerance)
}
