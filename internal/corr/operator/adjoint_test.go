package operator

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// drawRule draws the rule of Same padding into a draw.
func drawRule(t *rapid.T, d *corrtest.Draw) {
	d.O.Padding.Rule = geometry.SameRule(rapid.IntRange(0, 3).Draw(t, "rule"))
	if _, err := geometry.New(d.X.Shape().H, d.X.Shape().W, corr.Size{H: d.K.H, W: d.K.W}, d.O); err != nil {
		t.Skip("the kernel does not fit")
	}
}

func adjoint[T tensor.Float](t rapid.TB, y *tensor.Dense[float64], k tensor.Kernel, size corr.Size, o corr.Options, threads int) *tensor.Dense[float64] {
	t.Helper()
	a, err := NewAdjoint[T](y.Shape(), k, size, o, corr.Config{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	in, out := tensor.NewDense[T](y.Shape()), tensor.NewDense[T](a.Out())
	for i, v := range y.Data {
		in.Data[i] = T(v)
	}
	if err := a.Run(context.Background(), in, out); err != nil {
		t.Fatal(err)
	}
	wide := tensor.NewDense[float64](a.Out())
	for i, v := range out.Data {
		wide.Data[i] = float64(v)
	}
	return wide
}

// <A x, y> = <x, A'y> for every geometry, exactly: the numbers are whole.
func TestAdjointOfEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		d.K.Bias, d.O.Border.Value = nil, 0
		drawRule(t, &d)
		t.Log(d)
		ax := referenceOf(t, d)
		y := tensor.FromData(ax.Shape(), corrtest.Numbers(t, corrtest.Wholes, len(ax.Data)))
		s := d.X.Shape()
		for _, back := range []*tensor.Dense[float64]{
			adjoint[float64](t, y, d.K, corr.Size{H: s.H, W: s.W}, d.O, 1), adjoint[float64](t, y, d.K, corr.Size{H: s.H, W: s.W}, d.O, 3), adjoint[float32](t, y, d.K, corr.Size{H: s.H, W: s.W}, d.O, 2),
		} {
			if back.Shape() != s {
				t.Fatalf("A'y is %v, x is %v", back.Shape(), s)
			}
			if a, b := corrtest.Dot(ax, y), corrtest.Dot(d.X, back); a != b {
				t.Fatalf("<Ax, y> = %v, <x, A'y> = %v", a, b)
			}
		}
	})
}

// Without a size the adjoint takes the smallest image that gives its input.
func TestAdjointSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		drawRule(t, &d)
		s := d.X.Shape()
		k := corr.Size{H: d.K.H, W: d.K.W}
		g, err := geometry.New(s.H, s.W, k, d.O)
		if err != nil {
			t.Fatal(err)
		}
		found, err := adjointGeometry(tensor.Shape{N: 1, C: 1, H: g.OutH, W: g.OutW}, k, corr.Size{}, d.O)
		if err != nil {
			t.Fatalf("%v: %v", d, err)
		}
		if found.InH > s.H || found.InW > s.W {
			t.Fatalf("%v: %dx%d is not the smallest", d, found.InH, found.InW)
		}
		if found.InH > 1 {
			if less, err := geometry.New(found.InH-1, found.InW, k, d.O); err == nil && less.OutH == g.OutH {
				t.Fatalf("%v: %d rows give as much as %d", d, found.InH-1, found.InH)
			}
		}
	})
}

// Any number of threads gives the same bits.
func TestAdjointThreads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Reals)
		d.K.Bias = nil
		y := tensor.FromData(referenceOf(t, d).Shape(), corrtest.Numbers(t, corrtest.Reals, referenceOf(t, d).Shape().Len()))
		s := corr.Size{H: d.X.Shape().H, W: d.X.Shape().W}
		a, b := adjoint[float64](t, y, d.K, s, d.O, 1), adjoint[float64](t, y, d.K, s, d.O, 4)
		for i := range a.Data {
			if math.Float64bits(a.Data[i]) != math.Float64bits(b.Data[i]) {
				t.Fatalf("element %d is %v with one thread, %v with four", i, a.Data[i], b.Data[i])
			}
		}
	})
}

// What PyTorch's conv_transpose2d gives (testdata/adjoint.py).
func TestAdjointTorch(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "adjoint.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Stride, Dilation, Padding, OutputPadding [2]int
		Input, Weight, Result                    [][][]float64
		Out                                      int // channels of the input
		Bias                                     float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		y, w, want := fromPlanes(c.Input), fromPlanes(c.Weight), fromPlanes(c.Result)
		k := tensor.Kernel{Mixes: true, Out: c.Out, In: w.Shape().C / c.Out, H: w.Shape().H, W: w.Shape().W, Taps: w.Data, Bias: []float64{c.Bias}}
		o := corr.Options{Stride: corr.Size{H: c.Stride[0], W: c.Stride[1]}, Dilation: corr.Size{H: c.Dilation[0], W: c.Dilation[1]},
			Padding: corr.Padding{Mode: corr.Explicit, Top: c.Padding[0], Bottom: c.Padding[0], Left: c.Padding[1], Right: c.Padding[1]}}
		size := corr.Size{}
		if c.OutputPadding != [2]int{} {
			size = corr.Size{H: want.Shape().H, W: want.Shape().W}
		}
		corrtest.Equal(t, adjoint[float64](t, y, k, size, o, 2), want)
	}
}

func fromPlanes(planes [][][]float64) *tensor.Dense[float64] {
	d := corrtest.FromRows(planes[0])
	s := d.Shape()
	for _, p := range planes[1:] {
		s.C++
		d = tensor.FromData(s, append(d.Data, corrtest.FromRows(p).Data...))
	}
	return d
}

func TestAdjointRefuses(t *testing.T) {
	three := tensor.Matrix(3, 3, make([]float64, 9)...)
	mixing := tensor.Kernel{Mixes: true, Out: 2, In: 1, H: 1, W: 1, Taps: []float64{1, 2}}
	biased := mixing
	biased.Bias = []float64{1, 2}
	for _, c := range []struct {
		y    tensor.Shape
		k    tensor.Kernel
		size corr.Size
		o    corr.Options
		want string
	}{
		{tensor.Shape{N: 1, C: 1, H: 3, W: 3}, three, corr.Size{H: 7, W: 7}, corr.Options{}, "an image of 7x7 gives a result of 5x5, and the adjoint was given 3x3"},
		{tensor.Shape{N: 1, C: 1, H: 2, W: 2}, three, corr.Size{}, corr.Options{Padding: corr.Padding{Mode: corr.Full}}, "1x1"},
		{tensor.Shape{N: 1, C: 3, H: 2, W: 2}, mixing, corr.Size{}, corr.Options{}, "gives 2 channels"},
		{tensor.Shape{N: 1, C: 2, H: 2, W: 2}, biased, corr.Size{}, corr.Options{}, "2 biases"},
	} {
		if _, err := NewAdjoint[float64](c.y, c.k, c.size, c.o, corr.Config{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.y, err, c.want)
		}
	}
}
