package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

var oneCell = tensor.Shape{N: 1, C: 1, H: 1, W: 1}

func writeOne(t *testing.T, path string) {
	t.Helper()
	w, err := Create(path, nil, oneCell, WriteOptions{Digits: -1})
	if err != nil {
		t.Fatal(err)
	}
	src := tensor.FromData(oneCell, []float64{7})
	if err := pump(tensor.Source[float64](src), SinkOf[float64](w)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w.Abort() // does nothing now
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestOutputReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.csv")
	if err := os.Symlink("a.csv", link); err != nil {
		t.Skip(err)
	}
	writeOne(t, link)
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "7\n" {
		t.Errorf("%q, %v", got, err)
	}
	if st, err := os.Lstat(link); err != nil || st.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is no link any more")
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", st.Mode(), err)
	}
	if got := entries(t, dir); len(got) != 2 {
		t.Errorf("left behind: %v", got)
	}
}

func TestOutputAborted(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := Create(path, nil, oneCell, WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.Abort()
	w.Abort()
	if got, err := os.ReadFile(path); err != nil || string(got) != "old" || len(entries(t, dir)) != 1 {
		t.Errorf("%q, %v, %v", got, err, entries(t, dir))
	}
}

func TestOutputErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := Create(filepath.Join(dir, "none", "a.csv"), nil, oneCell, WriteOptions{})
	if err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a missing folder: %v", err)
	}
	if _, err = Create(dir, nil, oneCell, WriteOptions{Format: "csv"}); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory: %v", err)
	}
	for _, path := range []string{"a.xyz", "a", "a.gif"} {
		var option *raster.OptionError
		if _, err = Create(filepath.Join(dir, path), nil, oneCell, WriteOptions{}); !errors.As(err, &option) || !strings.Contains(option.Hint, "png") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if got := entries(t, dir); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
	// A full disk, as far as one can be had everywhere.
	if _, err := os.Stat("/dev/full"); err == nil {
		w, err := Create("/dev/full", nil, oneCell, WriteOptions{Format: "pgm"})
		if err != nil {
			t.Fatal(err)
		}
		one := tensor.NewDense[float64](oneCell)
		if err := pump(tensor.Source[float64](one), SinkOf[float64](w)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err == nil || !strings.Contains(err.Error(), "/dev/full") {
			t.Errorf("/dev/full: %v", err)
		}
	}
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := readFile(filepath.Join(dir, "none.csv"), raster.ReadOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := readFile(dir, raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory: %v", err)
	}
	var bad *raster.DataError
	for content, want := range map[string]string{
		"\x89PNG\r\n\x1a\n":    "ends too early",
		"\x00\x01\x02":         "not a format",
		"GIF89a":               "ends too early",
		"P5 3 -1 255\n":        "height",
		"P5 3 3 0\n":           "maximum is 0",
		"P5 3 3 70000\n":       "maximum",
		"P5 70000 70000 255\n": "more than",
		bmpOf(30000, 30000):    "ends too early",
		"P5 3 3 255\n123":      "ends too early",
		"Pf\n2 2\nnan\n":       "scale",
		"Pf\n2 2\n-inf\n":      "scale",
		"BM":                   "ends too early",
	} {
		_, err := Decode(strings.NewReader(content), "x", raster.ReadOptions{})
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", content, err, want)
		}
	}
	if _, err := Decode(strings.NewReader("1,2"), "x.png", raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "the name says png") {
		t.Errorf("text called png: %v", err)
	}
	if _, err := Decode(strings.NewReader("1,2"), "x", raster.ReadOptions{MaxPixels: 1}); err == nil || !errors.As(err, &bad) || bad.Hint == "" {
		t.Errorf("too many numbers: %v", err)
	}
}

// bmpOf is the header of a BMP, without its pixels.
func bmpOf(w, h int) string {
	le := binary.LittleEndian
	b := append([]byte("BM"), make([]byte, 52)...)
	b[10], b[14], b[26], b[28] = 54, 40, 1, 24
	le.PutUint32(b[18:], uint32(w))
	le.PutUint32(b[22:], uint32(h))
	return string(b)
}

// TestTrailing: what follows a picture is left where it is, also where that
// never ends.
func TestTrailing(t *testing.T) {
	m := picture(3, 8)
	for _, format := range []string{"png", "jpg", "ppm", "npy"} {
		data := through[float32](t, m, WriteOptions{Format: format})
		want := floats(t, decode(t, data, "x", raster.ReadOptions{}))
		got, err := Decode(io.MultiReader(bytes.NewReader(data), endless("\x00")), "x", raster.ReadOptions{MaxPixels: 10_000})
		if err != nil {
			t.Errorf("%s: %v", format, err)
		} else if !slices.Equal(floats(t, got), want) {
			t.Errorf("%s: other numbers", format)
		}
	}
}
