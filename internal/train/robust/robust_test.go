package robust

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"gonum.org/v1/gonum/mat"
)

// reweigh is iteratively reweighted least squares over windows in memory.
func reweigh(a [][]float64, y []float64, kind Kind) (w []float64, sigma float64) {
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
			r[i] = y[i] - numeric.Dot(row, w)
			size[i] = math.Abs(r[i])
		}
		slices.Sort(size)
		m := len(size)
		sigma = (size[(m-1)/2] + size[m/2]) / 2 / MADShare
		use := kind
		if step < 100 {
			use = Huber
		}
		for i, v := range r {
			p, _, _ := use.Psi(v / sigma)
			weights[i] = p / (v / sigma)
		}
	}
	return w, sigma
}

func TestRobustEqualsReweighting(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 2}, Bias: true}
	x := traintest.Texture(24, 22)
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
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
	a, b := traintest.Unroll(t, x, y, s)
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []Kind{Huber, Tukey} {
		want, sigma := reweigh(a, b, kind)
		r, err := Solve(t.Context(), set, kind, solve.Constraints{}, Options{Loss: train.Sum})
		if err != nil {
			t.Fatal(err)
		}
		traintest.Near(t, fmt.Sprintf("%v: σ", kind), r.Robust.Scale, sigma, traintest.RobustTolerance, 0)
		for i, v := range want {
			traintest.Near(t, fmt.Sprintf("%v: unknown %d", kind, i), r.Unknowns[0][i], v, traintest.RobustTolerance, traintest.RobustTolerance)
		}
		if n := (len(b) + 16) / 17; r.Robust.Outliers < n || r.Robust.Outliers > n+3 {
			t.Errorf("%v: %d outliers, want %d", kind, r.Robust.Outliers, n)
		}
		t.Logf("%v: %d iterations", kind, r.Robust.Iterations)
	}
}

// starField is a sky with stars of very different strength.
func starField(size int, g *traintest.Gaussian) *tensor.Dense[float64] {
	d := traintest.Dense(size, size, make([]float64, size*size)...)
	for i := range d.Data {
		d.Data[i] = 200
	}
	for range size * size / 300 {
		y, x, flux := g.Uniform()*float64(size), g.Uniform()*float64(size), 500*math.Pow(1000, math.Pow(g.Uniform(), 2))
		for i := range d.Data {
			dy, dx := float64(i/size)-y, float64(i%size)-x
			if r := dy*dy + dx*dx; r < 60 {
				d.Data[i] += flux * math.Exp(-r/2/1.2) / (2 * math.Pi * 1.2)
			}
		}
	}
	return d
}

// near truth: the taps lie as near to it as those of a least-squares fit of the
// outputs that nothing befell, measured by what that fit's own residuals, each
// with its own variance, leave uncertain of it.
func nearOracle(t *testing.T, a [][]float64, b []float64, bad []bool, truth, got []float64) {
	t.Helper()
	n := len(a[0])
	g, c := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	each := func(f func(row []float64, y float64)) {
		for i, row := range a {
			if !bad[i] {
				f(row, b[i])
			}
		}
	}
	each(func(row []float64, y float64) {
		v := mat.NewVecDense(n, row)
		g.SymRankOne(g, 1, v)
		c.AddScaledVec(c, y, v)
	})
	var w mat.VecDense
	var inverse, half mat.Dense
	if err := w.SolveVec(g, c); err != nil {
		t.Fatal(err)
	}
	if err := inverse.Inverse(g); err != nil {
		t.Fatal(err)
	}
	meat := mat.NewSymDense(n, nil)
	each(func(row []float64, y float64) {
		r := y - numeric.Dot(row, w.RawVector().Data)
		meat.SymRankOne(meat, r*r, mat.NewVecDense(n, row))
	})
	half.Mul(&inverse, meat)
	half.Mul(&half, &inverse)
	for i, v := range truth {
		if e := math.Abs(got[i]-v) / math.Sqrt(half.At(i, i)); e > 3.5 {
			t.Errorf("unknown %d: %v, want %v: %.1f standard errors of the fit without outliers away", i, got[i], v, e)
		}
	}
}

