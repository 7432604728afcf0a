package imageio

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// A FITS file with a named part has two images, found by number and by name.
func TestParts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.fits")
	s := tensor.Shape{N: 1, C: 1, H: 2, W: 3}
	w, err := Create(path, os.Stdout, s, WriteOptions{Parts: []string{"VARIANCE"}})
	if err != nil {
		t.Fatal(err)
	}
	put := func(first float64) {
		t.Helper()
		sink := SinkOf[float64](w)
		done, err := sink.Put(tensor.Band[float64]{Rows: 2, W: 3, Stride: 3, Data: []float64{first, 2, 3, 4, 5, 6}})
		if err == nil && done != nil {
			err = done()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	if err := w.NextPage(s, nil); err != nil {
		t.Fatal(err)
	}
	put(7)
	if err := w.NextPage(s, nil); err == nil {
		t.Error("a third image is accepted")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		first float64
	}{{"0", 1}, {"VARIANCE", 7}, {"1", 7}} {
		sel, err := ParseSelection(c.name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Decode(f, path, ReadOptions{Select: sel})
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		row, err := Rows[float64](m).Row(0, 0, make([]float64, 3))
		if err != nil || row[0] != c.first || row[2] != 3 {
			t.Errorf("%s: %v, %v", c.name, row, err)
		}
	}
	if _, err := Create(filepath.Join(t.TempDir(), "d.npy"), os.Stdout, s, WriteOptions{Parts: []string{"VARIANCE"}}); err == nil {
		t.Error("a format without parts takes them")
	}
}
