package train

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"gonum.org/v1/gonum/mat"
)

// reweigh is iteratively reweighted least squares over windows in memory.
func reweigh(a [][]float64, y []float64, kind Robust) (w []float64, sigma float64) {
	n := len(a[0])
	weights := make([]float64, len(a))
	for i := range weights {
		weights[i] = 1
	}
	for step := range 400 {
		g, c := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
		for i, row := range a {
			for j, f := range row {
				c.SetVec(j, c.AtVec(j)+weights[i]*f*y[i])
				for k := j; k < n; k++ {
					g.SetSym(j, k, g.At(j, k)+weights[i]*f*row[k])
				}
			}
		}
		var x mat.VecDense
		if err := x.SolveVec(g, c); err != nil {
			return nil, 0
		}
		w = x.RawVector().Data
		r, size := make([]float64, len(a)), make([]float64, len(a))
		for i, row := range a {
			r[i] = y[i] - dot(row, w)
			size[i] = math.Abs(r[i])
		}
		slices.Sort(size)
		m := len(size)
		sigma = (size[(m-1)/2] + size[m/2]) / 2 / madShare
		use := kind
		if step < 100 {
			use = Huber
		}
		for i, v := range r {
			p, _ := use.psi(v / sigma)
			weights[i] = p / (v / sigma)
		}
	}
	return w, sigma
}

func TestRobustEqualsReweighting(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 3, W: 2}, Bias: true}
	x := texture(24, 22)
	y := apply(t, x, truth(s), s.Options)
	state := uint64(9)
	for i := range y.Data {
		noise := 0.0
		for range 6 {
			state = state*6364136223846793005 + 1442695040888963407
			noise += float64(state>>40)/(1<<24) - 0.5
		}
		y.Data[i] += 0.01 * noise
		if i%17 == 0 {
			y.Data[i] += 3
		}
	}
	a, b := unroll(t, x, y, s)
	set, err := GatherSet(t.Context(), []Input{One(Pair{X: x, Y: y})}, s, SetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []Robust{Huber, Tukey} {
		want, sigma := reweigh(a, b, kind)
		r, err := SolveRobust(t.Context(), set, kind, Shape{}, Sum)
		if err != nil {
			t.Fatal(err)
		}
		near(t, fmt.Sprintf("%v: σ", kind), r.Robust.Scale, sigma, robustClose, 0)
		for i, v := range want {
			near(t, fmt.Sprintf("%v: unknown %d", kind, i), r.weights[0][i], v, robustClose, robustClose)
		}
		if n := (len(b) + 16) / 17; r.Robust.Outliers < n || r.Robust.Outliers > n+3 {
			t.Errorf("%v: %d outliers, want %d", kind, r.Robust.Outliers, n)
		}
		t.Logf("%v: %d iterations", kind, r.Robust.Iterations)
	}
}

// With most outputs exact, a robust fit finds the kernel whatever the rest is.
func TestRobustExact(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := texture(30, 40)
	k := truth(s)
	y := apply(t, x, k, s.Options)
	for i := 0; i < len(y.Data); i += 13 {
		y.Data[i] = 7
	}
	set, err := GatherSet(t.Context(), []Input{One(Pair{X: x, Y: y})}, s, SetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := SolveRobust(t.Context(), set, Tukey, Shape{}, Sum)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range k.Taps {
		near(t, fmt.Sprintf("tap %d", i), r.Kernel.Taps[i], v, 0, robustClose)
	}
}