func TestRobustNearOracle(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	k := tensor.Matrix(3, 3, 0.05, 0.1, 0.04, 0.12, 0.3, 0.1, 0.03, 0.1, 0.06)
	k.Bias = []float64{5}
	g := traintest.Gaussian(3)
	stars, photo := starField(70, &g), traintest.Texture(70, 70)
	for _, c := range []struct {
		name  string
		x     *tensor.Dense[float64]
		noise func(y float64) float64
		spoil func(i int, y float64) (float64, bool)
	}{
		{"stars with cosmic rays, saturated", stars, func(y float64) float64 { return math.Sqrt(y + 64) }, func(i int, y float64) (float64, bool) {
			if y > 4000 {
				return 4000, true
			}
			if g.Uniform() < 0.01 {
				return y + 100 + 5000*g.Uniform(), true
			}
			return y, false
		}},
		{"a photograph, a third of it black and white", photo, func(float64) float64 { return 0.005 }, func(i int, y float64) (float64, bool) {
			if g.Uniform() < 0.33 {
				return math.Round(g.Uniform()) * 10, true
			}
			return y, false
		}},
		{"a photograph, a quarter of it hidden", photo, func(float64) float64 { return 0.005 }, func(i int, y float64) (float64, bool) {
			if i < 68*17 {
				return 5.9 + 0.02*g.Next(), true
			}
			return y, false
		}},
	} {
		y := traintest.Apply(t, c.x, k, s.Options)
		bad := make([]bool, len(y.Data))
		for i, v := range y.Data {
			y.Data[i], bad[i] = c.spoil(i, v+c.noise(v)*g.Next())
		}
		set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(train.Pair{X: c.x, Y: y})}, s, accumulate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Solve(t.Context(), set, Tukey, solve.Constraints{}, Options{Loss: train.Sum})
		if err != nil {
			t.Fatal(err)
		}
		a, b := traintest.Unroll(t, c.x, y, s)
		t.Run(c.name, func(t *testing.T) {
			t.Logf("%+v", *r.Robust)
			nearOracle(t, a, b, bad, append(k.Taps[:9:9], k.Bias...), r.Unknowns[0])
			if r.Robust.Moving != 0 {
				t.Errorf("still moving by %v after %d steps", r.Robust.Moving, r.Robust.Iterations)
			}
			checkRobustReport(t, set, r, a, b)
		})
	}
}

// checkRobustReport: the figures of a robust fit are those of its inliers, and its
// standard errors those of the sandwich of Huber (1967).
func checkRobustReport(t *testing.T, set *accumulate.Set, r solve.Result, a [][]float64, b []float64) {
	t.Helper()
	rep, err := report.New(t.Context(), set.Equations, r, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, w := len(a[0]), r.Unknowns[0]
	var y normal.Moments
	loss, sigma := 0.0, r.Robust.Scale
	bread, meat := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i, row := range a {
		u := (b[i] - numeric.Dot(row, w)) / sigma
		if math.Abs(u) <= tukeyLimit {
			loss += u * u * sigma * sigma
			y.Add(normal.Moments{Count: 1, Weight: 1, Mean: b[i]})
		}
		psi, slope, _ := Tukey.Psi(u)
		v := mat.NewVecDense(n, row)
		bread.RankOne(bread, slope, v, v)
		meat.RankOne(meat, psi*psi*sigma*sigma, v, v)
	}
	traintest.Near(t, "loss", float64(rep.Loss), loss, traintest.RobustTolerance, 0)
	traintest.Near(t, "rms", float64(rep.RMS), math.Sqrt(loss/float64(y.Count)), traintest.RobustTolerance, 0)
	traintest.Near(t, "r2", float64(rep.R2), 1-loss/y.Variation, traintest.RobustTolerance, 0)
	if rep.Windows != len(b) || r.Robust.Outliers != len(b)-y.Count {
		t.Errorf("%d windows, %d outliers; want %d and %d", rep.Windows, r.Robust.Outliers, len(b), len(b)-y.Count)
	}
	if f := float64(rep.HeldOutRMS / rep.RMS); !(f > 0.8 && f < 1.25) || rep.HeldOut == 0 {
		t.Errorf("held-out RMS %v of %d windows beside %v of all", rep.HeldOutRMS, rep.HeldOut, rep.RMS)
	}
	var inverse, half, v mat.Dense
	if err := inverse.Inverse(bread); err != nil {
		t.Fatal(err)
	}
	half.Mul(&inverse, meat)
	v.Mul(&half, inverse.T())
	for i, e := range rep.Errors {
		traintest.Near(t, fmt.Sprintf("standard error %d", i), e, math.Sqrt(v.At(i, i)*float64(len(b))/float64(len(b)-n)), traintest.RobustErrorTolerance, 0)
	}
}

// With most outputs exact, a robust fit finds the kernel whatever the rest is.
func TestRobustExact(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := traintest.Texture(30, 40)
	k := traintest.Truth(s)
	y := traintest.Apply(t, x, k, s.Options)
	for i := 0; i < len(y.Data); i += 13 {
		y.Data[i] = 7
	}
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Solve(t.Context(), set, Tukey, solve.Constraints{}, Options{Loss: train.Sum})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range k.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), r.Kernel.Taps[i], v, 0, traintest.RobustTolerance)
	}
}
