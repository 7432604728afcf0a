package imageio

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

func npzFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func selection(t *testing.T, s string) raster.ReadOptions {
	t.Helper()
	sel, err := raster.ParseSelection(s)
	if err != nil {
		t.Fatal(err)
	}
	return raster.ReadOptions{Select: sel}
}

// TestNPZ reads arrays that NumPy wrote (testdata/npz.py), by name and by number,
// from memory, from a file and from a pipe.
func TestNPZ(t *testing.T) {
	var x, y, cube []float64
	for i := range 12 {
		x, y = append(x, float64(i-5)), append(y, float64(i-5)/8)
	}
	for i := range 24 {
		cube = append(cube, float64(i))
	}
	for _, limit := range []int{source.TempFileSize, 100} {
		old := source.TempFileSize
		source.TempFileSize = limit
		for _, c := range []struct {
			file, sel string
			want      []float64
			rank      int
		}{{"arrays.npz", "x", x, 2}, {"arrays.npz", "Y", y, 2}, {"arrays.npz", "cube", cube, 3}, {"arrays.npz", "1", y, 2}, {"compressed.npz", "x", x, 2}, {"compressed.npz", "-1", y, 2}} {
			m := decode(t, npzFile(t, c.file), "a.npz", selection(t, c.sel))
			if got := floats(t, m); !slices.Equal(got, c.want) || m.Rank() != c.rank {
				t.Errorf("%s[%s]: %v", c.file, c.sel, got)
			}
			if m, err := readFile("testdata/"+c.file, selection(t, c.sel)); err != nil || !slices.Equal(floats(t, m), c.want) {
				t.Errorf("%s[%s] on disk: %v", c.file, c.sel, err)
			}
		}
		if got := floats(t, decode(t, npzFile(t, "one.npz"), "a.npz", raster.ReadOptions{})); !slices.Equal(got, x) {
			t.Errorf("the only array: %v", got)
		}
		source.TempFileSize = old
	}
}

// TestNPZRefuses: several arrays are named, and so is what is no array of numbers.
func TestNPZRefuses(t *testing.T) {
	data := npzFile(t, "arrays.npz")
	for sel, want := range map[string]string{"z": `"Z"`, "names": "<U1", "9": "there is no"} {
		if _, err := Decode(bytes.NewReader(data), "a.npz", selection(t, sel)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", sel, err)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"x.npy", "readme.txt"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("words"))
	}
	z.Close()
	for sel, want := range map[string]string{"0": "does not begin like npy", "1": "a file that is no array"} {
		_, err := Decode(bytes.NewReader(b.Bytes()), "a.npz", selection(t, sel))
		var bad *raster.DataError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", sel, err)
		}
	}
}

// TestNPZDamage: a changed byte of an array, packed or not, is found.
func TestNPZDamage(t *testing.T) {
	for _, name := range []string{"arrays.npz", "compressed.npz"} {
		data := npzFile(t, name)
		at := bytes.Index(data, []byte("y.npy")) - 60 // in the array before
		data[at] ^= 1
		_, err := Decode(bytes.NewReader(data), "a.npz", selection(t, "x"))
		var bad *raster.DataError
		if !errors.As(err, &bad) || bad.Name != "a.npz" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzNPZ(f *testing.F) {
	for _, name := range []string{"arrays.npz", "compressed.npz", "one.npz"} {
		f.Add(npzFile(f, name))
	}
	seeds(f, "npz")
	fuzz(f, "npz")
}
