package imageio

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// TestTIFFExtraPlanes: a second sample of no stated meaning is a plane like the
// first, and goes into a TIFF as one; a sample that says so is alpha.
func TestTIFFExtraPlanes(t *testing.T) {
	for kind, want := range map[int]int{0: 2, alphaUnassociated: 1} {
		file := tiffOf([]byte{1, 2, 3, 4}, map[int][]int{tagWidth: {2}, tagHeight: {1}, tagBits: {8, 8}, tagSamples: {2}, tagPhotometric: {1}, tagExtraSamples: {kind}})
		for range 2 { // as it is, and as it was written
			m := decode(t, file, "x.tif", raster.ReadOptions{Values: raster.RawValues})
			if m.Shape().C != want || m.HasAlpha() != (want == 1) {
				t.Errorf("extra sample %d: %v, alpha %v", kind, m.Shape(), m.HasAlpha())
			}
			if got := fmt.Sprint(floats(t, m)); want == 2 && got != "[1 3 2 4]" {
				t.Errorf("extra sample %d: %s", kind, got)
			}
			file = through[float32](t, m, WriteOptions{Format: "tif"})
		}
	}
}

// TestTIFFDamaged: what was packed with a checksum is held against it.
func TestTIFFDamaged(t *testing.T) {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write([]byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	strip := packed.Bytes()
	strip[len(strip)-1] ^= 1
	_, err := Decode(bytes.NewReader(tiffOf(strip, map[int][]int{tagWidth: {2}, tagHeight: {1}, tagBits: {8}, tagCompression: {8}})), "x", raster.ReadOptions{})
	if err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("got %v", err)
	}
}
