package corr

import (
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// published are figures that textbooks and libraries print: all are whole
// numbers or exact binary fractions, so every way must give them exactly.
var published = []struct {
	name string
	x    *tensor.Dense[float64]
	k    tensor.Kernel
	o    Options
	want string
}{
	// Dive into Deep Learning, sections 6.2 to 6.4.
	{"d2l corr2d", arange(3, 3, 0), matrix("0 1; 2 3"), Options{}, "19 25; 37 43"},
	{"d2l padding", arange(3, 3, 0), matrix("0 1; 2 3"), pad("1"), "0 3 8 4; 9 19 25 10; 21 37 43 16; 6 7 8 0"},
	{"d2l stride", arange(3, 3, 0), matrix("0 1; 2 3"), Options{Padding: pad("1").Padding, Stride: Size{H: 3, W: 2}}, "0 8; 6 8"},
	{"d2l edge", textbookImage(), matrix("1 -1"), Options{}, "0 1 0 0 0 -1 0; 0 1 0 0 0 -1 0; 0 1 0 0 0 -1 0; 0 1 0 0 0 -1 0; 0 1 0 0 0 -1 0; 0 1 0 0 0 -1 0"},
	{"d2l edge transposed", transpose(textbookImage()), matrix("1 -1"), Options{}, strings.Repeat("0 0 0 0 0; ", 7) + "0 0 0 0 0"},
	// The operator tests of ONNX Conv.
	{"onnx same", arange(5, 5, 0), ones(3, 3), pad("1"), "12 21 27 33 24; 33 54 63 72 51; 63 99 108 117 81; 93 144 153 162 111; 72 111 117 123 84"},
	{"onnx valid", arange(5, 5, 0), ones(3, 3), Options{}, "54 63 72; 99 108 117; 144 153 162"},
	{"onnx stride pad", arange(7, 5, 0), ones(3, 3), Options{Padding: pad("1").Padding, Stride: Size{H: 2, W: 2}}, "12 27 24; 63 108 81; 123 198 141; 112 177 124"},
	{"onnx stride", arange(7, 5, 0), ones(3, 3), Options{Stride: Size{H: 2, W: 2}}, "54 72; 144 162; 234 252"},
	{"onnx one-sided", arange(7, 5, 0), ones(3, 3), Options{Padding: pad("1,1,0,0").Padding, Stride: Size{H: 2, W: 2}}, "21 33; 99 117; 189 207; 171 183"},
	// SciPy's ndimage and signal.
	{"ndimage reflect", arange(5, 5, 0), matrix("0 1 0; 1 1 1; 0 1 0"), with("same", "symmetric", false), "6 10 15 20 24; 26 30 35 40 44; 51 55 60 65 69; 76 80 85 90 94; 96 100 105 110 114"},
	{"ndimage constant 0", parseMatrix("1 2 0 0; 5 3 0 4; 0 0 0 7; 9 3 0 0"), matrix("1 1 1; 1 1 0; 1 0 0"), with("same", "constant:0", true), "11 10 7 4; 10 3 11 11; 15 12 14 7; 12 3 7 0"},
	{"ndimage constant 1", parseMatrix("1 2 0 0; 5 3 0 4; 0 0 0 7; 9 3 0 0"), matrix("1 1 1; 1 1 0; 1 0 0"), with("same", "constant:1", true), "13 11 8 7; 11 3 11 14; 16 12 14 10; 15 6 10 5"},
	{"convolve2d zeros", parseMatrix("1 2 3; 3 4 5"), matrix("2 3 4; 4 5 6"), with("full", "zeros", true), "2 7 16 17 12; 10 30 62 58 38; 12 31 58 49 30"},
	{"convolve2d circular", parseMatrix("1 2 3; 3 4 5"), matrix("2 3 4; 4 5 6"), with("full", "wrap", true), "80 80 74 80 80; 68 68 62 68 68; 80 80 74 80 80"},
	{"convolve2d symmetric", parseMatrix("1 2 3; 3 4 5"), matrix("2 3 4; 4 5 6"), with("full", "symmetric", true), "34 30 44 62 66; 52 48 62 80 84; 82 78 92 110 114"},
	{"long kernel symmetric", parseMatrix("2 -1 3 4"), ones(1, 21), with("same", "symmetric", false), "37 42 44 45"},
	{"long kernel circular", parseMatrix("2 -1 3 4"), ones(1, 21), with("same", "circular", false), "43 44 42 39"},
	// MATLAB's imfilter on magic(5).
	{"imfilter", parseMatrix("17 24 1 8 15; 23 5 7 14 16; 4 6 13 20 22; 10 12 19 21 3; 11 18 25 2 9"), matrix("-1 0 1"), with("same", "zeros", false), "24 -16 -16 14 -8; 5 -16 9 9 -14; 6 9 14 9 -20; 12 9 9 -16 -21; 18 14 -16 -16 -2"},
}

func parseMatrix(s string) *tensor.Dense[float64] {
	var data []float64
	rows := strings.Split(s, ";")
	for _, row := range rows {
		for _, f := range strings.Fields(row) {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				panic(err)
			}
			data = append(data, v)
		}
	}
	return tensor.FromData(tensor.Shape{N: 1, C: 1, H: len(rows), W: len(data) / len(rows)}, data)
}

func matrix(s string) tensor.Kernel {
	m := parseMatrix(s)
	return tensor.Matrix(m.Shape().H, m.Shape().W, m.Data...)
}

func ones(h, w int) tensor.Kernel {
	k := tensor.Matrix(h, w, make([]float64, h*w)...)
	for i := range k.Taps {
		k.Taps[i] = 1
	}
	return k
}

func arange(h, w int, start float64) *tensor.Dense[float64] {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
	for i := range x.Data {
		x.Data[i] = start + float64(i)
	}
	return x
}

// textbookImage is 6x8 ones with the columns 2 to 5 zero.
func textbookImage() *tensor.Dense[float64] {
	x := arange(6, 8, 0)
	for i := range x.Data {
		x.Data[i] = 1
		if c := i % 8; 2 <= c && c < 6 {
			x.Data[i] = 0
		}
	}
	return x
}

func transpose(x *tensor.Dense[float64]) *tensor.Dense[float64] {
	s := x.Shape()
	y := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: s.W, W: s.H})
	for i := range s.H {
		for j := range s.W {
			y.Data[j*s.H+i] = x.Data[i*s.W+j]
		}
	}
	return y
}

func pad(s string) Options { return with(s, "zeros", false) }

func with(padding, border string, convolve bool) Options {
	p, err := geometry.ParsePadding(padding)
	if err != nil {
		panic(err)
	}
	b, err := geometry.ParseBorder(border)
	if err != nil {
		panic(err)
	}
	return Options{Padding: p, Border: b, Convolve: convolve}
}
