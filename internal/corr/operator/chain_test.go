package operator

import (
	"context"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

func runChain(t rapid.TB, x *tensor.Dense[float64], kernels []tensor.Kernel, o corr.Options, threads int) (*tensor.Dense[float64], *Chain[float64], error) {
	t.Helper()
	c, err := NewChain[float64](x.Shape(), kernels, o, corr.Config{Threads: threads})
	if err != nil {
		return nil, nil, err
	}
	y := tensor.NewDense[float64](c.Out())
	if err := c.Run(context.Background(), x, y); err != nil {
		t.Fatal(err)
	}
	return y, c, nil
}

// A chain is a pipe: kernel after kernel by the definition, under any
func TestChain(t *testing.T) {
	small := rapid.Map(rapid.IntRange(-3, 3), func(i int) float64 { return float64(i) })
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, small)
		drawRule(t, &d)
		t.Log(d)
		kernels := []tensor.Kernel{d.K}
		want := referenceOf(t, d)
		for range rapid.IntRange(1, 2).Draw(t, "more") {
			k := tensor.Kernel{Out: 1, In: 1, H: rapid.IntRange(1, 3).Draw(t, "kh"), W: rapid.IntRange(1, 3).Draw(t, "kw")}
			k.Taps = corrtest.Numbers(t, small, k.H*k.W)
			if rapid.Bool().Draw(t, "biased") {
				k.Bias = corrtest.Numbers(t, small, 1)
			}
			next, err := corr.Reference(want, k, d.O)
			if err != nil {
				t.Skip("the kernel does not fit")
			}
			kernels, want = append(kernels, k), next
		}
		got, c, err := runChain(t, d.X, kernels, d.O, 2)
		if err != nil {
			t.Fatal(err)
		}
		corrtest.Equal(t, got, want)
		if len(c.Between()) >= len(kernels) {
			t.Fatalf("%d results between %d kernels", len(c.Between()), len(kernels))
		}
	})
}

// Two small kernels become one where that is exact, and only there.
func TestChainFuses(t *testing.T) {
	in := tensor.Shape{N: 1, C: 1, H: 400, W: 400}
	a, b := tensor.Matrix(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 10), tensor.Matrix(1, 2, 1, -1)
	biased := a
	biased.Bias = []float64{1}
	for _, c := range []struct {
		padding geometry.PaddingMode
		border  corr.BorderMode
		stride  int
		first   tensor.Kernel
		fused   bool
	}{
		{corr.Valid, corr.Zeros, 1, a, true}, {corr.Valid, corr.Reflect, 1, biased, true}, {corr.Valid, corr.Zeros, 2, a, false},
		{corr.Full, corr.Zeros, 1, a, true}, {corr.Full, corr.Zeros, 1, biased, false}, {corr.Full, corr.Replicate, 1, a, false},
		{corr.Same, corr.Circular, 1, a, true}, {corr.Same, corr.Zeros, 1, a, false}, {corr.Same, corr.Replicate, 1, a, false},
	} {
		o := corr.Options{Padding: corr.Padding{Mode: c.padding}, Border: corr.Border{Mode: c.border}, Stride: corr.Size{H: c.stride, W: c.stride}}
		chain, err := NewChain[float64](in, []tensor.Kernel{c.first, b}, o, corr.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if fused := len(chain.Between()) == 0; fused != c.fused {
			t.Errorf("padding %v, border %v, stride %d: fused %v (%s)", o.Padding, o.Border, c.stride, fused, chain.Describe())
		}
	}
}

func TestChainRefuses(t *testing.T) {
	k := tensor.Matrix(3, 3, make([]float64, 9)...)
	if _, err := NewChain[float64](tensor.Shape{N: 1, C: 1, H: 4, W: 4}, []tensor.Kernel{k, k}, corr.Options{}, corr.Config{}); err == nil {
		t.Error("the second kernel does not fit")
	}
}

// The origin of a chain is that of its kernels, one after the other.
func TestChainOrigin(t *testing.T) {
	k := tensor.Matrix(3, 3, make([]float64, 9)...)
	c, err := NewChain[float64](tensor.Shape{N: 1, C: 1, H: 40, W: 40}, []tensor.Kernel{k, k}, corr.Options{Stride: corr.Size{H: 2, W: 3}}, corr.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if o, want := c.Origin(), (corr.Origin{Top: 3, Left: 4, StrideH: 4, StrideW: 9}); o != want {
		t.Errorf("origin %v, want %v", o, want)
	}
}
