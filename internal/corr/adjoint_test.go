package corr

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// drawRule draws the rule of Same padding into a draw.
func drawRule(t *rapid.T, d *draw) {
	d.o.Padding.Rule = geometry.SameRule(rapid.IntRange(0, 3).Draw(t, "rule"))
	if _, err := geometry.New(d.x.Shape().H, d.x.Shape().W, Size{H: d.k.H, W: d.k.W}, d.o); err != nil {
		t.Skip("the kernel does not fit")
	}
}

func adjoint[T tensor.Float](t rapid.TB, y *tensor.Dense[float64], k tensor.Kernel, size Size, o Options, threads int) *tensor.Dense[float64] {
	t.Helper()
	a, err := NewAdjoint[T](y.Shape(), k, size, o, Config{Threads: threads})
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
		d := drawAny(t, wholes)
		d.k.Bias, d.o.Border.Value = nil, 0
		drawRule(t, &d)
		t.Log(d)
		ax := d.reference(t)
		y := tensor.FromData(ax.Shape(), drawNumbers(t, wholes, len(ax.Data)))
		s := d.x.Shape()
		for _, back := range []*tensor.Dense[float64]{
			adjoint[float64](t, y, d.k, Size{H: s.H, W: s.W}, d.o, 1), adjoint[float64](t, y, d.k, Size{H: s.H, W: s.W}, d.o, 3), adjoint[float32](t, y, d.k, Size{H: s.H, W: s.W}, d.o, 2),
		} {
			if back.Shape() != s {
				t.Fatalf("A'y is %v, x is %v", back.Shape(), s)
			}
			if a, b := dot(ax, y), dot(d.x, back); a != b {
				t.Fatalf("<Ax, y> = %v, <x, A'y> = %v", a, b)
			}
		}
	})
}

// Without a size the adjoint takes the smallest image that gives its input.
func TestAdjointSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, wholes)
		drawRule(t, &d)
		s := d.x.Shape()
		k := Size{H: d.k.H, W: d.k.W}
		g, err := geometry.New(s.H, s.W, k, d.o)
		if err != nil {
			t.Fatal(err)
		}
		found, err := adjointGeometry(tensor.Shape{N: 1, C: 1, H: g.OutH, W: g.OutW}, k, Size{}, d.o)
		if err != nil {
			t.Fatalf("%v: %v", d, err)
		}
		if found.InH > s.H || found.InW > s.W {
			t.Fatalf("%v: %dx%d is not the smallest", d, found.InH, found.InW)
		}
		if found.InH > 1 {
			if less, err := geometry.New(found.InH-1, found.InW, k, d.o); err == nil && less.OutH == g.OutH {
				t.Fatalf("%v: %d rows give as much as %d", d, found.InH-1, found.InH)
			}
		}
	})
}

// Any number of threads gives the same bits.
func TestAdjointThreads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, reals)
		d.k.Bias = nil
		y := tensor.FromData(d.reference(t).Shape(), drawNumbers(t, reals, d.reference(t).Shape().Len()))
		s := Size{H: d.x.Shape().H, W: d.x.Shape().W}
		a, b := adjoint[float64](t, y, d.k, s, d.o, 1), adjoint[float64](t, y, d.k, s, d.o, 4)
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
		o := Options{Stride: Size{H: c.Stride[0], W: c.Stride[1]}, Dilation: Size{H: c.Dilation[0], W: c.Dilation[1]},
			Padding: Padding{Mode: Explicit, Top: c.Padding[0], Bottom: c.Padding[0], Left: c.Padding[1], Right: c.Padding[1]}}
		size := Size{}
		if c.OutputPadding != [2]int{} {
			size = Size{H: want.Shape().H, W: want.Shape().W}
		}
		same(t, adjoint[float64](t, y, k, size, o, 2), want)
	}
}

func fromPlanes(planes [][][]float64) *tensor.Dense[float64] {
	d := fromRows(planes[0])
	s := d.Shape()
	for _, p := range planes[1:] {
		s.C++
		d = tensor.FromData(s, append(d.Data, fromRows(p).Data...))
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
		size Size
		o    Options
		want string
	}{
		{tensor.Shape{N: 1, C: 1, H: 3, W: 3}, three, Size{H: 7, W: 7}, Options{}, "an image of 7x7 gives a result of 5x5, and the adjoint was given 3x3"},
		{tensor.Shape{N: 1, C: 1, H: 2, W: 2}, three, Size{}, Options{Padding: Padding{Mode: Full}}, "1x1"},
		{tensor.Shape{N: 1, C: 3, H: 2, W: 2}, mixing, Size{}, Options{}, "gives 2 channels"},
		{tensor.Shape{N: 1, C: 2, H: 2, W: 2}, biased, Size{}, Options{}, "2 biases"},
	} {
		if _, err := NewAdjoint[float64](c.y, c.k, c.size, c.o, Config{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.y, err, c.want)
		}
	}
}
