package accumulate

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/traintest"
	"pgregory.net/rapid"
)

// drawn is a random pair and fit.
type drawn struct {
	pair train.Pair
	spec train.Spec
}

// draw makes a pair of any geometry, channels and selection of windows. Plain
// geometries, which are summed by lag, are as frequent as all others.
func draw(t *rapid.T) drawn {
	s := train.Spec{Kernel: traintest.DrawSize(t, "kernel", 3), Channels: train.Channels(rapid.IntRange(0, 2).Draw(t, "channels")), Threads: 1}
	s.Bias = rapid.Bool().Draw(t, "bias")
	s.Background = max(0, rapid.IntRange(-4, 2).Draw(t, "background"))
	pad := rapid.IntRange(0, 2)
	s.Options.Padding = corr.Padding{Mode: corr.Explicit, Top: pad.Draw(t, "top"), Bottom: pad.Draw(t, "bottom"), Left: pad.Draw(t, "left"), Right: pad.Draw(t, "right")}
	s.Options.Border = corr.Border{Mode: corr.BorderMode(rapid.IntRange(0, 5).Draw(t, "border"))}
	if s.Options.Border.Mode == corr.Constant {
		s.Options.Border.Value = 0.4
	}
	if rapid.Bool().Draw(t, "general") {
		s.Options.Stride, s.Options.Dilation = traintest.DrawSize(t, "stride", 2), traintest.DrawSize(t, "dilation", 2)
	}
	bad := rapid.Bool().Draw(t, "not finite")
	xs := tensor.Shape{N: rapid.IntRange(1, 2).Draw(t, "images"), C: rapid.IntRange(1, 2).Draw(t, "planes"), H: rapid.IntRange(5, 40).Draw(t, "height"), W: rapid.IntRange(5, 14).Draw(t, "width")}
	g, err := geometry.New(xs.H, xs.W, s.Kernel, s.Options)
	if err != nil {
		t.Fatal(err)
	}
	ys := tensor.Shape{N: xs.N, C: xs.C, H: g.OutH, W: g.OutW}
	if s.Channels == train.Mix {
		ys.C = rapid.IntRange(1, 2).Draw(t, "outputs")
	}
	d := drawn{train.Pair{X: traintest.DrawDense(t, "x", xs, bad), Y: traintest.DrawDense(t, "y", ys, bad)}, s}
	if rapid.Bool().Draw(t, "flat") {
		for i, v := range d.pair.X.(*tensor.Dense[float64]).Data {
			if numeric.IsFinite(v) {
				d.pair.X.(*tensor.Dense[float64]).Data[i] = float64(i / xs.W / 6 % 3)
			}
		}
	}
	if rapid.Bool().Draw(t, "masked") {
		m := traintest.DrawDense(t, "mask", tensor.Shape{N: 1, C: 1, H: ys.H, W: ys.W}, false)
		for i, v := range m.Data {
			m.Data[i] = math.Max(0, math.Floor(v+1.5))
		}
		d.pair.Mask = m
	}
	if rapid.Bool().Draw(t, "weighted") {
		planes := 1
		if s.Channels != train.Mix && rapid.Bool().Draw(t, "weights for each plane") {
			planes = ys.N * ys.C
		}
		m := traintest.DrawDense(t, "weights", tensor.Shape{N: planes, C: 1, H: ys.H, W: ys.W}, true)
		for i, v := range m.Data {
			m.Data[i] = math.Max(0, math.Abs(v)-0.3) // NaN stays
		}
		d.pair.Weights = m
	}
	if rapid.Bool().Draw(t, "clipped") {
		d.pair.Range = &train.Range{Low: -1.5, High: 1.8}
	}
	return d
}

// slow sums G, Aᵀy, Σy² and the number of windows of output channel c over every
// window in turn.
func (d drawn) slow(t rapid.TB, c int) (g [][]float64, grad []float64, loss float64, count int) {
	t.Helper()
	x, y := d.pair.X.(*tensor.Dense[float64]), d.pair.Y.(*tensor.Dense[float64])
	geo, err := geometry.New(x.Shape().H, x.Shape().W, d.spec.Kernel, d.spec.Options)
	if err != nil {
		t.Fatal(err)
	}
	xs, ys := x.Shape(), y.Shape()
	for n := range xs.N {
		for p := range ys.C {
			if d.spec.Channels != train.Shared && p != c {
				continue
			}
			for oy := range ys.H {
				for ox := range ys.W {
					planes := []int{n*xs.C + p}
					if d.spec.Channels == train.Mix {
						planes = nil
						for i := range xs.C {
							planes = append(planes, n*xs.C+i)
						}
					}
					a := d.window(x, geo, planes, oy, ox)
					if g == nil {
						g, grad = make([][]float64, len(a)), make([]float64, len(a))
						for i := range g {
							g[i] = make([]float64, len(a))
						}
					}
					if !numeric.AllFinite(a) || !d.counts(n, p, oy, ox) {
						continue
					}
					v, f := y.Plane(n*ys.C + p)[oy*ys.W+ox], d.weight(n*ys.C+p, oy, ox)
					for i := range a {
						for j := range a {
							g[i][j] += f * a[i] * a[j]
						}
						grad[i] += f * a[i] * v
					}
					loss += f * v * v
					count++
				}
			}
		}
	}
	return g, grad, loss, count
}

