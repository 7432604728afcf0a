package imageio

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestDecodeNumbers(t *testing.T) {
	for text, want := range map[string]struct{ dims, values, bias []float64 }{
		`[1, -1]`:                               {[]float64{2}, []float64{1, -1}, nil},
		`[[1,2],[3,4]]`:                         {[]float64{2, 2}, []float64{1, 2, 3, 4}, nil},
		"\n[[[1,2]],\n[[3,4]]]\n":               {[]float64{2, 1, 2}, []float64{1, 2, 3, 4}, nil},
		`[[[[1]]],[[[2]]]]`:                     {[]float64{2, 1, 1, 1}, []float64{1, 2}, nil},
		`{"kernel": [[1e-3]], "bias": 0.5}`:     {[]float64{1, 1}, []float64{.001}, []float64{.5}},
		`{"bias": [1, 2], "kernel": [[[[3]]]]}`: {[]float64{1, 1, 1, 1}, []float64{3}, []float64{1, 2}},
		"1 2; 3 4":                              {},
		"1,2\n3,4\n":                            {[]float64{2, 2}, []float64{1, 2, 3, 4}, nil},
	} {
		dims, values, bias, err := DecodeNumbers([]byte(text), "k", Selection{})
		var asFloats []float64
		for _, d := range dims {
			asFloats = append(asFloats, float64(d))
		}
		if want.dims == nil {
			if err == nil {
				t.Errorf("%s: no error", text)
			}
			continue
		}
		if err != nil || !slices.Equal(asFloats, want.dims) || !slices.Equal(values, want.values) || !slices.Equal(bias, want.bias) {
			t.Errorf("%s: got %v %v %v, %v", text, dims, values, bias, err)
		}
	}
}

func TestJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		`[[1,2],[3]]`:                 "k.json:1:8: ragged",
		`[[1,2],3]`:                   "k.json:1:8: a number where",
		`[1,[2]]`:                     "k.json:1:4: an array where",
		"[[1,2],\n[3,x]]":             `k.json:2:4: "x" is not a number`,
		`[[[[[1]]]]]`:                 "deeper than 4",
		`[1,2`:                        "k.json:1:5: the text ends too early",
		`[1,2]]`:                      "something follows",
		`[]`:                          "expected a number",
		`{}`:                          `no "kernel"`,
		`{"kernel": 3}`:               "a kernel is an array",
		`{"kernel": [1], "x": 2}`:     `unknown key "x"`,
		`{"bias": 2}`:                 `no "kernel"`,
		`{"kernel":[1],"bias":[[1]]}`: "a bias is a number or",
		`{"kernel":[1],"kernel":[1]}`: "stands here twice",
		`{"kernel`:                    "ends too early",
		`{"kernel" [1]}`:              "expected a colon",
		`[1 2]`:                       "expected , or ]",
		`["a"]`:                       "is not a number",
		`[null]`:                      "is not a number",
		strings.Repeat("[", 99999):    "deeper than 4",
	} {
		_, _, _, err := DecodeNumbers([]byte(text), "k.json", Selection{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "k.json:") {
			t.Errorf("%.40s: got %v, want %s", text, err, want)
		}
	}
}

func TestEncodeNumbers(t *testing.T) {
	for _, c := range []struct {
		format string
		dims   []int
		bias   []float64
		want   string
	}{
		{"csv", []int{2, 3}, nil, "0,1,2\n3,4,5\n"},
		{"txt", []int{2, 1, 3}, nil, "0 1 2\n\n3 4 5\n"},
		{"json", []int{6}, nil, "[0,1,2,3,4,5]\n"},
		{"json", []int{2, 3}, nil, "[[0,1,2],\n[3,4,5]]\n"},
		{"json", []int{3, 1, 1, 2}, nil, "[[[[0,1]]],\n[[[2,3]]],\n[[[4,5]]]]\n"},
		{"json", []int{2, 3}, []float64{.5}, "{\"kernel\": [[0,1,2],\n[3,4,5]],\n\"bias\": 0.5}\n"},
		{"json", []int{2, 1, 1, 3}, []float64{1, -2}, "{\"kernel\": [[[[0,1,2]]],\n[[[3,4,5]]]],\n\"bias\": [1,-2]}\n"},
	} {
		var out bytes.Buffer
		values := []float64{0, 1, 2, 3, 4, 5}
		if err := EncodeNumbers(&out, c.format, c.dims, values, c.bias, -1); err != nil || out.String() != c.want {
			t.Errorf("%s %v: got %q, %v", c.format, c.dims, out.String(), err)
			continue
		}
		dims, back, bias, err := DecodeNumbers(out.Bytes(), "x."+c.format, Selection{})
		if err != nil || !slices.Equal(dims, c.dims) || !slices.Equal(back, values) || !slices.Equal(bias, c.bias) {
			t.Errorf("%s %v reads back as %v %v %v, %v", c.format, c.dims, dims, back, bias, err)
		}
	}
	var out bytes.Buffer
	if err := EncodeNumbers(&out, "csv", []int{1, 1}, []float64{1}, []float64{2}, -1); err == nil {
		t.Error("csv took a bias")
	}
	if err := EncodeNumbers(&out, "json", []int{1, 1}, []float64{math.NaN()}, nil, -1); err == nil {
		t.Error("json took a NaN")
	}
	if err := EncodeNumbers(&out, "png", []int{1, 1}, []float64{1}, nil, -1); err == nil {
		t.Error("png took a kernel")
	}
}
