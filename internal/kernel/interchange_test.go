package kernel

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/convkit/convkit/internal/tensor"
)

func encoded(t *testing.T, k tensor.Kernel, format string) string {
	t.Helper()
	var b strings.Builder
	if err := Encode(&b, k, format, -1); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String()
}

// FFmpeg takes a lone 1 for nothing to do, whatever it is multiplied by.
func TestFFmpegFactor(t *testing.T) {
	var b strings.Builder
	if err := Encode(&b, tensor.Matrix(1, 1, 0.5), "ffmpeg", -1); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.HasPrefix(got, "convolution=0m='0 0 0 0 2 0 0 0 0':") || !strings.Contains(got, ":0rdiv=0.25:") {
		t.Error(got)
	}
	if k, err := Decode(strings.NewReader(b.String()), "x"); err != nil || k.Taps[4] != 0.5 {
		t.Errorf("%v %v", k, err)
	}
}

// TestDialects has texts that ImageMagick 6.9, G'MIC, libvips 8.14, OpenCV 4.6,
// NumPy, PyTorch and gcc were given, and that correlated as convkit does.
func TestDialects(t *testing.T) {
	sharp := tensor.Matrix(3, 3, 0, -.25, 0, -.25, 2, -.25, 0, -.25, 0)
	for format, want := range map[string]string{
		"imagemagick": "3x3+1+1: 0,-0.25,0 -0.25,2,-0.25 0,-0.25,0\n",
		"gmic":        "(0,-0.25,0;-0.25,2,-0.25;0,-0.25,0)\n",
		"vips":        "3 3 4 0\n0 -1 0\n-1 8 -1\n0 -1 0\n",
		"ffmpeg": "convolution=0m='0 -1 0 -1 8 -1 0 -1 0':1m='0 -1 0 -1 8 -1 0 -1 0':2m='0 -1 0 -1 8 -1 0 -1 0'" +
			":0rdiv=0.25:1rdiv=0.25:2rdiv=0.25\n",
		"opencv": "# cv2.filter2D(image, cv2.CV_64F, kernel, anchor=(1, 1))\n" +
			"np.array([[0.0, -0.25, 0.0],\n          [-0.25, 2.0, -0.25],\n          [0.0, -0.25, 0.0]], dtype=np.float64)\n",
		"numpy": "np.array([[0.0, -0.25, 0.0],\n          [-0.25, 2.0, -0.25],\n          [0.0, -0.25, 0.0]])\n",
		"torch": "torch.tensor([[[[0.0, -0.25, 0.0],\n                [-0.25, 2.0, -0.25],\n                [0.0, -0.25, 0.0]]]], dtype=torch.float64)\n",
		"svg": "<filter id=\"kernel\" color-interpolation-filters=\"sRGB\"><feConvolveMatrix order=\"3 3\" targetX=\"1\" targetY=\"1\" divisor=\"1\" edgeMode=\"duplicate\" preserveAlpha=\"true\" " +
			"kernelMatrix=\"0 -0.25 0 -0.25 2 -0.25 0 -0.25 0\"/></filter>\n",
		"gdal": "<KernelFilteredSource><SourceFilename relativeToVRT=\"1\">IN</SourceFilename><SourceBand>1</SourceBand>" +
			"<Kernel normalized=\"0\"><Size>3</Size><Coefs>0 -0.25 0 -0.25 2 -0.25 0 -0.25 0</Coefs></Kernel></KernelFilteredSource>\n",
		"sextractor":     "CONV NONORM\n# correlation\n0 -0.25 0\n-0.25 2 -0.25\n0 -0.25 0\n",
		"imagej":         "0 -0.25 0\n-0.25 2 -0.25\n0 -0.25 0\n",
		"pillow":         "ImageFilter.Kernel((3, 3), (0.0, -0.25, 0.0,\n    -0.25, 2.0, -0.25,\n    0.0, -0.25, 0.0), scale=1)\n",
		"vapoursynth":    "core.std.Convolution(clip, matrix=[0, -0.25, 0,\n    -0.25, 2, -0.25,\n    0, -0.25, 0], divisor=1)\n",
		"opencv-yaml":    "%YAML:1.0\n---\nkernel: !!opencv-matrix\n   rows: 3\n   cols: 3\n   dt: d\n   data: [ 0.0, -0.25, 0.0,\n       -0.25, 2.0, -0.25,\n       0.0, -0.25, 0.0 ]\n",
		"graphicsmagick": "0,-0.25,0,-0.25,2,-0.25,0,-0.25,0\n",
		"pnmconvol":      "0 -0.25 0\n-0.25 2 -0.25\n0 -0.25 0\n",
		"javascript":     "[[0, -0.25, 0],\n [-0.25, 2, -0.25],\n [0, -0.25, 0]]\n",
		"c":              "static const double kernel[3][3] = {{0.0, -0.25, 0.0},\n    {-0.25, 2.0, -0.25},\n    {0.0, -0.25, 0.0}};\n",
		"glsl": "// 3 rows of 3 taps, from the upper left; correlation\n" +
			"const float kernel[9] = float[9](\n    0.0, -0.25, 0.0,\n    -0.25, 2.0, -0.25,\n    0.0, -0.25, 0.0);\n",
	} {
		if got := encoded(t, sharp, format); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
		}
		if usage, _ := Usage(format); usage == "" || !slices.Contains(Formats(), format) {
			t.Errorf("%s is not described", format)
		}
	}
	wide := tensor.Matrix(1, 2, 1, -1)
	if got := encoded(t, wide, "imagemagick"); got != "2x1+0+0: 1,-1\n" {
		t.Errorf("diff-x: %q", got)
	}
	if got := encoded(t, wide, "ffmpeg"); !strings.Contains(got, "0m='0 1 -1'") || !strings.Contains(got, "0mode=row") {
		t.Errorf("diff-x: %q", got)
	}
	mixing := tensor.Kernel{Mixes: true, Out: 2, In: 1, H: 1, W: 1, Taps: []float64{1, 2}, Bias: []float64{3, 4}}
	if got := encoded(t, mixing, "torch"); got != "(torch.tensor([[[[1.0]]],\n                [[[2.0]]]], dtype=torch.float64), torch.tensor([3.0, 4.0], dtype=torch.float64))\n" {
		t.Errorf("two channels: %q", got)
	}
	mixing.Bias = nil
	if got := encoded(t, mixing, "c"); got != "static const double kernel[2][1][1][1] = {{{{1.0}}},\n    {{{2.0}}}};\n" {
		t.Errorf("two channels: %q", got)
	}
}

