package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// drawPlain makes a pair that is summed by lag: stride and dilation are 1, no
// channels are mixed.
func drawPlain(t *rapid.T) drawn {
	s := Spec{Kernel: drawSize(t, "kernel", 9), Channels: Channels(rapid.IntRange(0, 1).Draw(t, "channels")), Threads: 2}
	s.Bias = rapid.Bool().Draw(t, "bias")
	s.Options.Padding.Mode = corr.PaddingMode(rapid.SampledFrom([]corr.PaddingMode{corr.Valid, corr.Same, corr.Full}).Draw(t, "padding"))
	s.Options.Border = corr.Border{Mode: corr.BorderMode(rapid.IntRange(0, 5).Draw(t, "border")), Value: 0.4}
	xs := tensor.Shape{N: 1, C: rapid.IntRange(1, 2).Draw(t, "planes"), H: rapid.IntRange(20, 150).Draw(t, "height"), W: rapid.IntRange(30, 150).Draw(t, "width")}
	g, err := corr.NewGeometry(xs.H, xs.W, s.Kernel, s.Options)
	if err != nil {
		t.Fatal(err)
	}
	ys := tensor.Shape{N: 1, C: xs.C, H: g.OutH, W: g.OutW}
	seed := rapid.Uint64().Draw(t, "seed")
	d := drawn{Pair{X: grain(xs, seed), Y: grain(ys, seed+1)}, s}
	if rapid.Bool().Draw(t, "masked") {
		m := grain(tensor.Shape{N: 1, C: 1, H: ys.H, W: ys.W}, seed+2)
		for i, v := range m.Data {
			m.Data[i] = math.Max(0, math.Ceil(v+0.9))
		}
		d.pair.Mask = m
	}
	return d
}

// grain is random numbers from -1 to 1.
func grain(s tensor.Shape, seed uint64) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](s)
	for i := range d.Data {
		seed = seed*6364136223846793005 + 1442695040888963407
		d.Data[i] = float64(seed>>40)/(1<<23) - 1
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
			scale(d.pair.Y.(*tensor.Dense[float64]).Data, 1e-9)
		}
		sums := func(tile int) *Statistics {
			p, err := newPass(d.pair, d.spec)
			if err != nil {
				t.Fatal(err)
			}
			if p.lags == nil {
				t.Skip("too narrow for sums by lag")
			}
			p.setTile(tile)
			st := newStatistics(p.layout)
			if tiny {
				for range p.layout.outC {
					p.origin = append(p.origin, make([]float64, p.layout.unknowns()))
				}
			}
			if err := p.run(t.Context(), st); err != nil {
				t.Fatal(err)
			}
			return st
		}
		want, got := sums(0), sums(rapid.SampledFrom([]int{64, 128}).Draw(t, "tile"))
		for i := range want.systems {
			for k, parts := range [][2]system{{got.systems[i], want.systems[i]}, {got.held[i], want.held[i]}} {
				a, b := parts[0], parts[1]
				size := float64(d.pair.X.Shape().Len())
				for j, v := range b.g {
					near(t, fmt.Sprintf("part %d: G[%d]", k, j), a.g[j], v, sumTolerance, sumTolerance*size)
				}
				if tiny {
					size *= 1e-9
				}
				for j, v := range b.outputs[0].grad {
					near(t, fmt.Sprintf("part %d: c[%d]", k, j), a.outputs[0].grad[j], v, sumTolerance, sumTolerance*size)
				}
			}
		}
	})
}

// Large kernels take tiles by themselves, and fits by them are as good.
func TestLargeKernel(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 21, W: 21}, Bias: true}
	x := grain(tensor.Shape{N: 1, C: 1, H: 300, W: 300}, 5)
	for i, v := range texture(300, 300).Data {
		x.Data[i] = v + 0.2*x.Data[i]
	}
	k := tensor.Matrix(21, 21, grain(tensor.Shape{N: 1, C: 1, H: 21, W: 21}, 7).Data...)
	k.Bias = []float64{0.25}
	p, err := newPass(Pair{X: x, Y: texture(280, 280)}, s)
	if err != nil {
		t.Fatal(err)
	}
	if p.tile == 0 {
		t.Skip("no assembly")
	}
	y := apply(t, x, k, s.Options)
	st := gather(t, x, y, s)
	for i, v := range Solve(st, Sum).Kernel.Taps {
		near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, logTolerance*1e-3)
	}
}