// window is a, with the background of its place.
func (d drawn) window(x *tensor.Dense[float64], g corr.Geometry, planes []int, oy, ox int) []float64 {
	var a []float64
	for _, p := range planes {
		for u := range g.KH {
			for v := range g.KW {
				iy := g.Border.Fold(oy*g.Stride.H+u*g.Dilation.H-g.Top, g.InH)
				ix := g.Border.Fold(ox*g.Stride.W+v*g.Dilation.W-g.Left, g.InW)
				value := g.Border.Value
				if iy >= 0 && ix >= 0 {
					value = x.Plane(p)[iy*g.InW+ix]
				}
				a = append(a, value)
			}
		}
	}
	p := func(i int, xi float64) float64 { return []float64{1, xi, (3*xi*xi - 1) / 2}[i] }
	xi, eta := float64(2*ox+1)/float64(g.OutW)-1, float64(2*oy+1)/float64(g.OutH)-1
	switch {
	case d.spec.Background > 0:
		for j := range d.spec.Background + 1 {
			for i := range d.spec.Background + 1 - j {
				a = append(a, p(i, xi)*p(j, eta))
			}
		}
	case d.spec.Bias:
		a = append(a, 1)
	}
	return a
}

// weight is that of an output.
func (d drawn) weight(plane, oy, ox int) float64 {
	if d.pair.Weights == nil {
		return 1
	}
	m := d.pair.Weights.(*tensor.Dense[float64])
	return m.Plane(plane % m.Shape().Planes())[oy*m.Shape().W+ox]
}

// counts reports whether the output counts: all planes of it, where channels mix.
func (d drawn) counts(n, p, oy, ox int) bool {
	y := d.pair.Y.(*tensor.Dense[float64])
	ys := y.Shape()
	planes := []int{p}
	if d.spec.Channels == train.Mix {
		planes = nil
		for i := range ys.C {
			planes = append(planes, i)
		}
	}
	for _, p := range planes {
		v := y.Plane(n*ys.C + p)[oy*ys.W+ox]
		if !numeric.IsFinite(v) {
			return false
		}
		if r := d.pair.Range; r != nil && (v <= r.Low || v >= r.High) {
			return false
		}
		if f := d.weight(n*ys.C+p, oy, ox); f == 0 || !numeric.IsFinite(f) {
			return false
		}
		if d.pair.Mask != nil && d.pair.Mask.(*tensor.Dense[float64]).Data[oy*ys.W+ox] == 0 {
			return false
		}
	}
	return true
}

// The sums of any pair are the sums over its windows, and hold-out is a part of
// them.
func TestGatherSumsEveryWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		st, err := (&Set{spec: d.spec}).once(t.Context(), d.pair, false)
		var none *train.NoWindowsError
		if errors.As(err, &none) {
			t.Skip("nothing to sum")
		}
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for c := range st.Layout().OutputChannels {
			g, grad, loss, count := d.slow(t, c)
			i, k := st.Layout().SystemOf(c)
			sys := &st.Systems()[i]
			floor := traintest.SumTolerance * float64(d.pair.X.Shape().Len())
			for a := range g {
				for b := range g {
					traintest.Near(t, fmt.Sprintf("G[%d][%d]", a, b), sys.Matrix()[a*sys.N()+b], g[a][b], traintest.SumTolerance, floor)
				}
				traintest.Near(t, fmt.Sprintf("c[%d]", a), sys.Outputs()[k].Gradient[a], grad[a], traintest.SumTolerance, floor)
			}
			traintest.Near(t, "s", sys.Outputs()[k].Loss, loss, traintest.SumTolerance, floor)
			traintest.Near(t, "Σy²", sys.Outputs()[k].Moments.Energy(), loss, traintest.SumTolerance, floor)
			total += count
		}
		if c := st.Counts(); c.Used != total || c.Total() != d.pair.Y.Shape().Len() {
			t.Fatalf("counts %+v, want %d used of %d", c, total, d.pair.Y.Shape().Len())
		}
	})
}

// Threads change no bit, and the statistics of a batch are the sum of those of
// its images.
func TestGatherThreadsAndBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		one, err := OnePair(t.Context(), d.pair, d.spec)
		var none *train.NoWindowsError
		if errors.As(err, &none) {
			t.Skip("nothing to sum")
		}
		if err != nil {
			t.Fatal(err)
		}
		d.spec.Threads = rapid.IntRange(2, 5).Draw(t, "threads")
		many, err := OnePair(t.Context(), d.pair, d.spec)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(one.Systems()[0].Matrix(), many.Systems()[0].Matrix()) || !reflect.DeepEqual(one.Systems()[0].Outputs(), many.Systems()[0].Outputs()) || !reflect.DeepEqual(one.HeldOutSystems()[0].Matrix(), many.HeldOutSystems()[0].Matrix()) {
			t.Fatal("the sums depend on the number of threads")
		}
	})
}
