package train

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// The tolerances of this package's tests, in one place.
const (
	// logTolerance bounds losses and taps against a plain loop in float64,
	// relatively. The loop rounds its residuals at 1e-16 of y, so that a loss of
	// 1e-12 of Σy² has ten digits left.
	logTolerance = 1e-9
	// lossFloor is the share of Σy² below which a plain loop's loss is rounding.
	lossFloor = 1e-12
	// peerTolerance bounds figures that PyTorch printed in full.
	peerTolerance = 1e-9
	// sumTolerance bounds sums that are added in another order, relatively.
	sumTolerance = 1e-13
	// shapeTolerance bounds constrained fits of random pairs, whose condition
	// numbers reach 1e4, against dense systems that square them.
	shapeTolerance = 1e-8
	// offsetTolerance bounds fits of an image and of the same with an offset of
	// 10⁴ times its contrast, which leaves that twelve digits.
	offsetTolerance = 1e-8
	// robustClose bounds robust fits, whose scale is found to 1e-9.
	robustClose = 1e-7
	// robustErrors bounds their standard errors, for which a matrix is inverted whose
	// condition number reaches 1e8.
	robustErrors = 1e-6
)

// unroll lists the windows of a plain (shared) fit.
func unroll(t rapid.TB, x, y *tensor.Dense[float64], s Spec) (a [][]float64, b []float64) {
	t.Helper()
	g, err := corr.NewGeometry(x.Shape().H, x.Shape().W, s.Kernel, s.Options)
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

// loop is the plain training loop: every epoch visits every window. It returns
// the losses before each step, and the loss at the end.
func loop(a [][]float64, y, w []float64, d Descent) (losses []float64) {
	n := len(w)
	buf, m, v := make([]float64, n), make([]float64, n), make([]float64, n)
	scale := 1.0
	if d.Loss == Mean {
		scale = 1 / float64(len(y))
	}
	for t := 1; ; t++ {
		loss, grad := 0.0, make([]float64, n)
		for i, row := range a {
			r := -y[i]
			for j, f := range row {
				r += f * w[j]
			}
			loss += r * r
			for j, f := range row {
				grad[j] += 2 * r * f * scale
			}
		}
		losses = append(losses, loss*scale)
		if t > d.Epochs {
			return losses
		}
		for j, g := range grad {
			switch d.Optimizer {
			case GD:
				w[j] -= d.Rate * g
			case Momentum:
				buf[j] = d.Momentum*buf[j] + g
				w[j] -= d.Rate * buf[j]
			case Nesterov:
				buf[j] = d.Momentum*buf[j] + g
				w[j] -= d.Rate * (g + d.Momentum*buf[j])
			case Adam:
				m[j] = 0.9*m[j] + 0.1*g
				v[j] = 0.999*v[j] + 0.001*g*g
				mh, vh := m[j]/(1-math.Pow(0.9, float64(t))), v[j]/(1-math.Pow(0.999, float64(t)))
				w[j] -= d.Rate * mh / (math.Sqrt(vh) + 1e-8)
			}
		}
	}
}

// near fails where got is not within tolerance of want, relatively, or within
// floor. NaN is near NaN alone.
func near(t rapid.TB, what string, got, want, tolerance, floor float64) {
	t.Helper()
	if math.IsNaN(got) && math.IsNaN(want) {
		return
	}
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)+floor) {
		t.Fatalf("%s is %.17g, want %.17g: off by %.3g", what, got, want, got-want)
	}
}

// dense wraps numbers as one h x w plane.
func dense(h, w int, data ...float64) *tensor.Dense[float64] {
	return tensor.FromData(tensor.Shape{N: 1, C: 1, H: h, W: w}, data)
}

// texture is a plane like a photograph: smooth, with edges and grain, the same
// on every run.
func texture(h, w int) *tensor.Dense[float64] {
	d := dense(h, w, make([]float64, h*w)...)
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

func gather(t testing.TB, x, y *tensor.Dense[float64], s Spec) *Statistics {
	t.Helper()
	st, err := Gather(t.Context(), x, y, s)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func apply(t rapid.TB, x *tensor.Dense[float64], k tensor.Kernel, o corr.Options) *tensor.Dense[float64] {
	t.Helper()
	y, err := corr.Reference(x, k, o)
	if err != nil {
		t.Fatal(err)
	}
	return y
}
