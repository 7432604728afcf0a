// Package traintest has what the tests of the rooms of train share: images, kernels,
// noise, the list of all windows of a pair, and the tolerances with their reasons.
package traintest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"pgregory.net/rapid"
)

// Explicit returns padding of top, bottom, left and right.
func Explicit(t, b, l, r int) corr.Padding {
	return corr.Padding{Mode: corr.Explicit, Top: t, Bottom: b, Left: l, Right: r}
}

// Geometries are fits of every kind: padding, border, stride, dilation, bias.
var Geometries = []train.Spec{
	{Kernel: corr.Size{H: 3, W: 3}},
	{Kernel: corr.Size{H: 1, W: 1}, Bias: true},
	{Kernel: corr.Size{H: 2, W: 4}, Bias: true, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}}},
	{Kernel: corr.Size{H: 3, W: 2}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Full}, Border: corr.Border{Mode: corr.Circular}}},
	{Kernel: corr.Size{H: 3, W: 3}, Bias: true, Options: corr.Options{Padding: Explicit(1, 2, 0, 3), Border: corr.Border{Mode: corr.Constant, Value: 0.7}, Stride: corr.Size{H: 2, W: 3}}},
	{Kernel: corr.Size{H: 2, W: 3}, Options: corr.Options{Padding: Explicit(2, 0, 1, 1), Border: corr.Border{Mode: corr.Symmetric}, Dilation: corr.Size{H: 3, W: 2}, Convolve: true}},
	{Kernel: corr.Size{H: 3, W: 3}, Bias: true, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}, Stride: corr.Size{H: 1, W: 2}, Dilation: corr.Size{H: 2, W: 1}}},
	{Kernel: corr.Size{H: 5, W: 1}, Options: corr.Options{Padding: Explicit(0, 3, 2, 0), Border: corr.Border{Mode: corr.Replicate}}},
}

// Truth returns a kernel of the size of s that is not symmetric.
func Truth(s train.Spec) tensor.Kernel {
	k := tensor.Matrix(s.Kernel.H, s.Kernel.W, make([]float64, s.Kernel.H*s.Kernel.W)...)
	for i := range k.Taps {
		k.Taps[i] = 1 / float64(i+2) * float64(1-2*(i%3%2))
	}
	if s.Bias {
		k.Bias = []float64{0.3}
	}
	return k
}

// The tolerances of the tests of all rooms.
const (
	// LogTolerance bounds losses and taps against a plain loop in float64,
	// relatively. The loop rounds its residuals at 1e-16 of y, so that a loss of
	// 1e-12 of Σy² has ten digits left.
	LogTolerance = 1e-9
	// LossFloor is the share of Σy² below which a plain loop's loss is rounding.
	LossFloor = 1e-12
	// PeerTolerance bounds figures that PyTorch printed in full.
	PeerTolerance = 1e-9
	// SumTolerance bounds sums that are added in another order, relatively.
	SumTolerance = 1e-13
	// ConstrainedTolerance bounds constrained fits of random pairs, whose condition
	// numbers reach 1e4, against dense systems that square them.
	ConstrainedTolerance = 1e-8
	// OffsetTolerance bounds fits of an image and of the same with an offset of
	// 10⁴ times its contrast, which leaves that twelve digits.
	OffsetTolerance = 1e-8
	// RobustTolerance bounds robust fits, whose scale is found to 1e-9.
	RobustTolerance = 1e-7
	// RobustErrorTolerance bounds their standard errors, for which a matrix is inverted whose
	// condition number reaches 1e8.
	RobustErrorTolerance = 1e-6
)

// Unroll returns the windows of a plain (shared) fit, and their outputs.
func Unroll(t rapid.TB, x, y *tensor.Dense[float64], s train.Spec) (a [][]float64, b []float64) {
	t.Helper()
	g, err := geometry.New(x.Shape().H, x.Shape().W, s.Kernel, s.Options)
	if err != nil {
		t.Fatal(err)
	}
	for p := range x.Shape().Planes() {
		plane := x.Plane(p)
		for oy := range g.OutH {
			for ox := range g.OutW {
				var row []float64
				for u := range g.KH {
					for v := range g.KW {
						iy := g.Border.Fold(oy*g.Stride.H+u*g.Dilation.H-g.Top, g.InH)
						ix := g.Border.Fold(ox*g.Stride.W+v*g.Dilation.W-g.Left, g.InW)
						value := g.Border.Value
						if iy >= 0 && ix >= 0 {
							value = plane[iy*g.InW+ix]
						}
						row = append(row, value)
					}
				}
				if s.Bias {
					row = append(row, 1)
				}
				a = append(a, row)
				b = append(b, y.Plane(p)[oy*g.OutW+ox])
			}
		}
	}
	return a, b
}

