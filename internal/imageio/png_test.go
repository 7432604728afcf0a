package imageio

import (
	"bytes"
	"go/build"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// goPictures lists the pictures that come with Go's own decoders.
func goPictures(t testing.TB, pattern string) []string {
	t.Helper()
	root := filepath.Join(build.Default.GOROOT, "src", "image")
	var all []string
	for _, dir := range []string{"testdata", "png/testdata", "png/testdata/pngsuite"} {
		list, err := filepath.Glob(filepath.Join(root, dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		t.Skip("no image/testdata in this Go installation")
	}
	return all
}

// samePixels compares colours at 16 bits, not multiplied by alpha.
func samePixels(t *testing.T, a, b image.Image) {
	t.Helper()
	if a.Bounds().Size() != b.Bounds().Size() {
		t.Fatalf("sizes %v and %v", a.Bounds(), b.Bounds())
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p := wide(a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y))
			q := wide(b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y))
			if p != q {
				t.Fatalf("(%d, %d): %v and %v", y, x, p, q)
			}
		}
	}
}

func wide(c color.Color) [4]uint32 {
	switch c := c.(type) {
	case color.NRGBA:
		return [4]uint32{uint32(c.R) * 257, uint32(c.G) * 257, uint32(c.B) * 257, uint32(c.A) * 257}
	case color.NRGBA64:
		return [4]uint32{uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A)}
	}
	r, g, b, a := c.RGBA()
	return [4]uint32{r, g, b, a}
}

// TestPNGRoundTrip reads every PNG of Go's own tests and writes it again, in
// both arithmetics: every pixel stays, or the file is refused as damaged.
func TestPNGRoundTrip(t *testing.T) {
	for _, path := range goPictures(t, "*.png") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, goErr := png.Decode(bytes.NewReader(data))
			m, err := Decode(bytes.NewReader(data), path, raster.ReadOptions{})
			if goErr != nil {
				if err == nil || !strings.HasPrefix(err.Error(), path+": ") {
					t.Fatalf("got %v for a picture that Go refuses with %v", err, goErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, out := range [][]byte{
				through[float32](t, m, WriteOptions{Format: "png"}),
				through[float64](t, m, WriteOptions{Format: "png"}),
			} {
				got, err := png.Decode(bytes.NewReader(out))
				if err != nil {
					t.Fatal(err)
				}
				samePixels(t, want, got)
				again := decode(t, out, "again.png", raster.ReadOptions{})
				if again.Depth() != m.Depth() || again.Shape() != m.Shape() || again.HasAlpha() != m.HasAlpha() {
					t.Errorf("%d bits %v became %d bits %v", m.Depth(), m.Shape(), again.Depth(), again.Shape())
				}
			}
		})
	}
}