// A .conv file of Source Extractor is read as that program reads it.
func TestSExtractor(t *testing.T) {
	for text, want := range map[string][]float64{
		"CONV NONORM\n# a comment\n1 2\n-1 4\n": {1, 2, -1, 4},
		"CONV NORM\n1 2\n\n# another\n-1 4":     {.125, .25, -.125, .5},
	} {
		k, err := Parse(text, nil)
		if err != nil || !slices.Equal(k.Taps, want) || k.H != 2 {
			t.Errorf("%q: %v, %v", text, k.Taps, err)
		}
	}
	for _, text := range []string{"CONV \n1", "CONV MAYBE\n1", "CONV NORM\n", "CONV NORM\n0 0", "CONV NONORM\n1 x"} {
		if _, err := Parse(text, nil); err == nil {
			t.Errorf("%q is a kernel", text)
		}
	}
}

// Even sizes get the zeros that bring the origin of same padding to the middle, and what
// a program reads turned or from below stands so.
func TestDialectsPlaceTheOrigin(t *testing.T) {
	k := tensor.Matrix(2, 4, 1, 2, 3, 4, 5, 6, 7, 8)
	for format, want := range map[string]string{
		"pnmconvol": "0 0 0 0 0\n0 0 0 0 0\n0 1 2 3 4\n0 5 6 7 8\n0 0 0 0 0\n",
		"svg":       "<filter id=\"kernel\" color-interpolation-filters=\"sRGB\"><feConvolveMatrix order=\"4 2\" targetX=\"2\" targetY=\"1\" divisor=\"1\" edgeMode=\"duplicate\" preserveAlpha=\"true\" kernelMatrix=\"8 7 6 5 4 3 2 1\"/></filter>\n",
		"pillow":    "ImageFilter.Kernel((5, 5), (0.0, 0.0, 0.0, 0.0, 0.0,\n    0.0, 5.0, 6.0, 7.0, 8.0,\n    0.0, 1.0, 2.0, 3.0, 4.0,\n    0.0, 0.0, 0.0, 0.0, 0.0,\n    0.0, 0.0, 0.0, 0.0, 0.0), scale=1)\n",
		"gegl":      "convolution-matrix a1=0 b1=0 c1=0 d1=0 e1=0 a2=0 b2=0 c2=0 d2=0 e2=0 a3=0 b3=1 c3=2 d3=3 e3=4 a4=0 b4=5 c4=6 d4=7 e4=8 a5=0 b5=0 c5=0 d5=0 e5=0 divisor=1 offset=0 normalize=false alpha-weight=false border=clamp\n",
	} {
		if got := encoded(t, k, format); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
		}
	}
	row := tensor.Matrix(1, 8, 1, 2, 3, 4, 5, 6, 7, 8)
	if got, want := encoded(t, row, "vapoursynth"), "core.std.Convolution(clip, matrix=[0, 1, 2, 3, 4, 5, 6, 7, 8], divisor=1, mode=\"h\")\n"; got != want {
		t.Errorf("a row for vapoursynth: %s", got)
	}
	large := tensor.Matrix(7, 7, make([]float64, 49)...)
	for _, format := range []string{"gegl", "pillow", "vapoursynth"} {
		if err := Encode(&strings.Builder{}, large, format, -1); err == nil {
			t.Errorf("%s took 7x7", format)
		}
	}
	if err := Encode(&strings.Builder{}, k, "graphicsmagick", -1); err == nil || !strings.Contains(err.Error(), "divides by the sum") {
		t.Errorf("graphicsmagick took a sum of 36: %v", err)
	}
}

