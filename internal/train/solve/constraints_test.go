package solve

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// enumerate solves a shaped fit the plain way: for every choice of taps at
// zero, the conditions of Lagrange as one dense system; the best choice that
// has no tap below zero is the answer.
func enumerate(t rapid.TB, st *normal.Equations, shape Constraints) (best []float64, least float64) {
	t.Helper()
	sys := &st.Systems()[0]
	n, taps := sys.N(), st.Layout().Taps()
	h := mat.NewDense(n, n, append([]float64(nil), sys.Matrix()...))
	kh, kw := st.Layout().Spec.Kernel.H, st.Layout().Spec.Kernel.W
	ll := squaredLaplacian(kh, kw)
	for i := range taps {
		for j := range taps {
			h.Set(i, j, h.At(i, j)+shape.Smooth*ll.At(i, j))
		}
		h.Set(i, i, h.At(i, i)+shape.Ridge)
	}
	c := sys.Times(sys.Outputs()[0].Origin)
	floats.Add(c, sys.Outputs()[0].Gradient)
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
		value := mat.Inner(x, h, x) - 2*numeric.Dot(c, w)
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
		s := train.Spec{Kernel: traintest.DrawSize(t, "kernel", 3), Bias: rapid.Bool().Draw(t, "bias")}
		s.Kernel.W = min(s.Kernel.W, 2+s.Kernel.H%2)
		var shape Constraints
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
		x := traintest.DrawDense(t, "x", tensor.Shape{N: 1, C: 1, H: 9, W: 10}, false)
		y := traintest.DrawDense(t, "y", tensor.Shape{N: 1, C: 1, H: 10 - s.Kernel.H, W: 11 - s.Kernel.W}, false)
		st, err := accumulate.Images(t.Context(), x, y, s)
		if err != nil {
			t.Fatal(err)
		}
		if st.Rank() < st.Layout().Unknowns() {
			t.Skip("singular")
		}
		r, err := Constrained(st, shape, train.Sum)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := enumerate(t, st, shape)
		for i, v := range want {
			traintest.Near(t, fmt.Sprintf("unknown %d of %v", i, want), r.Unknowns[0][i], v, traintest.ConstrainedTolerance, traintest.ConstrainedTolerance)
		}
	})
}

// A fit that is nearly exact keeps its digits under a shape that the kernel has.
func TestShapedExactFit(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	k := tensor.Matrix(3, 3, 1, 2, 1, 2, 4, 2, 1, 2, 1)
	k.Bias = []float64{-0.5}
	x := traintest.Texture(40, 30)
	one := 16.0
	st := sums.Of(t, x, traintest.Apply(t, x, k, s.Options), s)
	for _, y := range []Symmetry{NoSymmetry, EvenX, EvenY, EvenBoth, Rotation} {
		r, err := Constrained(st, Constraints{Sum: &one, NonNegative: true, Symmetry: y}, train.Sum)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range k.Taps {
			traintest.Near(t, fmt.Sprintf("%v: tap %d", y, i), r.Kernel.Taps[i], v, traintest.LogTolerance, 0)
		}
	}
}

func TestBadShapes(t *testing.T) {
	st := sums.Of(t, traintest.Texture(9, 9), traintest.Texture(8, 7), train.Spec{Kernel: corr.Size{H: 2, W: 3}})
	minus := -1.0
	for _, s := range []Constraints{{Ridge: -1}, {Smooth: math.NaN()}, {Symmetry: Rotation}, {Sum: &minus, NonNegative: true}} {
		if _, err := Constrained(st, s, train.Sum); err == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}

// A ramp whose taps add up to one: what the sum leaves undetermined is taken as
// small as it can be, though its rounding is that of much larger numbers.
func TestSumOfRamp(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := traintest.Texture(20, 30)
	for i := range x.Data {
		x.Data[i] = float64(i%30) / 30
	}
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
	one := 1.0
	r, err := Constrained(sums.Of(t, x, y, s), Constraints{Sum: &one}, train.Sum)
	if err != nil {
		t.Fatal(err)
	}
	// All rows see the same, and the middle column the mean of the others.
	k := r.Kernel.Taps
	for i, v := range k {
		traintest.Near(t, fmt.Sprintf("tap %d", i), v, k[i%3], 0, traintest.ConstrainedTolerance)
	}
	traintest.Near(t, "middle column", k[1], 1.0/9, 0, traintest.ConstrainedTolerance)
}
