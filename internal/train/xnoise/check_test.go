package xnoise

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
)

// autoTolerance bounds the estimated deviation of the noise of 120x120 pixels.
const autoTolerance = 0.15

// smooth is a scene that is smooth enough for noise to matter, from 0.1 to 0.9.
func smooth(r *rand.Rand, n, times int) *tensor.Dense[float64] {
	x := scene(r, n, n)
	blur := tensor.Matrix(3, 3, 1./16, 2./16, 1./16, 2./16, 4./16, 2./16, 1./16, 2./16, 1./16)
	for range times {
		var err error
		if x, err = corr.Reference(x, blur, corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Circular}}); err != nil {
			panic(err)
		}
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range x.Data {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	for i, v := range x.Data {
		x.Data[i] = 0.1 + 0.8*(v-low)/(high-low)
	}
	return x
}

// rounded rounds to 8 bits.
func rounded(d *tensor.Dense[float64]) *tensor.Dense[float64] {
	r := tensor.NewDense[float64](d.Shape())
	for i, v := range d.Data {
		r.Data[i] = math.Round(255*v) / 255
	}
	return r
}

func examine(t *testing.T, x, y *tensor.Dense[float64], s train.Spec, known Known) (*Check, *accumulate.Set) {
	t.Helper()
	set := gather(t, s, train.Pair{X: x, Y: y})
	r := solve.LeastSquares(set.Equations, train.Sum)
	se, err := solve.StandardErrors(set.Equations, r, solve.Constraints{}, false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Examine(t.Context(), set, r.Unknowns, se, known)
	if err != nil {
		t.Fatal(err)
	}
	return c, set
}

var kernels = []tensor.Kernel{
	tensor.Matrix(3, 3, 1./16, 2./16, 1./16, 2./16, 4./16, 2./16, 1./16, 2./16, 1./16),
	tensor.Matrix(3, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0),
	tensor.Matrix(3, 3, 0, -.25, 0, -.25, 2, -.25, 0, -.25, 0),
}

// TestCleanPicturesGetNoWarning: pictures of 8 bits and their filtered copies of 8 bits.
func TestCleanPicturesGetNoWarning(t *testing.T) {
	known := Known{StepX: 1. / 255, StepY: 1. / 255}
	for seed := range uint64(20) {
		for _, times := range []int{0, 1, 3} {
			for i, k := range kernels {
				s := spec(corr.Reflect, 3, false)
				x := rounded(smooth(rand.New(rand.NewPCG(seed, 8)), 100, times))
				c, _ := examine(t, x, rounded(traintest.Apply(t, x, k, s.Options)), s, known)
				if text, _ := c.Warning(); text != "" {
					t.Errorf("seed %d, smoothed %d times, kernel %d: %s", seed, times, i, text)
				}
			}
		}
	}
}

// TestNoiseIsFound: noise in X that pulls taps is told of, and estimated.
func TestNoiseIsFound(t *testing.T) {
	const sigma = 0.02
	for seed := range uint64(10) {
		for i, k := range kernels {
			s := spec(corr.Reflect, 3, false)
			r := rand.New(rand.NewPCG(seed, 9))
			x := smooth(r, 120, 1)
			y := noisy(r, traintest.Apply(t, x, k, s.Options), func(int) float64 { return sigma * sigma / 9 })
			c, set := examine(t, noisy(r, x, func(int) float64 { return sigma * sigma }), y, s, Known{})
			if text, sure := c.Warning(); !sure {
				t.Errorf("seed %d, kernel %d: no warning: %+v %s", seed, i, *c, text)
				continue
			}
			f, err := Auto(t.Context(), set, c, Known{})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(f.Sigma-sigma) > autoTolerance*sigma {
				t.Errorf("seed %d, kernel %d: σ %.3g, estimated as %.3g, at first %.3g", seed, i, sigma, f.Sigma, c.Sigma)
			}
		}
	}
}
