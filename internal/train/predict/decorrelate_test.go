package predict_test

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/predict"
)

// gaussian returns an elliptical kernel of 9x9 taps with the sum s.
func gaussian(s float64) tensor.Kernel {
	k, total := tensor.Matrix(9, 9, make([]float64, 81)...), 0.0
	for i := range k.Taps {
		y, x := float64(i/9-4), float64(i%9-4)
		k.Taps[i] = math.Exp(-(y*y/3 + x*x/2 + x*y/4))
		total += k.Taps[i]
	}
	for i := range k.Taps {
		k.Taps[i] *= s / total
	}
	return k
}

// The noise of κ ⋆ (y − K ⋆ x) is white: its autocovariance vy κ⋆κ + vx (κ⋆K)⋆(κ⋆K) is
// vy + s² vx at lag zero and almost nothing elsewhere. That of y − K ⋆ x is not.
func TestDecorrelating(t *testing.T) {
	const vy, vx, s = 1, 0.8, 1.3
	k := gaussian(s)
	c := predict.Decorrelating(k, vy, vx)
	want := vy + s*s*vx
	both := convolved(c, k)
	for _, lag := range [][2]int{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, -1}, {0, 3}, {5, 2}} {
		got := vy*autocorrelation(c, lag) + vx*autocorrelation(both, lag)
		expect := 0.0
		if lag == [2]int{} {
			expect = want
		}
		if math.Abs(got-expect) > 2e-3*want {
			t.Errorf("lag %v: %v, want %v", lag, got, expect)
		}
	}
	if before := vx * autocorrelation(k, [2]int{0, 1}); before < 0.02*want {
		t.Errorf("the difference is white already: %v", before)
	}
	sum := 0.0
	for _, v := range c.Taps {
		sum += v
	}
	if math.Abs(sum-1) > tolerance {
		t.Errorf("the sum is %v", sum)
	}
}

func autocorrelation(k tensor.Kernel, lag [2]int) (sum float64) {
	for y := range k.H {
		for x := range k.W {
			if a, b := y+lag[0], x+lag[1]; a >= 0 && a < k.H && b >= 0 && b < k.W {
				sum += k.Taps[y*k.W+x] * k.Taps[a*k.W+b]
			}
		}
	}
	return sum
}

func convolved(a, b tensor.Kernel) tensor.Kernel {
	r := tensor.Matrix(a.H+b.H-1, a.W+b.W-1, make([]float64, (a.H+b.H-1)*(a.W+b.W-1))...)
	for i, v := range a.Taps {
		for j, w := range b.Taps {
			r.Taps[(i/a.W+j/b.W)*r.W+i%a.W+j%b.W] += v * w
		}
	}
	return r
}

// Cells count what is finite, and outliers apart.
func TestCells(t *testing.T) {
	d, v := predict.NewMap(tensor.Shape{N: 1, C: 1, H: 1, W: 6}), predict.NewMap(tensor.Shape{N: 1, C: 1, H: 1, W: 6})
	for m, values := range map[*predict.Map][]float64{d: {2, -2, 40, math.NaN(), 1, 3}, v: {4, 4, 4, 4, math.Inf(1), 1}} {
		if _, err := m.Put(tensor.Band[float64]{Rows: 1, W: 6, Stride: 6, Data: values}); err != nil {
			t.Fatal(err)
		}
	}
	list := predict.Cells(d, v, 1, 2)
	if c := list[0]; c.Outputs != 3 || c.Outliers != 1 || c.RMS != 2 || c.RMSOverNoise != 1 || c.Chi2 != 134 {
		t.Errorf("%+v", c)
	}
	if c := list[1]; c.Column != 1 || c.Outputs != 1 || c.RMS != 3 || c.Chi2 != 9 {
		t.Errorf("%+v", c)
	}
	if c := predict.Cells(d, nil, 1, 1)[0]; c.Outputs != 5 || c.Outliers != 0 || !math.IsNaN(c.Chi2) {
		t.Errorf("without variances: %+v", c)
	}
	if m := v.Median(); m != 4 {
		t.Errorf("median %v", m)
	}
}
