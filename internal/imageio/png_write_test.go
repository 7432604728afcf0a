package imageio

import (
	"bytes"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/convkit/convkit/internal/imageio/raster"
)

func TestSubtract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		a := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "b")
		c := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "c")
		dst, mean := make([]byte, n), make([]byte, n)
		subtract(dst, a, b)
		subtractMean(mean, a, b, c)
		for i := range dst {
			if dst[i] != a[i]-b[i] || mean[i] != a[i]-uint8((int(b[i])+int(c[i]))/2) {
				t.Fatalf("byte %d of %d, %d and %d gives %d and %d", i, a[i], b[i], c[i], dst[i], mean[i])
			}
		}
	})
}

func TestMagnitudes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.Just(byte(128)))).Draw(t, "b")
		b = bytes.Repeat(b, rapid.IntRange(0, 200).Draw(t, "times"))
		want := 0
		for _, v := range b {
			want += max(int(int8(v)), -int(int8(v)))
		}
		if got := magnitudes(b); got != want {
			t.Fatalf("%d bytes: got %d, want %d", len(b), got, want)
		}
	})
}

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
			back, err := fromGo(img, false)
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