func TestDialectsRefuse(t *testing.T) {
	mixing := tensor.Kernel{Mixes: true, Out: 2, In: 1, H: 1, W: 1, Taps: []float64{1, 2}}
	biased := tensor.Matrix(1, 1, 1)
	biased.Bias = []float64{-2}
	for _, format := range []string{"imagemagick", "gmic", "ffmpeg", "opencv", "glsl", "vips"} {
		if err := Encode(&strings.Builder{}, mixing, format, -1); err == nil {
			t.Errorf("%s took channels", format)
		}
	}
	for _, format := range []string{"imagemagick", "gmic", "ffmpeg", "opencv", "glsl", "numpy", "c"} {
		if err := Encode(&strings.Builder{}, biased, format, -1); err == nil {
			t.Errorf("%s took a bias of -2", format)
		}
	}
	if err := Encode(&strings.Builder{}, tensor.Matrix(9, 9, make([]float64, 81)...), "ffmpeg", -1); err == nil {
		t.Error("ffmpeg took 9x9")
	}
	for _, tap := range []float64{9.1e-305, 1e-40, 1e50} {
		if err := Encode(&strings.Builder{}, tensor.Matrix(1, 1, tap), "ffmpeg", -1); err == nil {
			t.Errorf("ffmpeg took a tap of %g", tap)
		}
	}
	if err := Encode(&strings.Builder{}, biased, "fortran", -1); err == nil {
		t.Error("fortran is a format")
	}
}

