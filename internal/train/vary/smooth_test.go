package vary

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"gonum.org/v1/gonum/mat"
)

// blurred returns a pair of a white image and its blur by a smooth kernel of 7x7 taps,
// with noise of variance one, and the taps.
func blurred(seed uint64) (train.Pair, []float64) {
	const side, size = 60, 7
	r := rand.New(rand.NewPCG(seed, 8))
	x := image(side, side, func(int, int) float64 { return r.NormFloat64() })
	taps := make([]float64, size*size)
	for u := range taps {
		y, x := float64(u/size)-3, float64(u%size)-2.5
		taps[u] = 0.2 * math.Exp(-(y*y+x*x)/6)
	}
	y := image(side-size+1, side-size+1, func(oy, ox int) float64 {
		v := r.NormFloat64()
		for u, k := range taps {
			v += k * x.Data[(oy+u/size)*side+ox+u%size]
		}
		return v
	})
	return train.Pair{X: x, Y: y}, taps
}

func smoothSpec(degree int) Spec {
	s := Spec{Degree: degree, AutoSmooth: true, Absolute: true}
	s.Kernel = corr.Size{H: 7, W: 7}
	s.Options.Padding = geometry.Padding{Mode: geometry.Valid}
	return s
}

// The smoothness has the largest marginal likelihood, as its definition gives it:
// log ∫ p(y|k) p(k) = −(χ² + kᵀαRk)/2 − log|G + αR|/2 + (n−1)/2 log α, but for a constant.
func TestSmoothnessIsTheLikeliest(t *testing.T) {
	p, _ := blurred(1)
	s := smoothSpec(0)
	got, err := Fit(context.Background(), p, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The unpenalised fit gives σ², by which G is divided.
	plain := s
	plain.AutoSmooth = false
	free, err := Fit(context.Background(), p, plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	sigma2 := math.Max(1, free.ReducedChi2)
	x, y := p.X.(*tensor.Dense[float64]), p.Y.(*tensor.Dense[float64])
	const n = 49
	g, c := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	a := mat.NewVecDense(n, nil)
	out := y.Shape()
	for i := range out.H * out.W {
		for u := range n {
			a.SetVec(u, x.Data[(i/out.W+u/7)*x.Shape().W+i%out.W+u%7])
		}
		g.SymRankOne(g, 1/sigma2, a)
		c.AddScaledVec(c, y.Data[i]/sigma2, a)
	}
	l, err := train.NewLayout(s.Spec, x.Shape(), out)
	if err != nil {
		t.Fatal(err)
	}
	r := mat.NewSymDense(n, solve.Penalty(l, solve.Constraints{Smooth: 1}))
	best, most := 0.0, math.Inf(-1)
	const step = 0.01
	for log := -5.0; log < 15; log += step {
		alpha := math.Exp(log)
		m := mat.NewSymDense(n, nil)
		m.ScaleSym(alpha, r)
		m.AddSym(m, g)
		var f mat.Cholesky
		if !f.Factorize(m) {
			t.Fatal("G + αR is singular")
		}
		var k mat.VecDense
		if err := f.SolveVecTo(&k, c); err != nil {
			t.Fatal(err)
		}
		// χ² + αkᵀRk is a constant less cᵀk.
		if evidence := mat.Dot(c, &k)/2 - f.LogDet()/2 + (n-1)/2*log; evidence > most {
			best, most = alpha, evidence
		}
	}
	if v := got.Smooth[0] / sigma2; math.Abs(math.Log(v/best)) > 2*step {
		t.Errorf("the smoothness is %v, and the likeliest %v", v, best)
	}
}

// Taps of a smooth kernel come nearer to the truth, in plain and in robust fits, and
// their errors tell how near.
func TestSmoothnessHelps(t *testing.T) {
	for _, kind := range []robust.Kind{robust.None, robust.Tukey} {
		var with, without, chi2 float64
		const draws = 8
		for seed := range uint64(draws) {
			p, truth := blurred(seed)
			s := smoothSpec(1)
			s.Robust = kind
			got, err := Fit(context.Background(), p, s, nil)
			if err != nil {
				t.Fatal(err)
			}
			s.AutoSmooth = false
			free, err := Fit(context.Background(), p, s, nil)
			if err != nil {
				t.Fatal(err)
			}
			for u, v := range truth {
				with += math.Pow(got.Taps[0][u]-v, 2)
				without += math.Pow(free.Taps[0][u]-v, 2)
				chi2 += math.Pow((got.Taps[0][u]-v)/got.Errors[0][u], 2) / 49 / draws
			}
			if len(got.Smooth) != 3 || free.Smooth != nil {
				t.Errorf("smoothness %v and %v", got.Smooth, free.Smooth)
			}
		}
		if with > 0.6*without {
			t.Errorf("%v: squares of errors are %v with, and %v without smoothness", kind, with, without)
		}
		// Errors of the posterior: alike for all taps, but right on the whole.
		if chi2 < 0.5 || chi2 > 1.6 {
			t.Errorf("%v: errors squared over those claimed: %v", kind, chi2)
		}
	}
}
