package imageio

import (
	"bytes"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/tiff"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// writeFile writes m as it is to a file, where a writer may go back.
func writeFile(t *testing.T, m *raster.Image, path string) {
	t.Helper()
	w, err := Create(path, nil, m.Shape(), WriteOptions{Like: m})
	if err != nil {
		t.Fatal(err)
	}
	if err := pump(raster.Rows[float32](m), SinkOf[float32](w)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTIFFInPlace: strips of a file are written as they come, and another
// decoder finds them by the directory behind them.
func TestTIFFInPlace(t *testing.T) {
	const h, w = 700, 501
	m := pixelsOf(make([]byte, h*w*3), h, w, 3, 8, raster.U8)
	for i := range m.Samples().Mem {
		m.Samples().Mem[i] = byte(i * i >> 5)
	}
	path := filepath.Join(t.TempDir(), "a.tif")
	writeFile(t, m, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	samplesEqual(t, m, decode(t, data, path, raster.ReadOptions{}))
	stream := through[float32](t, m, WriteOptions{Format: "tif"})
	samplesEqual(t, m, decode(t, stream, path, raster.ReadOptions{}))
	defer func(n int) { source.TempFileSize = n }(source.TempFileSize)
	source.TempFileSize = 1000
	if !bytes.Equal(through[float32](t, m, WriteOptions{Format: "tif"}), stream) {
		t.Error("strips that waited in a file give another one")
	}
	img, err := tiff.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for y := range h {
		for x := range w {
			p := m.Samples().Mem[3*(y*w+x):]
			if got := color.RGBAModel.Convert(img.At(x, y)); got != (color.RGBA{p[0], p[1], p[2], 255}) {
				t.Fatalf("(%d, %d) is %v, not %v", y, x, got, p[:3])
			}
		}
	}
}

// TestInterleaved: floats of three planes and of one, in both arithmetics, come
// back from formats that hold pixel by pixel.
func TestInterleaved(t *testing.T) {
	const h, w = 11, 5
	for _, planes := range []int{1, 3} {
		values := make([]float64, planes*h*w)
		for i := range values {
			values[i] = float64(i*i) / 4
		}
		m := numbersOf(raster.BytesOf(values), 1, planes, h, w, raster.Native[float64](), 2)
		for _, format := range []string{"pfm", "tif", "npy"} {
			o := raster.ReadOptions{Layout: "hwc"}
			m = m.Samples().View(o)
			m.Samples().Rank = 2
			if planes > 1 {
				m.Samples().Rank = 3
			}
			for _, data := range [][]byte{through[float32](t, m, WriteOptions{Format: format}), through[float64](t, m, WriteOptions{Format: format})} {
				back := decode(t, data, "a."+format, o)
				if back.Shape() != m.Shape() {
					t.Fatalf("%s: %v became %v", format, m.Shape(), back.Shape())
				}
				for i, v := range floats(t, back) {
					if v != values[i] {
						t.Fatalf("%s, %d planes: number %d is %v, not %v", format, planes, i, v, values[i])
					}
				}
			}
		}
	}
}