// TestDialectsReadBack: text for ImageMagick, G'MIC and libvips reads back to the
// same taps, bit for bit, and FFmpeg's to a unit of its whole numbers.
func TestDialectsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(1, 7).Draw(t, "h"), rapid.IntRange(1, 7).Draw(t, "w")
		tap := rapid.Float64Range(-1e6, 1e6)
		if rapid.Bool().Draw(t, "whole") {
			divisor := rapid.IntRange(1, 1024).Draw(t, "divisor")
			tap = rapid.Map(rapid.IntRange(-99, 99), func(n int) float64 { return float64(n) / float64(divisor) })
		}
		k := tensor.Matrix(h, w, rapid.SliceOfN(tap, h*w, h*w).Draw(t, "taps")...)
		for _, format := range []string{"imagemagick", "gmic", "vips"} {
			var b strings.Builder
			if err := Encode(&b, k, format, -1); err != nil {
				t.Fatal(err)
			}
			back, err := Decode(strings.NewReader(b.String()), "k")
			if err != nil || !equal(back, k) {
				t.Fatalf("%s %q: %v %v, %v", format, b.String(), back, back.Taps, err)
			}
			if format == "vips" {
				continue
			}
			if back, err = Parse(b.String(), nil); err != nil || !equal(back, k) {
				t.Fatalf("%s %q: %v %v, %v", format, b.String(), back, back.Taps, err)
			}
		}
		size := 0.0
		for _, v := range k.Taps {
			size += math.Abs(v)
		}
		var b strings.Builder
		if err := Encode(&b, k, "ffmpeg", -1); err != nil {
			if size == 0 || size > 1e-33 {
				t.Fatal(err)
			}
			return // too small for its float32
		}
		back, err := Parse(b.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		// Half a unit, the unit being size/(ffmpegSum - taps), and its own rounding.
		unit := size / (ffmpegSum - 49)
		for u := range k.H {
			for v := range k.W {
				got := back.At(0, 0, u+(back.H-1)/2-(k.H-1)/2, v+(back.W-1)/2-(k.W-1)/2)
				if math.Abs(got-k.At(0, 0, u, v)) > 0.51*unit {
					t.Fatalf("tap %d, %d of %q is %v, want %v", u, v, b.String(), got, k.At(0, 0, u, v))
				}
			}
		}
	})
}

