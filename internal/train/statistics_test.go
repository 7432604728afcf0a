package train

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// drawn is a random pair and fit.
type drawn struct {
	pair Pair
	spec Spec
}

func drawSize(t *rapid.T, name string, most int) corr.Size {
	i := rapid.IntRange(1, most)
	return corr.Size{H: i.Draw(t, name+" height"), W: i.Draw(t, name+" width")}
}

func drawDense(t *rapid.T, name string, s tensor.Shape, bad bool) *tensor.Dense[float64] {
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

// draw makes a pair of any geometry, channels and selection of windows. Plain
// geometries, which are summed by lag, are as frequent as all others.
func draw(t *rapid.T) drawn {
	s := Spec{Kernel: drawSize(t, "kernel", 3), Channels: Channels(rapid.IntRange(0, 2).Draw(t, "channels")), Threads: 1}
	s.Bias = rapid.Bool().Draw(t, "bias")
	s.Background = max(0, rapid.IntRange(-4, 2).Draw(t, "background"))
	pad := rapid.IntRange(0, 2)
	s.Options.Padding = corr.Padding{Mode: corr.Explicit, Top: pad.Draw(t, "top"), Bottom: pad.Draw(t, "bottom"), Left: pad.Draw(t, "left"), Right: pad.Draw(t, "right")}
	s.Options.Border = corr.Border{Mode: corr.BorderMode(rapid.IntRange(0, 5).Draw(t, "border"))}
	if s.Options.Border.Mode == corr.Constant {
		s.Options.Border.Value = 0.4
	}
	if rapid.Bool().Draw(t, "general") {
		s.Options.Stride, s.Options.Dilation = drawSize(t, "stride", 2), drawSize(t, "dilation", 2)
	}
	bad := rapid.Bool().Draw(t, "not finite")
	xs := tensor.Shape{N: rapid.IntRange(1, 2).Draw(t, "images"), C: rapid.IntRange(1, 2).Draw(t, "planes"), H: rapid.IntRange(5, 40).Draw(t, "height"), W: rapid.IntRange(5, 14).Draw(t, "width")}
	g, err := corr.NewGeometry(xs.H, xs.W, s.Kernel, s.Options)
	if err != nil {
		t.Fatal(err)
	}
	ys := tensor.Shape{N: xs.N, C: xs.C, H: g.OutH, W: g.OutW}
	if s.Channels == Mix {
		ys.C = rapid.IntRange(1, 2).Draw(t, "outputs")
	}
	d := drawn{Pair{X: drawDense(t, "x", xs, bad), Y: drawDense(t, "y", ys, bad)}, s}
	if rapid.Bool().Draw(t, "flat") {
		for i, v := range d.pair.X.(*tensor.Dense[float64]).Data {
			if isFinite(v) {
				d.pair.X.(*tensor.Dense[float64]).Data[i] = float64(i / xs.W / 6 % 3)
			}
		}
	}
	if rapid.Bool().Draw(t, "masked") {
		m := drawDense(t, "mask", tensor.Shape{N: 1, C: 1, H: ys.H, W: ys.W}, false)
		for i, v := range m.Data {
			m.Data[i] = math.Max(0, math.Floor(v+1.5))
		}
		d.pair.Mask = m
	}
	if rapid.Bool().Draw(t, "clipped") {
		d.pair.Range = &Range{-1.5, 1.8}
	}
	return d
}

// slow sums G, Aᵀy, Σy² and the number of windows of output channel c over every
// window in turn.
func (d drawn) slow(t rapid.TB, c int) (g [][]float64, grad []float64, loss float64, count int) {
	t.Helper()
	x, y := d.pair.X.(*tensor.Dense[float64]), d.pair.Y.(*tensor.Dense[float64])
	geo, err := corr.NewGeometry(x.Shape().H, x.Shape().W, d.spec.Kernel, d.spec.Options)
	if err != nil {
		t.Fatal(err)
	}
	xs, ys := x.Shape(), y.Shape()
	for n := range xs.N {
		for p := range ys.C {
			if d.spec.Channels != Shared && p != c {
				continue
			}
			for oy := range ys.H {
				for ox := range ys.W {
					planes := []int{n*xs.C + p}
					if d.spec.Channels == Mix {
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
					if !finite(a) || !d.counts(n, p, oy, ox) {
						continue
					}
					v := y.Plane(n*ys.C + p)[oy*ys.W+ox]
					for i := range a {
						for j := range a {
							g[i][j] += a[i] * a[j]
						}
						grad[i] += a[i] * v
					}
					loss += v * v
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

// counts tells whether the output counts: all planes of it, where channels mix.
func (d drawn) counts(n, p, oy, ox int) bool {
	y := d.pair.Y.(*tensor.Dense[float64])
	ys := y.Shape()
	planes := []int{p}
	if d.spec.Channels == Mix {
		planes = nil
		for i := range ys.C {
			planes = append(planes, i)
		}
	}
	for _, p := range planes {
		v := y.Plane(n*ys.C + p)[oy*ys.W+ox]
		if !isFinite(v) {
			return false
		}
		if r := d.pair.Range; r != nil && (v <= r.Low || v >= r.High) {
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
		st, err := gatherOnce(t.Context(), d.pair, d.spec)
		var none *NoWindowsError
		if errors.As(err, &none) {
			t.Skip("nothing to sum")
		}
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for c := range st.layout.outC {
			g, grad, loss, count := d.slow(t, c)
			i, k := st.layout.place(c)
			sys := &st.systems[i]
			floor := sumTolerance * float64(d.pair.X.Shape().Len())
			for a := range g {
				for b := range g {
					near(t, fmt.Sprintf("G[%d][%d]", a, b), sys.g[a*sys.n+b], g[a][b], sumTolerance, floor)
				}
				near(t, fmt.Sprintf("c[%d]", a), sys.outputs[k].grad[a], grad[a], sumTolerance, floor)
			}
			near(t, "s", sys.outputs[k].loss, loss, sumTolerance, floor)
			near(t, "Σy²", sys.outputs[k].y.energy(), loss, sumTolerance, floor)
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
		one, err := GatherPair(t.Context(), d.pair, d.spec)
		var none *NoWindowsError
		if errors.As(err, &none) {
			t.Skip("nothing to sum")
		}
		if err != nil {
			t.Fatal(err)
		}
		d.spec.Threads = rapid.IntRange(2, 5).Draw(t, "threads")
		many, err := GatherPair(t.Context(), d.pair, d.spec)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(one.systems[0].g, many.systems[0].g) || !reflect.DeepEqual(one.systems[0].outputs, many.systems[0].outputs) || !reflect.DeepEqual(one.held[0].g, many.held[0].g) {
			t.Fatal("the sums depend on the number of threads")
		}
	})
}

func TestStatisticsAdd(t *testing.T) {
	a, b := texture(30, 20), texture(20, 30)
	s := Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: true}
	k := truth(s)
	both := gather(t, a, apply(t, a, k, s.Options), s)
	other := gather(t, b, apply(t, b, k, s.Options), s)
	energy, windows := both.Energy()+other.Energy(), both.Windows()+other.Windows()
	if err := both.Add(other); err != nil {
		t.Fatal(err)
	}
	near(t, "Σy²", both.Energy(), energy, sumTolerance, 0)
	if both.Windows() != windows {
		t.Errorf("%d windows, want %d", both.Windows(), windows)
	}
	for i, v := range Solve(both, Sum).Kernel.Taps {
		near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, logTolerance)
	}
	if err := both.Add(gather(t, a, apply(t, a, tensor.Matrix(1, 1, 2), s.Options), Spec{Kernel: corr.Size{H: 1, W: 1}})); err == nil {
		t.Error("statistics of another kernel are added")
	}
}
