package imageio

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// readersFile returns a file that another program wrote (testdata/readers.py).
func readersFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "readers", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// stored returns all stored numbers, those of alpha last.
func stored(t *testing.T, m *raster.Image) []float64 {
	t.Helper()
	p := m.Samples()
	if p.Kind == raster.Numbers {
		return floats(t, m)
	}
	planes := p.Colours
	if p.Alpha {
		planes++
	}
	var list []float64
	for c := range planes {
		for y := range p.H {
			for x := range p.W {
				list = append(list, p.Sample(p.Offset+c*p.StrideC+y*p.StrideY+x*p.StrideX, c))
			}
		}
	}
	return list
}

// TestReaders compares files of other programs with what those say is in them.
func TestReaders(t *testing.T) {
	answers, err := filepath.Glob("testdata/readers/*.csv")
	if err != nil || len(answers) < 20 {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	for _, path := range answers {
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		want := decode(t, readersFile(t, name+".csv"), "x.csv", raster.ReadOptions{})
		data := readersFile(t, name)
		for _, as := range []string{name, "x", source.StdinName} {
			got := decode(t, data, as, raster.ReadOptions{})
			if s := got.Shape(); s.H != want.Shape().H || s.W != want.Shape().W {
				t.Errorf("%s: %v, want %v", name, s, want.Shape())
			}
			if values := stored(t, got); !slices.EqualFunc(values, floats(t, want), sameFloat) {
				t.Errorf("%s: got %v\nwant %v", name, values, floats(t, want))
			}
		}
	}
}

// TestReadersLarge: what comes row by row goes through a temporary file.
func TestReadersLarge(t *testing.T) {
	old := source.TempFileSize
	source.TempFileSize = 64
	defer func() { source.TempFileSize = old }()
	for _, name := range []string{"rgb.qoi", "light.hdr", "dense.mtx", "array.octave", "height.asc", "sparse.mtx"} {
		want := decode(t, readersFile(t, name+".csv"), "x.csv", raster.ReadOptions{})
		m, err := Decode(bytes.NewReader(readersFile(t, name)), name, raster.ReadOptions{Values: raster.RawValues})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := floats(t, m); !slices.EqualFunc(got, floats(t, want), sameFloat) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestPAMDepth: the maximum means 1.
func TestPAMDepth(t *testing.T) {
	m := decode(t, readersFile(t, "deep.pam"), "x", raster.ReadOptions{})
	if m.Full() != 1000 || m.Depth() != 16 || m.Shape().C != 3 {
		t.Errorf("full %v, depth %d, %v", m.Full(), m.Depth(), m.Shape())
	}
	if got := slices.Max(floats(t, m)); got > 1 || got < 0.9 {
		t.Errorf("the largest value is %v", got)
	}
}

// TestReadersRefuse: what cannot be read is named.
func TestReadersRefuse(t *testing.T) {
	for name, want := range map[string]string{
		"string.octave":  "t is an Octave string",
		"complex.octave": "x is an Octave complex matrix",
		"two.octave":     "another variable follows a",
	} {
		_, err := Decode(bytes.NewReader(readersFile(t, name)), name, raster.ReadOptions{})
		var bad *raster.DataError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) || !strings.Contains(bad.Hint, "save") {
			t.Errorf("%s: %v", name, err)
		}
	}
	mtx := "%%MatrixMarket matrix "
	for content, want := range map[string]string{
		mtx + "coordinate complex general\n1 1 1\n1 1 1 1\n":                          "a complex matrix is not read",
		mtx + "array real general\n2 2\n1 2 3\n":                                      "too early",
		mtx + "array real general\n2 2\n1 2 3 4 5\n":                                  `"5" follows the last number`,
		mtx + "array real symmetric\n2 3\n1 2 3 4 5\n":                                "not square",
		mtx + "array pattern general\n2 2\n":                                          "not a pattern",
		mtx + "array real general\n2 2\n1 x 3 4\n":                                    "3:3: \"x\" is not a number",
		mtx + "coordinate real general\n2 2 1\n3 1 5\n":                               "row 3 is not between 1 and 2",
		mtx + "coordinate real general\n99999 99999 0\n":                              "more than",
		"ncols 2\nnrows 2\nncols 2\n1 2 3 4\n":                                        "a second ncols",
		"ncols 2\nnrows x\n1 2 3 4\n":                                                 "not a whole number",
		"ncols 2\nnrows 2\n1 2 3\n":                                                   "too early",
		"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n12345678": `kind "CMYK"`,
		"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n1234":      "RGB has 3 channels",
		"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nENDHDR\n12":                                  "lacks",
		"#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 1 +X 1\n1234":                       "32-bit_rle_xyze",
		"#?RADIANCE\n\n+X 1 -Y 1\n1234":                                               "stored like -Y 480 +X 640",
		"#?RADIANCE\n\n-Y 1 +X 9\n\x02\x02\x00\x08":                                   "another length",
		"qoif\x00\x00\x00\x02\x00\x00\x00\x02\x05\x00":                                "5 channels",
	} {
		if _, err := readRows(strings.NewReader(content), "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// TestHDROldRuns: a pixel of 1, 1, 1 repeats the one before it; several are digits.
func TestHDROldRuns(t *testing.T) {
	w := 2 + 3 + 256
	data := "#?RGBE\n\n+Y 1 -X 261\n" + "\x80\x40\x20\x81" + "\x01\x01\x01\x03" + "\x01\x01\x01\x01" + "\x80\x80\x80\x82"
	m := decode(t, []byte(data), "x", raster.ReadOptions{})
	got := floats(t, m)
	if m.Shape().W != w || got[w-1] != 1 || got[1] != 1 || got[w] != 2 || got[2*w-1] != 0.5 || got[0] != 2 {
		t.Errorf("%v: %v", m.Shape(), got[:4])
	}
}

func fuzzReaders(f *testing.F, format string) {
	names, err := filepath.Glob("testdata/readers/*." + format)
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range names {
		f.Add(readersFile(f, filepath.Base(name)))
	}
	known, ok := lookup(format)
	if !ok {
		f.Fatal(format)
	}
	fuzz(f, known.Name)
}

func FuzzQOI(f *testing.F)          { fuzzReaders(f, "qoi") }
func FuzzHDR(f *testing.F)          { fuzzReaders(f, "hdr") }
func FuzzPAM(f *testing.F)          { fuzzReaders(f, "pam") }
func FuzzFarbfeld(f *testing.F)     { fuzzReaders(f, "ff") }
func FuzzMatrixMarket(f *testing.F) { fuzzReaders(f, "mtx") }
func FuzzOctave(f *testing.F)       { fuzzReaders(f, "octave") }
func FuzzASCIIGrid(f *testing.F)    { fuzzReaders(f, "asc") }