func TestForeign(t *testing.T) {
	biased := tensor.Matrix(1, 1, 2)
	biased.Bias = []float64{8}
	offset := tensor.Matrix(2, 3, .5, 1, 1.5, 2, 2.5, 3)
	offset.Bias = []float64{128}
	nine := tensor.Matrix(3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	mean := tensor.Matrix(3, 3, 1./9, 1./9, 1./9, 1./9, 1./9, 1./9, 1./9, 1./9, 1./9)
	for text, want := range map[string]tensor.Kernel{
		"(1,2;3,4)":        tensor.Matrix(2, 2, 1, 2, 3, 4),
		"(1;2)":            tensor.Matrix(2, 1, 1, 2),
		"( 5 )":            tensor.Matrix(1, 1, 5),
		"3x1: 1,2,3":       tensor.Matrix(1, 3, 1, 2, 3),
		"3x1+1+0:1 2 3":    tensor.Matrix(1, 3, 1, 2, 3),
		"2: 1,-\n nan,4":   tensor.Matrix(2, 2, 1, 0, 0, 4),
		"2x2+0+0: 1,2 3,4": tensor.Matrix(2, 2, 1, 2, 3, 4),
		"3x1+0+0: 1,2,3":   tensor.Matrix(1, 4, 0, 1, 2, 3),
		"3x1+2+0: 1,2,3":   tensor.Matrix(1, 5, 1, 2, 3, 0, 0),
		"2x2+1+1: 1,2 3,4": tensor.Matrix(3, 3, 1, 2, 0, 3, 4, 0, 0, 0, 0),
		"1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1 1:1:1:1": nine,
		"convolution=0m='1 1 1 1 1 1 1 1 1'":                                            mean,
		`convolution="1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1 1"`:                             mean,
		"0m=-1 0 1:0mode=row":                           tensor.Matrix(1, 3, -1, 0, 1),
		"convolution=0m='0 0 0 0 2 0 0 0 0':0rdiv=1":    tensor.Matrix(3, 3, 0, 0, 0, 0, 2, 0, 0, 0, 0),
		"convolution=0m=2:0rdiv=1:0bias=8:0mode=column": biased,
	} {
		k, err := Parse(text, noFile)
		if err != nil || !equal(k, want) {
			t.Errorf("%q: %v %v, %v; want %v %v", text, k, k.Taps, err, want, want.Taps)
		}
		if k, err = Decode(strings.NewReader(text+"\n"), "file"); err != nil || !equal(k, want) {
			t.Errorf("%q in a file: %v %v, %v; want %v %v", text, k, k.Taps, err, want, want.Taps)
		}
	}
	for text, want := range map[string]tensor.Kernel{
		"3 2 2 128\n1 2 3\n4 5 6\n":      offset,
		"3 3\n1 1 1\n1 1 1\n1 1 1\n":     nine, // two words cannot be a row of three
		"3 3 9\n1 1 1\n1 1 1\n1 1 1\n":   tensor.Matrix(4, 3, 3, 3, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1),
		"3 3 9 0\n1 1 1\n1 1 1\n1 1 1\n": mean,
		"# of vips\n1 1 2 0\n1\n":        tensor.Matrix(1, 1, .5),
	} {
		k, err := Decode(strings.NewReader(text), "file")
		if err != nil || !equal(k, want) {
			t.Errorf("%q: %v %v, %v; want %v %v", text, k, k.Taps, err, want, want.Taps)
		}
	}
	if k, err := Decode(strings.NewReader("3 3 9\n1 1 1\n1 1 1\n1 1 1\n"), "box.mat"); err != nil || !equal(k, mean) {
		t.Errorf("box.mat: %v, %v", k.Taps, err)
	}
}

func TestForeignErrors(t *testing.T) {
	for text, want := range map[string]string{
		"(1,2;3)":                             "column 6",
		"(1,2":                                "not closed",
		"()":                                  "no numbers",
		"(1/2)":                               "slices",
		"(1,x)":                               `column 4: "x" is not a number`,
		"3x3: 1,2,3":                          "needs 9",
		"0x3: 1":                              "needs one",
		"99999x99999: 1":                      "no more than",
		"2x1: 1,b":                            `"b" is not a number`,
		"2x1+5+0: 1,2":                        "outside",
		"1x1: 1; 1x1: 2":                      "list",
		"3x1>: 1,2,3":                         "list",
		"1x1: inf":                            "finite",
		"1 2 3:1 2 3":                         "9, 25 or 49",
		"convolution=0m='a'":                  "not a number",
		"convolution=0m='1 2':0mode=row":      "odd",
		"convolution=0m='1':0mode=disc":       "mode",
		"convolution=9m='1'":                  "no option",
		"1 1 1 1 1 1 1 1 1:2 2 2 2 2 2 2 2 2": "plane 1",
		"convolution=0m='1 1 1 1 1 1 1 1 1':0rdiv=x": "0rdiv",
	} {
		_, err := Parse(text, noFile)
		var e *SpecError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"3 2 0 0\n1 2 3\n4 5 6\n": "scale",
		"3 2 1 0\n1 2 3\n4 5\n":   "row 2 has 2 numbers",
		"3 2 1 0\n1 2 3\n4 5 x\n": "row 2, column 3",
	} {
		if _, err := Decode(strings.NewReader(text), "f"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A kernel that sums to 1 keeps even areas as they are, also where FFmpeg's
// whole taps are rounded.
func TestFFmpegKeepsSum(t *testing.T) {
	k := tensor.Matrix(1, 3, 0.3, 0.3, 0.4)
	k.Taps[0] += 1e-7
	k.Taps[1] -= 1e-7
	back, err := Parse(encoded(t, k, "ffmpeg"), nil)
	if err != nil || math.Abs(sumOf(back.Taps)-1) > 1e-15 {
		t.Errorf("%v sum to %v, %v", back.Taps, sumOf(back.Taps), err)
	}
}
