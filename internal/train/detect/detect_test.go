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

func TestDetect(t *testing.T) {
	x := traintest.Texture(50, 54)
	same, full := corr.Padding{Mode: corr.Same}, corr.Padding{Mode: corr.Full}
	for name, c := range map[string]struct {
		spec  train.Spec
		given corr.Size
		shift int
		light bool
		noise float64
	}{
		"valid":            {spec: train.Spec{Kernel: corr.Size{H: 3, W: 2}}},
		"replicate":        {spec: train.Spec{Kernel: corr.Size{H: 5, W: 5}, Options: corr.Options{Padding: same, Border: corr.Border{Mode: corr.Replicate}}}},
		"reflect, given":   {spec: train.Spec{Kernel: corr.Size{H: 5, W: 3}, Options: corr.Options{Padding: same, Border: corr.Border{Mode: corr.Reflect}}}, given: corr.Size{H: 5, W: 3}},
		"circular, biased": {spec: train.Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true, Options: corr.Options{Padding: same, Border: corr.Border{Mode: corr.Circular}}}, noise: 0.002},
		"zeros, shifted":   {spec: train.Spec{Kernel: corr.Size{H: 3, W: 3}, Options: corr.Options{Padding: same}}, shift: 2},
		"full, symmetric":  {spec: train.Spec{Kernel: corr.Size{H: 3, W: 4}, Options: corr.Options{Padding: full, Border: corr.Border{Mode: corr.Symmetric}}}},
		"light":            {spec: train.Spec{Kernel: corr.Size{H: 5, W: 5}, Options: corr.Options{Padding: same, Border: corr.Border{Mode: corr.Symmetric}}}, light: true},
	} {
		t.Run(name, func(t *testing.T) {
			k := tensor.Matrix(c.spec.Kernel.H, c.spec.Kernel.W, make([]float64, c.spec.Kernel.H*c.spec.Kernel.W)...)
			for i := range k.Taps {
				k.Taps[i] = float64(1+i%4) / float64(3*len(k.Taps))
			}
			if c.spec.Bias {
				k.Bias = []float64{0.1}
			}
			made, big := c.spec, k
			if c.shift != 0 { // the same taps, in a larger kernel
				made.Kernel = corr.Size{H: 3 + 2*c.shift, W: 3 + 2*c.shift}
				big = tensor.Matrix(made.Kernel.H, made.Kernel.W, make([]float64, made.Kernel.H*made.Kernel.W)...)
				for i, v := range k.Taps {
					big.Taps[(2*c.shift+i/3)*made.Kernel.W+i%3] = v
				}
			}
			source := x
			if c.light {
				source, _ = tensor.Collect[float64](train.LinearRGB{Source: x})
			}
			y := traintest.Noisy(t, source, big, made, c.noise, 3)
			if c.light {
				for i, v := range y.Data {
					y.Data[i] = encode(v)
				}
			}
			s := train.Spec{Kernel: c.given}
			det, err := Detect(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s, true)
			if err != nil {
				t.Fatal(err)
			}
			b := det.Rows[0]
			if b.Kernel != c.spec.Kernel || b.Bias != c.spec.Bias || b.LinearRGB != c.light || b.Options.Padding.Mode != c.spec.Options.Padding.Mode || b.Options.Border.Mode != c.spec.Options.Border.Mode || b.ShiftY != c.shift || b.ShiftX != -c.shift {
				t.Errorf("found %v (RMS %.3g), then %v (RMS %.3g)", b, b.RMS, det.Rows[2], det.Rows[2].RMS)
			}
			want := "certain: more than a million to 1"
			if c.noise > 0 {
				want = "the best of these candidates"
			}
			if sure := det.Confidence(0); !strings.HasPrefix(sure[0], want) {
				t.Errorf("how sure: %q", sure)
			}
			for i, v := range k.Taps {
				traintest.Near(t, "tap", det.Best.Kernel.Taps[i], v, 0, 1e-9+5*c.noise)
			}
		})
	}
}

func TestDetectWithoutAnswer(t *testing.T) {
	_, err := Detect(t.Context(), []train.Input{train.One(train.Pair{X: traintest.Texture(20, 20), Y: traintest.Texture(19, 22)})}, train.Spec{}, true)
	if err == nil || !strings.Contains(err.Error(), "no padding fits") {
		t.Errorf("error %v", err)
	}
}

// TestDetectWithoutBias: a bias that is not wanted is taken from the first
// hypothesis, and the kernel and its statistics are those of the fit without.
func TestDetectWithoutBias(t *testing.T) {
	s := train.Spec{Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}}, Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	x := traintest.Texture(40, 40)
	y := traintest.Noisy(t, x, traintest.Truth(s), s, 1e-3, 5)
	d, err := Detect(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, train.Spec{}, true)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Rows[0].Bias {
		t.Fatalf("found %v, without the bias", d.Rows[0])
	}
	p := d.WithoutBias()
	if !p.Rows[0].sameWithoutBias(d.Rows[0]) || len(p.Best.Kernel.Bias) > 0 || p.Fit.Unknowns() != 9 || slices.ContainsFunc(p.Rows, func(h Hypothesis) bool { return h.Bias }) {
		t.Errorf("%v without its bias is %v with %d unknowns", d.Rows[0], p.Rows[0], p.Fit.Unknowns())
	}
	if q := p.WithoutBias(); q != p {
		t.Errorf("%v has no bias, and became %v", p.Rows[0], q.Rows[0])
	}
}

// encode is the curve of sRGB (IEC 61966-2-1).
func encode(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}
