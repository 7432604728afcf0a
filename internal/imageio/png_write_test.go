package imageio

import (
	"bytes"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// TestPNGSegments writes pictures of several segments at every level: noise,
// which Huffman codes take best, and stripes, which matches do.
func TestPNGSegments(t *testing.T) {
	const h, w = 700, 500
	for name, value := range map[string]func(y, x int) byte{
		"noise":   func(int, int) byte { return byte(rand.N(64)) },
		"stripes": func(y, x int) byte { return byte(x / 7 * 31) },
	} {
		m := pixelsOf(make([]byte, h*w*4), h, w, 4, 8, raster.U8)
		for i := range m.Samples().Mem {
			m.Samples().Mem[i] = value(i/(4*w), i%(4*w))
		}
		sizes := map[string]int{}
		for _, level := range PNGLevels {
			out := through[float32](t, m, WriteOptions{Format: "png", PNGLevel: level})
			img, err := png.Decode(bytes.NewReader(out))
			if err != nil {
				t.Fatal(name, level, err)
			}
			back, err := goimage.FromGo(img, false)
			if err != nil {
				t.Fatal(err)
			}
			samplesEqual(t, m, back.View(raster.ReadOptions{}))
			sizes[level] = len(out)
		}
		if sizes["best"] > sizes["default"] || name == "stripes" && sizes["default"] > sizes["fast"]/10 {
			t.Errorf("%s: sizes are %v", name, sizes)
		}
	}
	if _, err := Create("-", nil, picture(1, 8).Shape(), WriteOptions{Format: "png", PNGLevel: "most"}); err == nil {
		t.Error("an unknown level was taken")
	}
}

// TestPNGSize: photographs become no larger than by Go's encoder, which small
// ones did by a few percent.
func TestPNGSize(t *testing.T) {
	for _, path := range append(goPictures(t, "video-00*.jpeg"), goPictures(t, "video-00*.png")...) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ours := through[float32](t, decode(t, data, path, raster.ReadOptions{}), WriteOptions{Format: "png"})
		img, err := png.Decode(bytes.NewReader(ours))
		if err != nil {
			t.Fatal(err)
		}
		var theirs bytes.Buffer
		if err := png.Encode(&theirs, img); err != nil {
			t.Fatal(err)
		}
		if len(ours) > theirs.Len() {
			t.Errorf("%s: %d bytes, Go %d", filepath.Base(path), len(ours), theirs.Len())
		}
	}
}
