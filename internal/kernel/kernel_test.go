package kernel

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// noFile is an opener that finds nothing.
func noFile(name string) (io.ReadCloser, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func files(content map[string]string) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		if text, ok := content[name]; ok {
			return io.NopCloser(strings.NewReader(text)), nil
		}
		return noFile(name)
	}
}

func TestParseLiteral(t *testing.T) {
	sobel := tensor.Matrix(3, 3, 1, 0, -1, 2, 0, -2, 1, 0, -1)
	ninth := 1.0 / 9
	box := tensor.Matrix(3, 3, ninth, ninth, ninth, ninth, ninth, ninth, ninth, ninth, ninth)
	for spec, want := range map[string]tensor.Kernel{
		"1,-1":                                tensor.Matrix(1, 2, 1, -1),
		" 1, -1 ":                             tensor.Matrix(1, 2, 1, -1),
		"1 -1":                                tensor.Matrix(1, 2, 1, -1),
		"-1,1":                                tensor.Matrix(1, 2, -1, 1),
		"1;-1":                                tensor.Matrix(2, 1, 1, -1),
		"5":                                   tensor.Matrix(1, 1, 5),
		".5":                                  tensor.Matrix(1, 1, .5),
		"+1e-3\t2":                            tensor.Matrix(1, 2, 1e-3, 2),
		"1 0 -1; 2 0 -2; 1 0 -1":              sobel,
		"1,0,-1;2,0,-2;1,0,-1;":               sobel,
		"1 0 -1\n2 0 -2\r\n1 0 -1\n":          sobel,
		"[[1,0,-1],[2,0,-2],[1,0,-1]]":        sobel,
		"[1, -1]":                             tensor.Matrix(1, 2, 1, -1),
		`{"kernel": [[1, -1]], "bias": 2}`:    {Out: 1, In: 1, H: 1, W: 2, Taps: []float64{1, -1}, Bias: []float64{2}},
		"1 1 1; 1 1 1; 1 1 1 / 9":             box,
		"1,1,1;1,1,1;1,1,1 /9":                box,
		"1 1 1; 1 1 1; 1 1 1/ 9":              box,
		"2 2 2; 2 2 2; 2 2 2 / 18":            box,
		"1/9 1/9 1/9;1/9 1/9 1/9;1/9 1/9 1/9": box,
		"1 2 1/4":                             tensor.Matrix(1, 3, 1, 2, .25),
		"1 2 1 / 1/4":                         tensor.Matrix(1, 3, 4, 8, 4),
		"1/2":                                 tensor.Matrix(1, 1, .5),
	} {
		k, err := Parse(spec, noFile)
		if err != nil {
			t.Errorf("%q: %v", spec, err)
			continue
		}
		if !equal(k, want) {
			t.Errorf("%q = %v, want %v", spec, k, want)
		}
	}
}

func equal(a, b tensor.Kernel) bool {
	return a.Mixes == b.Mixes && a.Out == b.Out && a.In == b.In && a.H == b.H && a.W == b.W &&
		slices.Equal(a.Taps, b.Taps) && slices.Equal(a.Bias, b.Bias)
}

func TestParseLiteralErrors(t *testing.T) {
	for spec, want := range map[string]string{
		"":               "empty",
		"1,,2":           "column 3: a number is missing",
		"1,2,":           "column 5: a number is missing",
		",1":             "column 1: a number is missing",
		"1 2; 3":         "column 6: row 2 has 1 number, row 1 has 2",
		"1 2;; 3 4":      "column 5: a row is empty",
		"1,x":            `column 3: "x" is not a number`,
		"1 2, 3":         `column 1: "1 2" is not a number`,
		"1,é,y":          "column 3",
		"1,2;\n3,y":      "column 8",
		"1 nan":          "column 3: nan is not finite",
		"1,1e999":        "column 3: 1e999 is not finite",
		"1/0":            "column 1: 1/0 is not finite",
		"1 2 / 0":        "column 5: the taps cannot be divided by 0",
		"1 2 /":          "column 5: a number is missing after the slash",
		"1 / 2, 3":       "column 3: a slash with blanks",
		"1e300 / 1e-300": "not finite",
		";":              "column 1: a row is empty",
		"[[1,2],[3]]":    "kernel",
		"[[1,null]]":     "kernel",
		"{}":             "kernel",
		"[]":             "kernel",
		"1a,2":           `"1a" is not a number`,
		"2 cats.csv":     `column 3: "cats.csv" is not a number`,
	} {
		_, err := Parse(spec, noFile)
		var spec2 *SpecError
		if !errors.As(err, &spec2) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", spec, err, want)
		}
	}
}

func TestParseChooses(t *testing.T) {
	open := files(map[string]string{
		"sobel-x": "7", "./sobel-x": "7", "k.csv": "# epoch 2, loss 1\n1,2\n", "-": "3", "./1": "4",
		"3.csv": "5", "2024/k.csv": "6", "mine": "8", "a b.csv": "9",
	})
	for spec, want := range map[string]float64{
		"sobel-x": -1, "./sobel-x": 7, "k.csv": 1, "-": 3, "1": 1, "./1": 4, "3.csv": 5, "2024/k.csv": 6, "mine": 8, "a b.csv": 9,
		"identity:": 1,
	} {
		k, err := Parse(spec, open)
		if err != nil || k.Taps[0] != want {
			t.Errorf("%q: %v, %v; want the first tap %v", spec, k.Taps, err, want)
		}
	}
	if _, err := Parse("no.csv", open); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
	if _, err := Parse("-", files(map[string]string{"-": "1,x"})); err == nil || !strings.HasPrefix(err.Error(), "<stdin>:1:3") {
		t.Errorf("a word on standard input gives %v", err)
	}
	if _, err := Parse("k.csv", nil); err == nil {
		t.Error("a file was read without an opener")
	}
}

func TestUnknownName(t *testing.T) {
	for spec, want := range map[string]string{
		"sobelx":            "sobel-x",
		"sobel_x":           "sobel-x",
		"Sobel-X":           "sobel-x",
		"guassian:sigma=2":  "gaussian",
		"laplacain":         "laplacian",
		"gaussian:sgima=2":  "sigma",
		"gaussian:sigma":    "gaussian:sigma=1",
		"prewitt-x:sigma=2": "no parameters",
		"zzzzzz":            "convkit kernels",
	} {
		_, err := Parse(spec, noFile)
		var e *SpecError
		if !errors.As(err, &e) || !strings.Contains(e.Hint, want) {
			t.Errorf("%q: %v; the hint should name %q", spec, err, want)
		}
	}
}

// TestNamesFile holds NamesFile to what Parse does: it opens what NamesFile calls a
// file, and nothing else.
func TestNamesFile(t *testing.T) {
	for _, spec := range []string{
		"1,-1", "1 0 -1; 2 0 -2", "[[1]]", `{"kernel": [[1]]}`, "(1,2;3,4)", "3x3: 1,1,1 1,1,1 1,1,1", "sobel-x", "gaussian:sigma=2", "gaussian:sigma", " 1 ", "",
		"-", " - ", "k.csv", "./sobel-x", "/etc/passwd", "sobelx", "../1,2", "1.csv", "a b", "2nd.npy", "C:\\k.csv", "~/k.csv", "sobel-x/k.csv",
	} {
		opened := false
		_, _ = Parse(spec, func(name string) (io.ReadCloser, error) {
			opened = true
			return noFile(name)
		})
		if NamesFile(spec) != opened {
			t.Errorf("NamesFile(%q) is %v, but Parse opens a file: %v", spec, !opened, opened)
		}
	}
}
