package detect

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
)

func detected(t *testing.T, x, y tensor.Source[float64], s train.Spec) *Detection {
	t.Helper()
	d, err := Detect(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s, true)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// said reports whether one line holds all the words.
func said(lines []string, words ...string) bool {
	return slices.ContainsFunc(lines, func(s string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s, w) })
	})
}

// TestSureOfWhatNoKernelDoes: a median and a tone curve are no kernel, rounded or
// not, however much better one kernel is than the others.
func TestSureOfWhatNoKernelDoes(t *testing.T) {
	x := traintest.Texture(50, 54)
	median, curve := tensor.NewDense[float64](x.Shape()), tensor.NewDense[float64](x.Shape())
	for i := range x.Data {
		var window []float64
		for d := -1; d <= 1; d++ {
			window = append(window, x.Data[min(max(i+d, 0), len(x.Data)-1)])
		}
		slices.Sort(window)
		median.Data[i] = window[1]
		curve.Data[i] = math.Pow(x.Data[i], 0.6)
	}
	for name, y := range map[string]*tensor.Dense[float64]{"median": median, "curve": curve} {
		for _, step := range []float64{0, 1.0 / 255} {
			if step > 0 {
				for i, v := range y.Data {
					y.Data[i] = math.Round(v/step) * step
				}
			}
			lines := detected(t, x, y, train.Spec{}).Confidence(step)
			if said(lines, "certain") || !said(lines, "it does not explain all of Y", "% of Y's standard deviation") {
				t.Errorf("%s, step %.3g: %q", name, step, lines)
			}
			if step > 0 && !said(lines, "times the rounding error") {
				t.Errorf("%s: %q", name, lines)
			}
		}
	}
}

// TestSureOfRounded: what only rounding leaves is explained.
func TestSureOfRounded(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}}}
	x := traintest.Texture(50, 54)
	y := traintest.Noisy(t, x, tensor.Matrix(3, 3, 0.1, 0.2, 0, 0, 0.3, 0.1, 0.1, 0, 0.2), s, 0, 1)
	for i, v := range y.Data {
		y.Data[i] = math.Round(v*255) / 255
	}
	if lines := detected(t, x, y, train.Spec{}).Confidence(1.0 / 255); !said(lines, "certain: ") || said(lines, "does not explain") || !said(lines, "rotated by 180 degrees") {
		t.Errorf("%q", lines)
	}
}

// TestDetectSimplest: of what explains y alike, the simplest is taken.
func TestDetectSimplest(t *testing.T) {
	x := traintest.Texture(40, 44)
	d := detected(t, x, x, train.Spec{})
	if b := d.Rows[0]; b.Options.Padding.Mode != corr.Valid || b.LinearRGB || b.Bias || b.Options.Convolve || b.Kernel != (corr.Size{H: 1, W: 1}) {
		t.Errorf("x made of x by %v", b)
	}
	if lines := d.Confidence(0); !said(lines, "the images do not distinguish it from padding same, border zeros, kernel 1x1 and", "the simplest is listed first") || !said(lines, "single tap") || said(lines, "does not explain") {
		t.Errorf("%q", lines)
	}

	// Replicate and symmetric are the same where one pixel is seen beyond the edge.
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Symmetric}}}
	y := traintest.Noisy(t, x, tensor.Matrix(3, 3, 1, 2, 1, 2, 4, 2, 1, 2, 1), s, 0, 1)
	d = detected(t, x, y, train.Spec{})
	if b := d.Rows[0]; b.Options.Border.Mode != corr.Replicate || b.Kernel != s.Kernel {
		t.Errorf("found %v", b)
	}
	if lines := d.Confidence(0); !said(lines, "do not distinguish it from padding same, border symmetric, kernel 3x3;", "Apart from these two, certain") || !said(lines, "symmetric within the noise") {
		t.Errorf("%q", lines)
	}
}

// TestDetectStride: strides are tried that the sizes speak for.
func TestDetectStride(t *testing.T) {
	x := traintest.Texture(60, 66)
	for _, s := range []train.Spec{
		{Kernel: corr.Size{H: 3, W: 3}, Options: corr.Options{Stride: corr.Size{H: 2, W: 2}, Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}}},
		{Kernel: corr.Size{H: 3, W: 2}, Options: corr.Options{Stride: corr.Size{H: 3, W: 1}}},
		{Kernel: corr.Size{H: 2, W: 2}, Options: corr.Options{Stride: corr.Size{H: 2, W: 2}}},
	} {
		d := detected(t, x, traintest.Noisy(t, x, traintest.Truth(s), s, 0, 1), train.Spec{})
		if b := d.Rows[0]; b.Options.Stride != s.Options.Stride || b.Options.Padding.Mode != s.Options.Padding.Mode || b.Kernel != s.Kernel || !strings.Contains(b.String(), "stride "+s.Options.Stride.String()) {
			t.Errorf("%v with %v found as %v", s.Options.Stride, s.Kernel, b)
		}
	}
}

