package report

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// roundoff bounds errors of sums of up to a thousand terms of about 1.
const roundoff = 1e-12

// Responses that textbooks give as formulas.
func TestKnownResponses(t *testing.T) {
	cases := []struct {
		name string
		k    tensor.Kernel
		want func(fy, fx float64) float64
	}{
		{"difference", tensor.Matrix(1, 2, 1, -1), func(_, fx float64) float64 { return 2 * math.Abs(math.Sin(math.Pi*fx)) }},
		{"mean of three", tensor.Matrix(3, 1, 1./3, 1./3, 1./3), func(fy, _ float64) float64 { return math.Abs(1+2*math.Cos(2*math.Pi*fy)) / 3 }},
		{"sobel-x", sobel, func(fy, fx float64) float64 {
			return math.Abs(2*math.Sin(2*math.Pi*fx)) * (2 + 2*math.Cos(2*math.Pi*fy))
		}},
		{"laplacian", tensor.Matrix(3, 3, 0, 1, 0, 1, -4, 1, 0, 1, 0), func(fy, fx float64) float64 {
			return 4 - 2*math.Cos(2*math.Pi*fx) - 2*math.Cos(2*math.Pi*fy)
		}},
	}
	for _, c := range cases {
		r := responseOf(c.k, 0)
		for j := range r.n {
			for i := range r.n {
				fy, fx := float64(j-r.n/2)/float64(r.n-1), float64(i-r.n/2)/float64(r.n-1)
				if got, want := r.gain[j*r.n+i], c.want(fy, fx); math.Abs(got-want) > roundoff {
					t.Fatalf("%s at %v, %v: %v, want %v", c.name, fy, fx, got, want)
				}
			}
		}
	}
}

// The range of levels is finite for any kernel, and 80 dB at most.
func TestLevels(t *testing.T) {
	for _, c := range []struct {
		name string
		k    tensor.Kernel
		high float64
	}{
		{"one tap", tensor.Matrix(1, 1, 1), 1},
		{"zeros", tensor.Matrix(2, 2, 0, 0, 0, 0), 0},
		{"difference", tensor.Matrix(1, 2, 1, -1), 20 * math.Log10(2)},
		{"tiny", tensor.Matrix(1, 2, 1e-200, -1e-200), 20 * math.Log10(2e-200)},
	} {
		low, high := levels([]response{responseOf(c.k, 0)})
		if math.Abs(high-c.high) > 1e-9 || !(low < high) || high-low > -floorDB+1e-9 {
			t.Errorf("%s: levels %v to %v", c.name, low, high)
		}
	}
}
