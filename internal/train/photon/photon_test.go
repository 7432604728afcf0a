package photon

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Of 200 000 outputs the estimate is good to a few per cent, with outliers among them.
const tolerance = 0.04

func TestEstimate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	truth := Noise{Gain: 1.5, ReadNoise: 6}
	counts, residuals := make([]float64, 200000), make([]float64, 200000)
	for i := range counts {
		counts[i] = 5 * math.Exp(3*r.ExpFloat64())
		residuals[i] = math.Sqrt(counts[i]/truth.Gain+16) * r.NormFloat64()
		switch i % 100 {
		case 0:
			residuals[i] += 1e5
		case 1:
			residuals[i] = math.NaN()
		}
	}
	for _, k := range []Known{{}, {Gain: &truth.Gain}, {ReadNoise: &truth.ReadNoise}} {
		n, ok := Estimate(counts, residuals, k)
		if !ok || math.Abs(n.Gain/truth.Gain-1) > tolerance || math.Abs(n.ReadNoise/truth.ReadNoise-1) > tolerance {
			t.Errorf("known %+v: %+v, %t, want %+v", k, n, ok, truth)
		}
	}
	if n, ok := Estimate(counts, residuals, Known{&truth.Gain, &truth.ReadNoise}); !ok || n != truth {
		t.Errorf("what is given is not changed: %+v", n)
	}
}

// Residuals that tell nothing give no estimate.
func TestEstimateOpen(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string][2][]float64{
		"none":       {{}, {}},
		"not finite": {{1, 2, 3}, {nan, nan, nan}},
		"no noise":   {{1, 2, 3, 4}, {0, 0, 0, 0}},
		"one level":  {{5, 5, 5, 5}, {1, -1, 1, -1}},
	} {
		if n, ok := Estimate(c[0], c[1], Known{}); ok {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

// The variance is n/g + (r/g)², and at least that of one electron.
func TestVariance(t *testing.T) {
	n := Noise{Gain: 2, ReadNoise: 4}
	for counts, want := range map[float64]float64{10: 9, 0: 4, -50: 4} {
		if v := n.Variance(counts); v != want {
			t.Errorf("variance of %v counts is %v, want %v", counts, v, want)
		}
	}
	if v := (Noise{Gain: 2}).Variance(-1); v != 0.25 {
		t.Errorf("least variance %v", v)
	}
}