// TestDetectAtEnd: a kernel or a shift that ends where the search does is told.
func TestDetectAtEnd(t *testing.T) {
	x := traintest.Texture(70, 72)
	same := train.Spec{Kernel: corr.Size{H: 21, W: 21}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}}}
	k := tensor.Matrix(21, 21, make([]float64, 21*21)...)
	for i := range k.Taps {
		k.Taps[i] = 1.0 / 441
	}
	if lines := detected(t, x, traintest.Noisy(t, x, k, same, 0, 1), train.Spec{}).Confidence(0); !said(lines, "reach the edge of the search area (15x15)", "--kernel-size 31x31") {
		t.Errorf("large kernel: %q", lines)
	}
	clear(k.Taps)
	k.Taps[3*21+10] = 1
	if lines := detected(t, x, traintest.Noisy(t, x, k, same, 0, 1), train.Spec{Kernel: corr.Size{H: 3, W: 3}}).Confidence(0); !said(lines, "shift found is the largest") {
		t.Errorf("large shift: %q", lines)
	}
}

// TestSureOfTooFew: a kernel with as many taps as there are outputs says nothing.
func TestSureOfTooFew(t *testing.T) {
	if lines := detected(t, traintest.Texture(12, 12), traintest.Texture(4, 4), train.Spec{Kernel: corr.Size{H: 9, W: 9}}).Confidence(0); len(lines) != 1 || !said(lines, "no conclusion") {
		t.Errorf("%q", lines)
	}
}

// TestSureOfConstant: a constant y says nothing.
func TestSureOfConstant(t *testing.T) {
	x, y := traintest.Texture(20, 20), traintest.Dense(18, 18, make([]float64, 18*18)...)
	for i := range y.Data {
		y.Data[i] = 0.1
	}
	if lines := detected(t, x, y, train.Spec{}).Confidence(0); len(lines) != 1 || !said(lines, "Y is constant") {
		t.Errorf("%q", lines)
	}
}

// TestSureOfSingle: what float32 arithmetic leaves is rounding, and no bias is made
// of it; the same size of residual in float64 values is none.
func TestSureOfSingle(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := traintest.Texture(50, 54)
	k := tensor.Matrix(3, 3, 0.1, 0.2, 0, 0, 0.3, 0.1, 0.1, 0, 0.2)
	y := traintest.Noisy(t, x, k, s, 0, 1)
	for i, v := range y.Data {
		y.Data[i] = float64(float32(v))
	}
	d := detected(t, x, y, train.Spec{})
	if lines := d.Confidence(0); d.Rows[0].Bias || said(lines, "does not explain") {
		t.Errorf("%v: %q", d.Rows[0], lines)
	}
	if step := d.Step(0); step < 1e-9 || step > 0x1p-22 || d.Step(0.5) != 0.5 {
		t.Errorf("step %.3g", step)
	}
	d = detected(t, x, traintest.Noisy(t, x, k, s, 1e-7, 1), train.Spec{})
	if lines := d.Confidence(0); d.Step(0) != 0 || said(lines, "certain") || !said(lines, "does not explain") {
		t.Errorf("float64: %q", lines)
	}
}

// TestSureOfUnrelated: a picture that has nothing to do with the other gets no odds.
func TestSureOfUnrelated(t *testing.T) {
	x, y := traintest.Texture(50, 54), traintest.Dense(50, 54, make([]float64, 50*54)...)
	for i := range y.Data {
		y.Data[i] = math.Mod(float64(i)*float64(i)*0.6180339887, 1)
	}
	if lines := detected(t, x, y, train.Spec{}).Confidence(0); len(lines) != 1 || !said(lines, "almost nothing", "rotated or mirrored") {
		t.Errorf("%q", lines)
	}
}

// TestSureOfConstantBorder: the constant beyond the edge is found.
func TestSureOfConstantBorder(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Constant, Value: 0.5}}}
	x := traintest.Texture(50, 54)
	y := traintest.Noisy(t, x, tensor.Matrix(3, 3, 0.1, 0.2, 0, 0, 0.3, 0.1, 0.1, 0, 0.2), s, 0, 1)
	d := detected(t, x, y, train.Spec{})
	if b, lines := d.Rows[0], d.Confidence(0); b.Options.Border != s.Options.Border || said(lines, "does not explain") {
		t.Errorf("%v: %q", b, lines)
	}
}

// TestSureOfTheOnlyWay: where the sizes admit one way alone, that is not more than
// was tried.
func TestSureOfTheOnlyWay(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := traintest.Texture(30, 34)
	for i := range x.Data {
		x.Data[i] *= 100 // no picture, of whose light something could be told
	}
	y := traintest.Noisy(t, x, tensor.Matrix(3, 3, 0.1, 0.2, 0, 0, 0.3, 0.1, 0.1, 0, 0.2), s, 0, 1)
	if lines := detected(t, x, y, s).Confidence(0); !strings.HasPrefix(lines[0], "no other candidate leads from X to Y") {
		t.Errorf("%q", lines)
	}
}
