package imageio

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/convkit/convkit/internal/imageio/packed"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// packedFiles were written by the programs gzip, bzip2 and zstd (testdata/packed.py).
var packedFiles = []string{"packed.csv.gz", "packed.csv.bz2", "packed.csv.zst"}

func TestPackedFiles(t *testing.T) {
	want := []float64{1, 2.5, -3, 4, 5, math.NaN()}
	for _, name := range packedFiles {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, as := range []string{name, "x", source.StdinName} {
			got := floats(t, decode(t, data, as, raster.ReadOptions{}))
			if !slices.EqualFunc(got, want, func(a, b float64) bool { return a == b || a != a && b != b }) {
				t.Errorf("%s as %s: %v", name, as, got)
			}
		}
	}
}

// TestPackedDamage: a packed file that is cut off, changed or followed by other
// bytes is an error of its data.
func TestPackedDamage(t *testing.T) {
	for _, name := range packedFiles {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		broken := map[string][]byte{
			"other bytes": append(bytes.Clone(data), "garbage, and more of it"...),
			"few bytes":   append(bytes.Clone(data), 'g'),
			"cut off":     data[:len(data)-3],
		}
		flipped := bytes.Clone(data)
		flipped[len(data)-1] ^= 1 << 4 // of a checksum or a size
		broken["flipped"] = flipped
		if strings.HasSuffix(name, ".bz2") {
			delete(broken, "flipped") // the last bits may be padding
		}
		for what, b := range broken {
			_, err := Decode(bytes.NewReader(b), name, raster.ReadOptions{})
			var bad *raster.DataError
			if !errors.As(err, &bad) || bad.Name != name {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
	reason := errors.New("the disk is broken")
	data, _ := os.ReadFile(filepath.Join("testdata", packedFiles[0]))
	if _, err := Decode(io.MultiReader(bytes.NewReader(data[:20]), &failing{reason}), "x.csv.gz", raster.ReadOptions{}); !errors.Is(err, reason) {
		t.Errorf("an error of the file: %v", err)
	}
}

// gzipped packs an NPY of h x w zeros that says it is so large.
func gzipped(t *testing.T, h, w int) []byte {
	t.Helper()
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	m := numbersOf(nil, 1, 1, h, w, raster.U8, 2)
	m.Samples().StrideX, m.Samples().StrideY = 0, 0
	m.Samples().Mem = []byte{0}
	out, err := Create("-", z, m.Shape(), WriteOptions{Format: "npy", Like: m})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(pump(raster.Rows[float32](m), SinkOf[float32](out)), out.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPackedLarge: samples that are copied to a temporary file are not all said to
// be there before the end of the packed data has shown that it is whole.
func TestPackedLarge(t *testing.T) {
	old := source.TempFileSize
	source.TempFileSize = 1 << 10
	defer func() { source.TempFileSize = old }()
	data := gzipped(t, 64, 64)
	m, err := Decode(bytes.NewReader(data), "x.npy.gz", raster.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := floats(t, m); len(got) != 64*64 || slices.Max(got) != 0 {
		t.Errorf("%d numbers", len(got))
	}
	cut := data[:len(data)-4]
	m, err = Decode(bytes.NewReader(cut), "x.npy.gz", raster.ReadOptions{})
	if err == nil {
		_, err = raster.Rows[float32](m).Row(0, 63, make([]float32, 64))
	}
	var bad *raster.DataError
	if !errors.As(err, &bad) {
		t.Errorf("cut off: %v", err)
	}
}

// TestPackedBomb: few packed bytes that unpack to many take no more memory than
// the same bytes from a pipe.
func TestPackedBomb(t *testing.T) {
	data := gzipped(t, 1<<12, 1<<12) // 64 MiB
	if _, err := Decode(bytes.NewReader(data), "x.npy.gz", raster.ReadOptions{MaxPixels: 1 << 20}); err == nil || !strings.Contains(err.Error(), "more than 1048576 pixels") {
		t.Errorf("%v", err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Decode(bytes.NewReader(data), "x.npy.gz", raster.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raster.Rows[float32](m).Row(0, 1<<12-1, make([]float32, 1<<12)); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
		t.Errorf("it took %d MiB", took>>20)
	}
}

func TestPackedNames(t *testing.T) {
	for name, want := range map[string]string{"x.fits.gz": "fits", "x.CSV.GZ": "csv", "x.npy.zst": "npy", "x.npy": "npy"} {
		if got, err := FormatOf(name); err != nil || got != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{"x.gz": "names no format before .gz", "x.fits.bz2": "not written", "x.y.gz": `unknown format ".y"`} {
		if _, err := FormatOf(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPackedOutput: what is written under a packed name is packed, and unpacks to
// what the plain name gives.
func TestPackedOutput(t *testing.T) {
	dir := t.TempDir()
	for _, f := range Formats() {
		if !f.CanWrite() {
			continue
		}
		m := picture(1, 8)
		if f.Name == "ppm" {
			m = picture(3, 8)
		}
		want := through[float64](t, m, WriteOptions{Format: f.Name, Digits: -1})
		for _, ext := range []string{".gz", ".zst"} {
			path := filepath.Join(dir, "x"+f.Extensions[0]+ext)
			w, err := Create(path, nil, m.Shape(), WriteOptions{Like: m, Digits: -1})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(pump(raster.Rows[float64](m), SinkOf[float64](w)), w.Close()); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			p, ok := packed.Of(data)
			if !ok {
				t.Fatalf("%s is not packed", path)
			}
			if got, err := io.ReadAll(p.NewReader(bytes.NewReader(data))); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, want %d; %v", path, len(got), len(want), err)
			}
		}
	}
}

// FuzzPacked: whatever is packed, an image or an error comes of it.
func FuzzPacked(f *testing.F) {
	for _, name := range packedFiles {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	fuzz(f, "csv")
}
