package accumulate

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"gonum.org/v1/gonum/floats"
	"pgregory.net/rapid"
)

// drawPlain makes a pair that is summed by lag: stride and dilation are 1, no
// channels are mixed.
func drawPlain(t *rapid.T) drawn {
	s := train.Spec{Kernel: traintest.DrawSize(t, "kernel", 9), Channels: train.Channels(rapid.IntRange(0, 1).Draw(t, "channels")), Threads: 2}
	s.Bias = rapid.Bool().Draw(t, "bias")
	s.Options.Padding.Mode = geometry.PaddingMode(rapid.SampledFrom([]geometry.PaddingMode{corr.Valid, corr.Same, corr.Full}).Draw(t, "padding"))
	s.Options.Border = corr.Border{Mode: corr.BorderMode(rapid.IntRange(0, 5).Draw(t, "border")), Value: 0.4}
	xs := tensor.Shape{N: 1, C: rapid.IntRange(1, 2).Draw(t, "planes"), H: rapid.IntRange(20, 150).Draw(t, "height"), W: rapid.IntRange(30, 150).Draw(t, "width")}
	g, err := geometry.New(xs.H, xs.W, s.Kernel, s.Options)
	if err != nil {
		t.Fatal(err)
	}
	ys := tensor.Shape{N: 1, C: xs.C, H: g.OutH, W: g.OutW}
	seed := rapid.Uint64().Draw(t, "seed")
	d := drawn{train.Pair{X: traintest.Grain(xs, seed), Y: traintest.Grain(ys, seed+1)}, s}
	if rapid.Bool().Draw(t, "masked") {
		m := traintest.Grain(tensor.Shape{N: 1, C: 1, H: ys.H, W: ys.W}, seed+2)
		for i, v := range m.Data {
			m.Data[i] = math.Max(0, math.Ceil(v+0.9))
		}
		d.pair.Mask = m
	}
	return d
}

// Sums through spectra are the sums of products, about zero and about an origin
// that leaves residuals of 1e-9.
func TestSpectraSumTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawPlain(t)
		tiny := rapid.Bool().Draw(t, "tiny residuals")
		if tiny {
			floats.Scale(1e-9, d.pair.Y.(*tensor.Dense[float64]).Data)
		}
		sums := func(tile int) *normal.Equations {
			p, err := newScan(d.pair, d.spec)
			if err != nil {
				t.Fatal(err)
			}
			if p.lags == nil {
				t.Skip("too narrow for sums by lag")
			}
			p.setTile(tile)
			st := normal.New(p.layout)
			if tiny {
				for range p.layout.OutputChannels {
					p.origin = append(p.origin, make([]float64, p.layout.Unknowns()))
				}
			}
			if err := p.run(t.Context(), st); err != nil {
				t.Fatal(err)
			}
			return st
		}
		want, got := sums(0), sums(rapid.SampledFrom([]int{64, 128}).Draw(t, "tile"))
		for i := range want.Systems() {
			for k, parts := range [][2]normal.System{{got.Systems()[i], want.Systems()[i]}, {got.HeldOutSystems()[i], want.HeldOutSystems()[i]}} {
				a, b := parts[0], parts[1]
				size := float64(d.pair.X.Shape().Len())
				for j, v := range b.Matrix() {
					traintest.Near(t, fmt.Sprintf("part %d: G[%d]", k, j), a.Matrix()[j], v, traintest.SumTolerance, traintest.SumTolerance*size)
				}
				if tiny {
					size *= 1e-9
				}
				for j, v := range b.Outputs()[0].Gradient {
					traintest.Near(t, fmt.Sprintf("part %d: c[%d]", k, j), a.Outputs()[0].Gradient[j], v, traintest.SumTolerance, traintest.SumTolerance*size)
				}
			}
		}
	})
}

// Large kernels take tiles by themselves, and fits by them are as good.
func TestLargeKernel(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 21, W: 21}, Bias: true}
	x := traintest.Grain(tensor.Shape{N: 1, C: 1, H: 300, W: 300}, 5)
	for i, v := range traintest.Texture(300, 300).Data {
		x.Data[i] = v + 0.2*x.Data[i]
	}
	k := tensor.Matrix(21, 21, traintest.Grain(tensor.Shape{N: 1, C: 1, H: 21, W: 21}, 7).Data...)
	k.Bias = []float64{0.25}
	p, err := newScan(train.Pair{X: x, Y: traintest.Texture(280, 280)}, s)
	if err != nil {
		t.Fatal(err)
	}
	if p.tile == 0 {
		t.Skip("no assembly")
	}
	y := traintest.Apply(t, x, k, s.Options)
	st, err := OnePair(t.Context(), train.Pair{X: x, Y: y}, s)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range solve.LeastSquares(st, train.Sum).Kernel.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, traintest.LogTolerance*1e-3)
	}
}
