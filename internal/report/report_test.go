package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

var sobel = tensor.Matrix(3, 3, -1, 0, 1, -2, 0, 2, -1, 0, 1)

// svgTexts returns all texts of an SVG, which must be well formed.
func svgTexts(t *testing.T, svg []byte) []string {
	t.Helper()
	var texts []string
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			texts = append(texts, string(text))
		}
	}
}

func drawn(t *testing.T, f *Figure, format Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A figure of a kernel has axes, numbers, errors, a title and a description, and text
// stays text.
func TestKernelsHaveTexts(t *testing.T) {
	e := []float64{.1, .1, .1, .1, .25, .1, .1, .1, math.NaN()}
	texts := svgTexts(t, drawn(t, Kernels([]Kernel{{"sobel-x", sobel, e}}), SVG))
	for _, want := range []string{
		"sobel-x", "kernel sobel-x", "row", "column", "-2", "2", "±0.25", "±?", "tap", "frequency response", "gain in dB",
		"along x, cycles per pixel", "along y, cycles per pixel", "-0.5", "0.5", "along x", "along y", "diagonal",
		"Taps and frequency response of sobel-x, a 3x3 kernel.",
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("no text %q in %q", want, texts)
		}
	}
	count := 0
	for _, text := range texts {
		if text == "±0.1" {
			count++
		}
	}
	if count != 7 {
		t.Errorf("%d errors of 0.1, want 7", count)
	}
}

var pathPattern = regexp.MustCompile(`<path d="M([^"]*)Z" style="fill:(#[0-9A-F]{6})"`)

// cellsOf returns the width and the height of each rectangle of a colour in an SVG.
func cellsOf(t *testing.T, svg []byte, colour string) (sizes [][2]float64) {
	t.Helper()
	for _, m := range pathPattern.FindAllStringSubmatch(string(svg), -1) {
		if m[2] != colour {
			continue
		}
		var x, y []float64
		for _, point := range strings.Split(m[1], "L") {
			a, b, _ := strings.Cut(point, ",")
			px, err1 := strconv.ParseFloat(a, 64)
			py, err2 := strconv.ParseFloat(b, 64)
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			x, y = append(x, px), append(y, py)
		}
		sizes = append(sizes, [2]float64{slices.Max(x) - slices.Min(x), slices.Max(y) - slices.Min(y)})
	}
	return sizes
}

// One tap is one square cell, in the colour of its value. The largest taps have the
// colours at both ends of the scale, zeros the one in the middle.
func TestCellsAreTaps(t *testing.T) {
	svg := drawn(t, Kernels([]Kernel{{"sobel-x", sobel, nil}}), SVG)
	for _, c := range []struct {
		tap   float64
		cells int
	}{{-2, 1}, {-1, 2}, {0, 3}, {1, 2}, {2, 1}} {
		ground := colourOf(signed(2), c.tap)
		name := strings.ToUpper("#" + hex(ground.R) + hex(ground.G) + hex(ground.B))
		var cells [][2]float64
		for _, size := range cellsOf(t, svg, name) {
			if size[0] > 20 { // the scale has thinner ones
				cells = append(cells, size)
			}
		}
		if len(cells) != c.cells {
			t.Errorf("%d cells of %v, want %d", len(cells), c.tap, c.cells)
		}
		for _, size := range cells {
			if math.Abs(size[0]-size[1]) > drawnDigits {
				t.Errorf("a cell of %v is %v", c.tap, size)
			}
		}
	}
}

// drawnDigits bounds differences of coordinates, which have five digits below 1000.
const drawnDigits = 0.02

func hex(v uint8) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{digits[v>>4], digits[v&15]})
}

// Large kernels are pictures of whole pixels, with a cell for each tap still.
func TestLargeKernelsArePictures(t *testing.T) {
	k := tensor.Matrix(80, 70, make([]float64, 80*70)...)
	k.Taps[0], k.Taps[5599] = 0.731, -1
	g := &grid{h: 80, w: 70, at: func(r, c int) float64 { return k.Taps[r*70+c] }, colours: signed(1)}
	img := g.picture()
	side := img.Bounds().Dx() / 70
	if img.Bounds().Dx() != 70*side || img.Bounds().Dy() != 80*side || side < 2 {
		t.Fatalf("the picture is %v", img.Bounds())
	}
	if got := img.At(side-1, side-1); got != colourOf(signed(1), 0.731) {
		t.Errorf("the first cell is %v", got)
	}
	if got := img.At(side, 0); got != colourOf(signed(1), 0) {
		t.Errorf("the second cell is %v", got)
	}
	svg := drawn(t, Kernels([]Kernel{{"large", k, nil}}), SVG)
	if !bytes.Contains(svg, []byte("<image")) || slices.Contains(svgTexts(t, svg), "0.731") {
		t.Error("no picture, or numbers in it")
	}
}

// Several kernels share one scale, and each has its own axes and response.
func TestSideBySide(t *testing.T) {
	texts := svgTexts(t, drawn(t, Kernels([]Kernel{{"a", sobel, nil}, {"b", tensor.Matrix(1, 2, 1, -1), nil}}), SVG))
	for want, n := range map[string]int{"a": 1, "b": 1, "row": 2, "frequency response": 2, "tap": 1, "gain in dB": 3} {
		count := 0
		for _, text := range texts {
			if text == want {
				count++
			}
		}
		if count != n {
			t.Errorf("%d texts %q, want %d", count, want, n)
		}
	}
}

// PNG has the size of the page at the resolution of the figure, PDF is one.
func TestFormats(t *testing.T) {
	f := Kernels([]Kernel{{"a", sobel, nil}})
	w, h, _ := f.layout()
	img, err := png.Decode(bytes.NewReader(drawn(t, f, PNG)))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds(); math.Abs(float64(size.Dx())-float64(w)*dpi/72) > 1 || math.Abs(float64(size.Dy())-float64(h)*dpi/72) > 1 {
		t.Errorf("%v for %v x %v points", size, w, h)
	}
	if pdf := drawn(t, f, PDF); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("PDF begins with %q", pdf[:10])
	}
	for i, name := range FormatNames {
		if got, err := ParseFormat(name); got != Format(i) || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// A figure that cannot be written says so.
func TestFailingWriter(t *testing.T) {
	for _, format := range []Format{SVG, PNG, PDF} {
		if err := Kernels([]Kernel{{"a", sobel, nil}}).Write(failing{}, format); !errors.Is(err, errFull) {
			t.Errorf("%v: %v", FormatNames[format], err)
		}
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }
