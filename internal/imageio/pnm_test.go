package imageio

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/tensor"
)

// TestPNMGathered: samples in text and in bits are the same in memory and in a
// temporary file, from a file and from a pipe; what is cut off is told.
func TestPNMGathered(t *testing.T) {
	for file, want := range map[string]string{
		"P1 3 2 0 1 1 100":               "[1 0 0 0 1 1]",
		"P2 2 2 1000 0 7 1000 # x\n 300": "[0 7 1000 300]",
		"P3 1 2 9 1 2 3 4 5 6":           "[1 4 2 5 3 6]",
		"P4 9 2\n\x80\x80\x01\x00":       "[0 1 1 1 1 1 1 1 0 1 1 1 1 1 1 1 0 1]",
		"P2 2 2 9 1 2 3":                 "the file is cut off",
		"P4 9 2\n\x80\x80\x01":           "the file is cut off",
		"P2 2 2 9 1 2 3 10":              "the sample is not a whole number up to 9",
	} {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, []byte(file), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{source.TempFileSize, 1} {
			old := source.TempFileSize
			source.TempFileSize = size
			for _, name := range []string{path, "-"} {
				r := io.Reader(strings.NewReader(file))
				if name == path {
					f, err := os.Open(path)
					if err != nil {
						t.Fatal(err)
					}
					r = f
				}
				m, err := Decode(r, name, raster.ReadOptions{Values: raster.RawValues})
				got := fmt.Sprint(err)
				if err == nil {
					x, err := tensor.Collect(raster.Rows[float64](m))
					if got = fmt.Sprint(err); err == nil {
						got = fmt.Sprint(x.Data)
					}
				}
				if !strings.Contains(got, want) {
					t.Errorf("%q as %s, from %d bytes on in a file: %s", file, name, size, got)
				}
			}
			source.TempFileSize = old
		}
	}
}
