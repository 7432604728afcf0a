package imageio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// writeStack writes images as pages of one file.
func writeStack(w *Writer, pages []*raster.Image) error {
	for i, m := range pages {
		if i > 0 {
			if err := w.NextPage(m.Shape(), m); err != nil {
				return err
			}
		}
		if err := pump(raster.Rows[float32](m), SinkOf[float32](w)); err != nil {
			return err
		}
	}
	return w.Close()
}

// grown returns a picture of other samples for each k.
func grown(m *raster.Image, k int) *raster.Image {
	p := *m.Samples()
	p.Mem = slices.Clone(p.Mem)
	for i := range p.Mem {
		p.Mem[i] += byte(k * (i + 1))
	}
	return p.View(m.Options())
}

// numberPage returns a plane of numbers that differ from page to page.
func numberPage(k int) *raster.Image {
	values := make([]float32, 6)
	for i := range values {
		values[i] = float32(10*k+i) / 4
	}
	return numbersOf(slices.Clone(raster.BytesOf(values)), 1, 1, 2, 3, raster.Native[float32](), 2)
}

// TestStacks: every format of stacks gives its pages back one by one, from a file
// and from a pipe.
func TestStacks(t *testing.T) {
	kinds := map[string]func(int) *raster.Image{
		"numbers": numberPage,
		"grey":    func(k int) *raster.Image { return grown(picture(1, 8), k) },
		"deep":    func(k int) *raster.Image { return grown(picture(1, 16), k) },
		"colour":  func(k int) *raster.Image { return grown(picture(3, 8), k) },
		"alpha":   func(k int) *raster.Image { return grown(picture(4, 8), k) },
	}
	for _, f := range Formats() {
		for kind, page := range kinds {
			if !f.Stack || f.Kind == raster.Numbers && kind != "numbers" {
				continue
			}
			pages := []*raster.Image{page(0), page(1), page(2)}
			path := filepath.Join(t.TempDir(), "x."+f.Name)
			var stream bytes.Buffer
			for _, to := range []string{path, "-"} {
				w, err := Create(to, &stream, pages[0].Shape(), WriteOptions{Format: f.Name, Like: pages[0], Pages: len(pages)})
				if err != nil {
					t.Fatal(f.Name, kind, err)
				}
				if err := writeStack(w, pages); err != nil {
					t.Fatal(f.Name, kind, err)
				}
			}
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			for from, r := range map[string]io.Reader{"file": file, "pipe": &stream} {
				checkStack(t, fmt.Sprint(f.Name, " ", kind, " from a ", from), r, pages)
			}
		}
	}
}

// checkStack compares the pages of a file with images.
func checkStack(t *testing.T, what string, r io.Reader, pages []*raster.Image) {
	t.Helper()
	a, err := OpenAlbum(r, "x", raster.ReadOptions{Layout: "nhw"})
	if err != nil {
		t.Fatal(what, err)
	}
	defer a.Close()
	if a.Len() != len(pages) {
		t.Fatalf("%s: %d pages, want %d", what, a.Len(), len(pages))
	}
	for _, k := range []int{2, 0, 1} {
		m, err := a.Read(k)
		if err != nil {
			t.Fatal(what, err)
		}
		if got, want := floats(t, m), floats(t, pages[k]); !slices.Equal(got, want) || m.Shape() != pages[k].Shape() || m.HasAlpha() != pages[k].HasAlpha() {
			t.Errorf("%s, page %d: %v, want %v", what, k, got, want)
		}
	}
}

// TestStackRefusals: what a stack cannot be is an error, and leaves no file.
func TestStackRefusals(t *testing.T) {
	dir := t.TempDir()
	other := numbersOf(make([]byte, 4), 1, 1, 1, 1, raster.F32LE, 2)
	var option *raster.OptionError
	if _, err := Create(filepath.Join(dir, "x.png"), nil, picture(1, 8).Shape(), WriteOptions{Like: picture(1, 8), Pages: 2}); !errors.As(err, &option) {
		t.Errorf("png: %v", err)
	}
	for _, name := range []string{"x.npy", "x.fits"} {
		w, err := Create(filepath.Join(dir, name), nil, numberPage(0).Shape(), WriteOptions{Like: numberPage(0), Pages: 2})
		if err != nil {
			t.Fatal(err)
		}
		if err := writeStack(w, []*raster.Image{numberPage(0), other}); !errors.As(err, &option) {
			t.Errorf("%s: pages of two sizes: %v", name, err)
		}
		w.Abort()
	}
	w, err := Create(filepath.Join(dir, "x.tif"), nil, numberPage(0).Shape(), WriteOptions{Like: numberPage(0), Pages: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := writeStack(w, []*raster.Image{numberPage(0), numberPage(1)}); err == nil || !strings.Contains(err.Error(), "1 pages are missing") {
		t.Errorf("a page is missing: %v", err)
	}
	if list, _ := os.ReadDir(dir); len(list) > 0 {
		t.Errorf("left behind: %v", list)
	}
}

// TestBigTIFFWritten: a result of more than 4 GB becomes a BigTIFF, whose header says so.
func TestBigTIFFWritten(t *testing.T) {
	m := numbersOf(nil, 1, 1, 40000, 30000, raster.F32LE, 2)
	w, err := Create("-", io.Discard, tensor.Shape{N: 1, C: 1, H: 40000, W: 30000}, WriteOptions{Format: "tif", Like: m})
	if err != nil {
		t.Fatal(err)
	}
	if head := w.encoder.Array(32).Header; !bytes.HasPrefix(head, []byte("MM\x00+\x00\x08")) {
		t.Errorf("header % x", head[:8])
	}
}
