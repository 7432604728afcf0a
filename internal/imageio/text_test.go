package imageio

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

func TestTextForms(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		text  string
		shape tensor.Shape
		want  []float64
	}{
		"commas":             {"1,2\n3,4\n", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"commas and blanks":  {" 1 , 2\n3,\t4 \n", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"semicolons":         {"1;2\n3;4", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"tabs":               {"1\t2\n3\t4\n", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"blanks":             {"  1   2 \n 3  4\n", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"blanks and tabs":    {"1 2\t3\n4 \t5 6\n", tensor.Shape{N: 1, C: 1, H: 2, W: 3}, []float64{1, 2, 3, 4, 5, 6}},
		"a mark, CRLF":       {"\xef\xbb\xbf1,2\r\n3,4\r\n", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"comments":           {"# a, b\n1,2 # c\n#\n3,4\n#", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"blank lines around": {"\n\n1,2\n3,4\n\n \n", tensor.Shape{N: 1, C: 1, H: 2, W: 2}, []float64{1, 2, 3, 4}},
		"planes":             {"1,2\n\n3,4\n\r\n\n5,6\n", tensor.Shape{N: 1, C: 3, H: 1, W: 2}, []float64{1, 2, 3, 4, 5, 6}},
		"one number":         {"7", tensor.Shape{N: 1, C: 1, H: 1, W: 1}, []float64{7}},
		"one column":         {"7\n-8\n", tensor.Shape{N: 1, C: 1, H: 2, W: 1}, []float64{7, -8}},
		"spellings":          {"nan,NaN,inf,-Inf,+infinity", tensor.Shape{N: 1, C: 1, H: 1, W: 5}, []float64{nan, nan, inf, -inf, inf}},
		"numbers":            {"+1.50 .5 5. 1e3 -2E-3 1e-320 123456789012345678901234567890 0.1234567890123456789", tensor.Shape{N: 1, C: 1, H: 1, W: 8}, []float64{1.5, .5, 5, 1000, -.002, 1e-320, 123456789012345678901234567890, 0.1234567890123456789}},
	} {
		t.Run(name, func(t *testing.T) {
			m := decode(t, []byte(c.text), "m.csv", raster.ReadOptions{})
			got := floats(t, m)
			same := func(a, b float64) bool { return a == b || a != a && b != b }
			if m.Shape() != c.shape || !slices.EqualFunc(got, c.want, same) {
				t.Errorf("got %v %v", m.Shape(), got)
			}
		})
	}
}

func TestTextErrors(t *testing.T) {
	for text, want := range map[string]string{
		"1,2\n3\n":               "m.csv:2:1: ragged: this row has 1 numbers, the first has 2",
		"1,2\n3,x\n":             `m.csv:2:3: "x" is not a number`,
		"1,2\n3,1.2.3\n":         `m.csv:2:3: "1.2.3" is not a number`,
		"1 2\n3 4,5\n":           `m.csv:2:3: "4,5" is not a number`,
		"1,2\n3,\n":              "m.csv:2:3: a number is missing here",
		"1,,2\n":                 "m.csv:1:3: a number is missing here",
		"1\t\t2\n":               "m.csv:1:3: a number is missing here",
		"ä,2\n":                  `m.csv:1:1: "ä" is not a number`,
		"1,2\n\n\n3,4\n5,6\n":    "m.csv:5:1: plane 2 has more than the 1 rows",
		"1,2\n3,4\n\n5,6\n":      "m.csv:4:1: plane 2 has 1 rows, the first has 2",
		"# nothing\n\n":          "m.csv: no numbers in it",
		"":                       "m.csv: the file is empty",
		"1,2\n1e999,3\n":         `m.csv:2:1: "1e999" is beyond the range`,
		"1,2\n3,0x\n":            `m.csv:2:3: "0x" is not a number`,
		"1,2\n3,4\x00\n":         "is not a number",
		strings.Repeat("9,", 50): "m.csv:1:101: a number is missing",
	} {
		_, err := Decode(strings.NewReader(text), "m.csv", raster.ReadOptions{})
		var bad *raster.DataError
		if err == nil || !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestTextChunks feeds text in pieces of every size around a line's.
func TestTextChunks(t *testing.T) {
	text := "\xef\xbb\xbf1,22,333\r\n4444,5,6\n"
	for n := 1; n <= len(text); n++ {
		m, err := Decode(&slow{[]byte(text), n}, "m.csv", raster.ReadOptions{})
		if err != nil {
			t.Fatal(n, err)
		}
		if got := floats(t, m); !slices.Equal(got, []float64{1, 22, 333, 4444, 5, 6}) {
			t.Errorf("in pieces of %d: %v", n, got)
		}
	}
}

type slow struct {
	b []byte
	n int
}

func (s *slow) Read(p []byte) (int, error) {
	if len(s.b) == 0 {
		return 0, errEOF
	}
	n := copy(p[:min(len(p), s.n)], s.b)
	s.b = s.b[n:]
	return n, nil
}

func TestTextRoundTrip(t *testing.T) {
	text := "1,-0.5\nNaN,Inf\n\n3,4\n5,6e-07\n"
	m := decode(t, []byte(text), "m.csv", raster.ReadOptions{})
	for format, want := range map[string]string{
		"csv": text,
		"tsv": strings.ReplaceAll(text, ",", "\t"),
		"txt": strings.ReplaceAll(text, ",", " "),
	} {
		got := string(through[float64](t, m, WriteOptions{Format: format, Digits: -1}))
		if got != want {
			t.Errorf("%s: %q", format, got)
		}
		again := decode(t, []byte(got), "x", raster.ReadOptions{})
		if !bytes.Equal(through[float64](t, again, WriteOptions{Digits: -1}), []byte(text)) {
			t.Errorf("%s does not read back", format)
		}
	}
}
