package imageio

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// TestTrailingIsCounted: what follows a picture changes nothing, in no format; it is
// counted where a header alone tells the size, in a file and in memory. In text it
// is an error.
func TestTrailingIsCounted(t *testing.T) {
	const more = "more"
	for _, f := range Formats() {
		if !f.CanWrite() || !f.CanRead() {
			continue
		}
		m := picture(1, 8)
		if f.Name == "ppm" {
			m = picture(3, 8)
		}
		file := through[float32](t, m, WriteOptions{Format: f.Name, Digits: -1})
		want := floats(t, decode(t, file, "x."+f.Name, raster.ReadOptions{}))
		for _, on := range []string{"memory", "disk"} {
			got, err := trailed(t, append(slices.Clone(file), more...), f.Name, on)
			if !f.Binary {
				if err == nil {
					t.Errorf("%s in %s: no error", f.Name, on)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s in %s: %v", f.Name, on, err)
				continue
			}
			counted := int64(0)
			if f.Sized && on == "disk" {
				counted = int64(len(more))
			} else if f.Sized {
				counted = raster.SomeBytes
			}
			if !slices.Equal(floats(t, got), want) || got.Trailing() != counted {
				t.Errorf("%s in %s: %d bytes counted", f.Name, on, got.Trailing())
			}
		}
	}
}

// A large array stays in its file.
func TestTrailingOfLargeFile(t *testing.T) {
	data := append(npyOfBytes(source.LargeBody+1), make([]byte, source.LargeBody+1)...)
	m, err := trailed(t, append(data, "more"...), "npy", "disk")
	if err != nil || m.Samples().File == nil || m.Trailing() != 4 {
		t.Errorf("%v, %d bytes counted", err, m.Trailing())
	}
}

func trailed(t *testing.T, data []byte, format, on string) (*raster.Image, error) {
	name := "x." + format
	if on == "memory" {
		return Decode(bytes.NewReader(data), name, raster.ReadOptions{})
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return readFile(path, raster.ReadOptions{})
}

// npyOfBytes returns the header of an NPY array of one row of n bytes.
func npyOfBytes(n int) []byte {
	dict := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (1, %d), }", n)
	dict += strings.Repeat(" ", 127-(10+len(dict))) + "\n"
	return append([]byte{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, byte(len(dict)), 0}, dict...)
}