// Near fails if got is not within tolerance of want, relatively, or within floor. NaN is
// near NaN alone.
func Near(t rapid.TB, what string, got, want, tolerance, floor float64) {
	t.Helper()
	if math.IsNaN(got) && math.IsNaN(want) {
		return
	}
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)+floor) {
		t.Fatalf("%s is %.17g, want %.17g: off by %.3g", what, got, want, got-want)
	}
}

// Dense returns numbers as one h x w plane.
func Dense(h, w int, data ...float64) *tensor.Dense[float64] {
	return tensor.FromData(tensor.Shape{N: 1, C: 1, H: h, W: w}, data)
}

// Texture returns a plane like a photograph: smooth, with edges and grain, the same on
// every run.
func Texture(h, w int) *tensor.Dense[float64] {
	d := Dense(h, w, make([]float64, h*w)...)
	state := uint64(1)
	for y := range h {
		for x := range w {
			state = state*6364136223846793005 + 1442695040888963407
			grain := float64(state>>40)/(1<<24) - 0.5
			v := 0.5 + 0.3*math.Sin(float64(y)/5)*math.Cos(float64(x)/7) + 0.1*grain
			if (x/9+y/13)%2 == 0 {
				v += 0.15
			}
			d.Data[y*w+x] = v
		}
	}
	return d
}

// Apply correlates x with k by the definition.
func Apply(t rapid.TB, x *tensor.Dense[float64], k tensor.Kernel, o corr.Options) *tensor.Dense[float64] {
	t.Helper()
	y, err := corr.Reference(x, k, o)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// Noisy is Apply with normal noise of a deviation sigma, the same for each seed.
func Noisy(t testing.TB, x *tensor.Dense[float64], k tensor.Kernel, s train.Spec, sigma float64, seed uint64) *tensor.Dense[float64] {
	t.Helper()
	y := Apply(t, x, k, s.Options)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range y.Data {
		y.Data[i] += sigma * r.NormFloat64()
	}
	return y
}

// Gaussian is a deterministic source of nearly normal numbers.
type Gaussian uint64

// Uniform returns the next number, from 0 to 1.
func (g *Gaussian) Uniform() float64 {
	*g = *g*6364136223846793005 + 1442695040888963407
	return float64(*g>>11) / (1 << 53)
}

// Next returns the next nearly normal number, of mean 0 and deviation 1.
func (g *Gaussian) Next() float64 {
	total := 0.0
	for range 12 {
		total += g.Uniform()
	}
	return total - 6
}

// Grain returns random numbers from -1 to 1.
func Grain(s tensor.Shape, seed uint64) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](s)
	for i := range d.Data {
		seed = seed*6364136223846793005 + 1442695040888963407
		d.Data[i] = float64(seed>>40)/(1<<23) - 1
	}
	return d
}

// DrawSize draws a size of up to most rows and columns.
func DrawSize(t *rapid.T, name string, most int) corr.Size {
	i := rapid.IntRange(1, most)
	return corr.Size{H: i.Draw(t, name+" height"), W: i.Draw(t, name+" width")}
}

// DrawDense draws an image; with bad, some values are NaN or infinite.
func DrawDense(t *rapid.T, name string, s tensor.Shape, bad bool) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](s)
	value := rapid.Float64Range(-2, 2)
	for i := range d.Data {
		d.Data[i] = value.Draw(t, name)
		if bad && rapid.IntRange(0, 30).Draw(t, "bad") == 0 {
			d.Data[i] = rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}).Draw(t, "what")
		}
	}
	return d
}

// ToOne returns d times the power of two that brings its largest number to [1, 2).
func ToOne(d *tensor.Dense[float64]) *tensor.Dense[float64] {
	most := 0.0
	for _, v := range d.Data {
		most = max(most, math.Abs(v))
	}
	return TimesPowerOfTwo(d, -math.Ilogb(most))
}

// TimesPowerOfTwo returns d times 2^power.
func TimesPowerOfTwo(d *tensor.Dense[float64], power int) *tensor.Dense[float64] {
	r := Dense(d.Shape().H, d.Shape().W, make([]float64, len(d.Data))...)
	for i, v := range d.Data {
		r.Data[i] = math.Ldexp(v, power)
	}
	return r
}
