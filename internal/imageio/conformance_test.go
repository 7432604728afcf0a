package imageio

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// The tests of this file run over every format of the table. A new format is
// covered by its line there if it can be written; else samples needs a file of it.

// samples returns a small file of each format that can be read.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	moving, err := os.ReadFile("testdata/moving.webp")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"pbm": []byte("P4\n9 2\n\x80\x00\x7f\x80"), "webp": moving}
	p := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.NRGBA{R: 255, A: 255}, color.NRGBA{B: 255, A: 255}})
	p.Pix[1] = 1
	var b bytes.Buffer
	if err := gif.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	files["gif"] = bytes.Clone(b.Bytes())
	b.Reset()
	if err := bmp.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	files["bmp"] = bytes.Clone(b.Bytes())
	for name, file := range map[string]string{"farbfeld": "rgba.ff", "qoi": "rgb.qoi", "hdr": "narrow.hdr", "mtx": "whole.mtx", "octave": "scalar.octave", "asc": "height.asc"} {
		files[name] = readersFile(t, file)
	}
	numbers := decode(t, []byte("1,2.5,-3\n4,5,6\n"), "x.csv", raster.ReadOptions{})
	for _, f := range Formats() {
		if !f.CanRead() || files[f.Name] != nil {
			continue
		}
		if !f.CanWrite() {
			t.Fatalf("%s: no sample", f.Name)
		}
		m := numbers
		if f.Kind == raster.Pixels {
			if m = picture(1, 8); f.Colour {
				m = picture(3, 8)
			}
		}
		files[f.Name] = through[float64](t, m, WriteOptions{Format: f.Name, Digits: -1})
	}
	return files
}

// readRows decodes a file and reads all its rows.
func readRows(r io.Reader, name string) (*tensor.Dense[float64], error) {
	m, err := Decode(r, name, raster.ReadOptions{})
	if err != nil {
		return nil, err
	}
	return tensor.Collect(raster.Rows[float64](m))
}

// TestTable: names and extensions are unambiguous, and each signature is found by
// its own format first.
func TestTable(t *testing.T) {
	seen := map[string]string{}
	for _, f := range Formats() {
		for _, word := range append([]string{"." + f.Name}, f.Extensions...) {
			if other := seen[word]; other != "" && other != f.Name || !strings.HasPrefix(word, ".") {
				t.Errorf("%s: %q is of %q too", f.Name, word, other)
			}
			seen[word] = f.Name
		}
		if f.Sniff == nil && f.Binary || !f.CanRead() && !f.CanWrite() {
			t.Errorf("%s: no signature, or neither read nor written", f.Name)
		}
		if got, ok := FormatNamed(f.Extensions[0][1:]); !ok || got.Name != f.Name {
			t.Errorf("%s is not found by its extension", f.Name)
		}
	}
	for name, data := range samples(t) {
		f, _ := lookup(name)
		if got, ok := signature(data); f.Sniff != nil && (!ok || got.Name != name) {
			t.Errorf("a file of %s is taken for %q", name, got.Name)
		}
	}
}

// TestCut: a file that ends at any byte gives an error, or the whole picture if
// only what follows it is missing. Text may lose rows and digits.
func TestCut(t *testing.T) {
	for name, data := range samples(t) {
		whole, err := readRows(bytes.NewReader(data), "x."+name)
		if err != nil {
			t.Fatal(name, err)
		}
		f, _ := lookup(name)
		for n := range data {
			got, err := readRows(bytes.NewReader(data[:n]), "x."+name)
			if err == nil && f.Binary && got.Shape() != whole.Shape() {
				t.Errorf("%s, %d of %d bytes: %v, want %v", name, n, len(data), got.Shape(), whole.Shape())
			}
			if err == nil && f.Sized && !slices.Equal(got.Data, whole.Data) {
				t.Errorf("%s, %d of %d bytes: other numbers", name, n, len(data))
			}
		}
	}
}

// TestFailingReader: an error of the file is told as it is, wherever it occurs.
func TestFailingReader(t *testing.T) {
	broken := errors.New("the disk is broken")
	for name, data := range samples(t) {
		for n := range data {
			r := io.MultiReader(bytes.NewReader(data[:n]), &failing{broken})
			if _, err := readRows(r, "x."+name); err != nil && !errors.Is(err, broken) {
				t.Errorf("%s, after %d bytes: %v", name, n, err)
			}
		}
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// TestAppended: bytes after a picture change nothing.
func TestAppended(t *testing.T) {
	for name, data := range samples(t) {
		if f, _ := lookup(name); !f.Binary {
			continue
		}
		whole, err := readRows(bytes.NewReader(data), "x")
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := readRows(bytes.NewReader(append(bytes.Clone(data), make([]byte, 100)...)), "x")
		if err != nil || got.Shape() != whole.Shape() || !slices.Equal(got.Data, whole.Data) {
			t.Errorf("%s: other numbers, or %v", name, err)
		}
	}
}

// TestFailingWriter: an output that takes fewer bytes is an error, never a file
// that seems whole.
func TestFailingWriter(t *testing.T) {
	full := errors.New("no space left")
	for _, f := range Formats() {
		if !f.CanWrite() {
			continue
		}
		m := picture(1, 8)
		data := through[float64](t, m, WriteOptions{Format: f.Name, Digits: -1})
		for _, room := range []int{0, 1, len(data) / 2, len(data) - 1} {
			w, err := Create("-", &bounded{room, full}, m.Shape(), WriteOptions{Format: f.Name, Digits: -1, Like: m})
			if err != nil {
				t.Fatal(f.Name, err)
			}
			if err := errors.Join(pump(raster.Rows[float64](m), SinkOf[float64](w)), w.Close()); !errors.Is(err, full) {
				t.Errorf("%s with room for %d of %d bytes: %v", f.Name, room, len(data), err)
			}
		}
	}
}

// bounded takes so many bytes.
type bounded struct {
	room int
	err  error
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.room)
	if b.room -= n; n < len(p) {
		return n, b.err
	}
	return n, nil
}

// TestNotANumber: formats that hold NaN give it back; others refuse it, or count
// it where it becomes a pixel.
func TestNotANumber(t *testing.T) {
	m := decode(t, []byte("1,nan\n3,4\n"), "x.csv", raster.ReadOptions{})
	for _, f := range Formats() {
		if !f.CanWrite() {
			continue
		}
		var out bytes.Buffer
		w, err := Create("-", &out, m.Shape(), WriteOptions{Format: f.Name, Digits: -1, Like: m})
		if err != nil {
			t.Fatal(f.Name, err)
		}
		err = errors.Join(pump(raster.Rows[float64](m), SinkOf[float64](w)), w.Close())
		var option *OptionError
		switch {
		case f.NaN:
			if got, e := readRows(&out, "x."+f.Name); err != nil || e != nil || !math.IsNaN(got.Data[1]) || got.Data[3] != 4 {
				t.Errorf("%s: %v, %v, %v", f.Name, err, e, got)
			}
		case w.Depth() > 0:
			if err != nil || w.NaNs() != 1 {
				t.Errorf("%s: %v, and %d NaN are counted", f.Name, err, w.NaNs())
			}
		case !errors.As(err, &option):
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
