package detect

import (
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/traintest"
)

// The size of the kernel is found from exact and from noisy pairs.
func TestChooseSize(t *testing.T) {
	x := traintest.Texture(60, 64)
	for _, c := range []struct {
		size   corr.Size
		border corr.BorderMode
		noise  float64
	}{
		{corr.Size{H: 1, W: 1}, corr.Zeros, 0},
		{corr.Size{H: 3, W: 3}, corr.Zeros, 0},
		{corr.Size{H: 3, W: 3}, corr.Replicate, 0.01},
		{corr.Size{H: 2, W: 5}, corr.Reflect, 0.01},
		{corr.Size{H: 9, W: 1}, corr.Circular, 0},
	} {
		s := train.Spec{Kernel: c.size, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: c.border}}}
		k := traintest.Truth(s)
		for i := range k.Taps {
			k.Taps[i] += 0.3
		}
		y := traintest.Noisy(t, x, k, s, c.noise, 4)
		s.Kernel = corr.Size{}
		got, trials, err := ChooseSize(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s)
		if err != nil {
			t.Fatal(err)
		}
		if got != c.size || len(trials) < 2 || trials[0].Kernel != got {
			t.Errorf("%v with noise %v: found %v in %d trials", c.size, c.noise, got, len(trials))
		}
	}
}

// Kernels of any shape are found, also those that are long in one direction, wherever
// their outer taps exceed their errors.
func TestPeeledSizes(t *testing.T) {
	g := traintest.Gaussian(3)
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 120, W: 130})
	for i := range x.Data {
		x.Data[i] = g.Next()
	}
	for i, size := range []corr.Size{{H: 17, W: 3}, {H: 1, W: 25}, {H: 31, W: 5}, {H: 2, W: 1}, {H: 9, W: 14}, {H: 1, W: 1}, {H: 33, W: 2}} {
		noise := 0.1 * float64(i%2)
		s := train.Spec{Kernel: size, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}}}
		k := tensor.Matrix(size.H, size.W, make([]float64, size.H*size.W)...)
		for j := range k.Taps {
			k.Taps[j] = 0.2 + g.Uniform()
		}
		y := traintest.Noisy(t, x, k, s, noise, uint64(i))
		s.Kernel = corr.Size{}
		got, trials, err := ChooseSize(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s)
		if err != nil {
			t.Fatal(err)
		}
		if got != size {
			t.Errorf("%v with noise %v: found %v: %v", size, noise, got, trials)
		}
	}
}

// The statistic of a ring is that of the definition: the loss that its absence costs,
// for each tap, beside the variance of the residuals. What is left is the best fit of the
// smaller kernel.
func TestPeelingIsNestedFits(t *testing.T) {
	x := traintest.Grain(tensor.Shape{N: 1, C: 1, H: 40, W: 42}, 8)
	s := train.Spec{Kernel: corr.Size{H: 5, W: 4}, Bias: true}
	k := traintest.Truth(s)
	y := traintest.Noisy(t, x, k, s, 0.3, 5)
	set, err := accumulate.Images(t.Context(), x, y, s)
	if err != nil {
		t.Fatal(err)
	}
	p := newPeeling(set)
	full := set.MinimalLoss()
	free := float64(set.Windows() - set.Unknowns())
	for _, row := range []bool{true, false, false, true} {
		before := set.Part(normal.CentredBlock(s.Kernel, p.size, true)).MinimalLoss()
		r, ok := p.test(row)
		if !ok || !p.drop(row) {
			t.Fatal("no ring")
		}
		part := set.Part(normal.CentredBlock(s.Kernel, p.size, true))
		want := (part.MinimalLoss() - before) / float64(r.Taps) / (full / free)
		traintest.Near(t, "F", r.F, want, traintest.LogTolerance, 0)
		for i, u := range normal.CentredBlock(s.Kernel, p.size, true).Unknowns(set.Layout()) {
			traintest.Near(t, "tap", p.systems[0].outputs[0].w[u], part.Best()[0][i], traintest.LogTolerance, 1)
		}
	}
}

// A stride leaves several sizes, of which the held-out error chooses.
func TestChooseSizeWithStride(t *testing.T) {
	x := traintest.Texture(50, 50)
	s := train.Spec{Kernel: corr.Size{H: 3, W: 2}, Options: corr.Options{Stride: corr.Size{H: 2, W: 3}}}
	y := traintest.Apply(t, x, tensor.Matrix(3, 2, 1, 2, -1, 3, 0.5, 0.7), s.Options)
	s.Kernel = corr.Size{}
	got, trials, err := ChooseSize(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s)
	if err != nil {
		t.Fatal(err)
	}
	if (got != corr.Size{H: 3, W: 2}) || len(trials) < 2 {
		t.Errorf("found %v in %d trials", got, len(trials))
	}
}

// With a dilation the size is found among the odd ones.
func TestChooseSizeWithDilation(t *testing.T) {
	x := traintest.Texture(60, 64)
	s := train.Spec{Kernel: corr.Size{H: 3, W: 5}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Dilation: corr.Size{H: 2, W: 3}}}
	k := traintest.Truth(s)
	for i := range k.Taps {
		k.Taps[i] += 0.3
	}
	y := traintest.Apply(t, x, k, s.Options)
	s.Kernel = corr.Size{}
	got, trials, err := ChooseSize(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s)
	if err != nil {
		t.Fatal(err)
	}
	if (got != corr.Size{H: 3, W: 5}) {
		t.Errorf("found %v", got)
	}
	for _, r := range trials {
		if r.Kernel.H%2 == 0 || r.Kernel.W%2 == 0 {
			t.Errorf("%v was tried, which is no part of the support", r.Kernel)
		}
	}
}

func TestLargestTried(t *testing.T) {
	trials := []SizeTrial{{Kernel: corr.Size{H: 3, W: 1}}, {Kernel: corr.Size{H: 2, W: 5}}}
	if got := LargestTried(trials); got != (corr.Size{H: 3, W: 5}) {
		t.Errorf("largest %v", got)
	}
	if got := LargestTried(trials[:1]); got != (corr.Size{}) {
		t.Errorf("largest of one: %v", got)
	}
}
