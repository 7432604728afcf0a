package diagnose_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/traintest"
)

// falseAlarms is the share of fits of white noise in which some test may fail.
const falseAlarms = 0.01

var binomial = tensor.Matrix(3, 3, 1./16, 2./16, 1./16, 2./16, 4./16, 2./16, 1./16, 2./16, 1./16)

func same(border corr.BorderMode, k int) train.Spec {
	return train.Spec{Kernel: corr.Size{H: k, W: k}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: border}}}
}

// run fits and tests a pair.
func run(t *testing.T, x, y *tensor.Dense[float64], s train.Spec) []diagnose.Test {
	t.Helper()
	return runPair(t, train.Pair{X: x, Y: y}, s)
}

func runPair(t *testing.T, p train.Pair, s train.Spec) []diagnose.Test {
	t.Helper()
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(p)}, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests, err := diagnose.Run(t.Context(), set, set.Best(), diagnose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}

func TestWhiteNoisePasses(t *testing.T) {
	alarms, fits := 0, 0
	for _, c := range []struct{ h, w, k, seeds int }{{40, 40, 3, 150}, {24, 70, 5, 150}, {64, 64, 9, 60}, {128, 96, 3, 60}, {9, 9, 2, 100}} {
		s := same(corr.Reflect, c.k)
		x := traintest.Texture(c.h, c.w)
		k := traintest.Truth(s)
		for seed := range c.seeds {
			tests := run(t, x, traintest.Noisy(t, x, k, s, 0.05, uint64(seed)), s)
			fits++
			if failed := diagnose.Failed(tests); failed != nil {
				alarms++
				t.Logf("%dx%d, kernel %d, seed %d: %v", c.h, c.w, c.k, seed, failed)
			}
		}
	}
	if float64(alarms) > falseAlarms*float64(fits) {
		t.Errorf("%d of %d fits of white noise failed a test", alarms, fits)
	}
}

func TestDeviationsAreFound(t *testing.T) {
	s := same(corr.Reflect, 3)
	x := traintest.Texture(128, 160)
	clean := traintest.Apply(t, x, binomial, s.Options)
	noisy := func(f func(i int, v, noise float64) float64) *tensor.Dense[float64] {
		y := tensor.NewDense[float64](clean.Shape())
		r := rand.New(rand.NewPCG(3, 4))
		for i, v := range clean.Data {
			y.Data[i] = f(i, v, r.NormFloat64())
		}
		return y
	}
	last := 0.0
	otherBorder := same(corr.Circular, 3)
	tests := []struct {
		name string
		y    *tensor.Dense[float64]
		s    train.Spec
		only bool // no other test fails
	}{
		{diagnose.Correlation, noisy(func(_ int, v, noise float64) float64 { last = 0.7*last + noise; return v + 0.02*last }), s, true},
		{diagnose.JPEG, throughJPEG(t, clean, 80), s, false},
		{diagnose.Brightness, noisy(func(_ int, v, noise float64) float64 { return v + 0.05*v*noise }), s, true},
		{diagnose.Field, noisy(func(i int, v, noise float64) float64 { return v + 0.05*float64(1+i%160/40)*noise }), s, true},
		{diagnose.Border, noisy(func(_ int, v, noise float64) float64 { return v + 0.01*noise }), otherBorder, false},
		{diagnose.Plateau, noisy(func(_ int, v, noise float64) float64 { return math.Min(v+0.02*noise, 0.85) }), s, false},
	}
	for _, c := range tests {
		list := run(t, x, c.y, c.s)
		if !diagnose.Fails(list, c.name) {
			t.Errorf("%s is not found: %+v", c.name, list)
		}
		for _, f := range diagnose.Failed(list) {
			if f.Remedy == "" || f.Finding == "" {
				t.Errorf("%s: a failed test without words: %+v", c.name, f)
			}
			if c.only && f.Name != c.name {
				t.Errorf("%s: %+v failed, too", c.name, f)
			}
		}
	}
}

func TestExactFitsAreNotTested(t *testing.T) {
	s := same(corr.Reflect, 3)
	x := traintest.Texture(40, 50)
	y := traintest.Apply(t, x, binomial, s.Options)
	for i, v := range y.Data {
		y.Data[i] = float64(float32(v))
	}
	if tests := run(t, x, y, s); tests != nil {
		t.Errorf("rounding to float32 was tested: %+v", tests)
	}
}

// TestVariancesAreTakenOff: noise that grows with the brightness passes if its variances
// are given.
func TestVariancesAreTakenOff(t *testing.T) {
	s := same(corr.Reflect, 3)
	x := traintest.Texture(90, 100)
	y := traintest.Apply(t, x, binomial, s.Options)
	variances := tensor.NewDense[float64](y.Shape())
	r := rand.New(rand.NewPCG(5, 6))
	for i, v := range y.Data {
		variances.Data[i] = 0.01 * v * v * v
		y.Data[i] += math.Sqrt(variances.Data[i]) * r.NormFloat64()
	}
	if !diagnose.Fails(run(t, x, y, s), diagnose.Brightness) {
		t.Error("the noise does not seem to grow with the brightness")
	}
	if failed := diagnose.Failed(runPair(t, train.Pair{X: x, Y: y, Weights: train.InverseVariances(variances)}, s)); failed != nil {
		t.Errorf("with variances: %+v", failed)
	}
}

// TestThreads: the tests are the same with any number of threads, also of planes, pairs
// and excluded windows.
func TestThreads(t *testing.T) {
	s := same(corr.Reflect, 3)
	x := traintest.Grain(tensor.Shape{N: 1, C: 2, H: 150, W: 90}, 7)
	y := traintest.Grain(x.Shape(), 8)
	y.Data[777] = math.NaN()
	var first []diagnose.Test
	for threads := 1; threads < 5; threads++ {
		s.Threads = threads
		tests := run(t, x, y, s)
		if first == nil {
			first = tests
		}
		if !reflect.DeepEqual(tests, first) {
			t.Errorf("%d threads give %+v, one gives %+v", threads, tests, first)
		}
	}
}

// throughJPEG returns a plane as an 8-bit picture that was compressed as JPEG.
func throughJPEG(t *testing.T, d *tensor.Dense[float64], quality int) *tensor.Dense[float64] {
	t.Helper()
	h, w := d.Shape().H, d.Shape().W
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i, v := range d.Data {
		img.Pix[i] = uint8(math.Round(255 * min(max(v, 0), 1)))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	r := tensor.NewDense[float64](d.Shape())
	for i := range r.Data {
		r.Data[i] = float64(color.GrayModel.Convert(back.At(i%w, i/w)).(color.Gray).Y) / 255
	}
	return r
}
