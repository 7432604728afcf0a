package corr

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// conventionCase is one of testdata/conventions.json, which other tools computed.
type conventionCase struct {
	Tool     string
	Convolve *bool
	Padding  *string
	Stride   int
	Image    [][]float64
	Kernel   [][]float64
	Result   [][]float64
}

func TestConventions(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "conventions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []conventionCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, c := range cases {
		seen[c.Tool]++
		checkConvention(t, c)
	}
	for _, name := range geometry.ConventionNames() {
		if seen[name] < 10 {
			t.Errorf("%s has %d cases", name, seen[name])
		}
	}
}

func checkConvention(t *testing.T, c conventionCase) {
	t.Helper()
	tool, err := geometry.ParseConvention(c.Tool)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Stride: Size{H: c.Stride, W: c.Stride}}
	if c.Convolve != nil {
		o.Convolve = *c.Convolve
	}
	if c.Padding != nil {
		if o.Padding, err = geometry.ParsePadding(*c.Padding); err != nil {
			t.Fatal(err)
		}
	}
	tool.Apply(&o, c.Convolve != nil, c.Padding != nil, false)
	x, k := corrtest.FromRows(c.Image), corrtest.FromRows(c.Kernel)
	kernel := tensor.Matrix(k.Shape().H, k.Shape().W, k.Data...)
	want := corrtest.FromRows(c.Result)
	got, err := Reference(x, kernel, o)
	if err != nil {
		t.Fatalf("%s: %v", c.Tool, err)
	}
	corrtest.Equal(t, got, want)
	if got, err = run[float64](t, x, kernel, o, Config{}); err != nil {
		t.Fatalf("%s: %v", c.Tool, err)
	}
	corrtest.Equal(t, got, want)
	if t.Failed() {
		t.Fatalf("%s is not %+v", tool.Function(o.Convolve), c)
	}
}

// Published results: imfilter of MATLAB's documentation, Conv with SAME_LOWER of
// ONNX's.
func TestConventionsPublished(t *testing.T) {
	magic := [][]float64{{17, 24, 1, 8, 15}, {23, 5, 7, 14, 16}, {4, 6, 13, 20, 22}, {10, 12, 19, 21, 3}, {11, 18, 25, 2, 9}}
	checkConvention(t, conventionCase{Tool: "matlab", Stride: 1, Image: magic, Kernel: [][]float64{{-1, 0, 1}},
		Result: [][]float64{{24, -16, -16, 14, -8}, {5, -16, 9, 9, -14}, {6, 9, 14, 9, -20}, {12, 9, 9, -16, -21}, {18, 14, -16, -16, -2}}})
	var counting [][]float64
	for y := range 5 {
		counting = append(counting, nil)
		for x := range 5 {
			counting[y] = append(counting[y], float64(5*y+x))
		}
	}
	checkConvention(t, conventionCase{Tool: "onnx-lower", Stride: 2, Image: counting, Kernel: [][]float64{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
		Result: [][]float64{{12, 27, 24}, {63, 108, 81}, {72, 117, 84}}})
}

func TestParseConvention(t *testing.T) {
	if c, err := geometry.ParseConvention(" OpenCV"); err != nil || c.Name != "opencv" {
		t.Errorf("OpenCV: %v, %v", c, err)
	}
	if _, err := geometry.ParseConvention("gimp"); err == nil {
		t.Error("gimp is known")
	}
}
