package imageio

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// photographs gives the PNG files of the folder that CONVKIT_PHOTOS names, or
// those of Go's own tests.
func photographs(b *testing.B) map[string][]byte {
	list := goPictures(b, "video-*.png")
	if dir := os.Getenv("CONVKIT_PHOTOS"); dir != "" {
		list, _ = filepath.Glob(filepath.Join(dir, "*.png"))
	}
	files := map[string][]byte{}
	for _, path := range list {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(path), ".png")] = data
	}
	return files
}

// readAll reads a picture until its last row is there.
func readAll(b *testing.B, data []byte) *raster.Image {
	m, err := Decode(bytes.NewReader(data), "b", raster.ReadOptions{})
	if err == nil {
		err = m.Samples().Wait(m.Samples().H - 1)
	}
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkPNGRead reads photographs beside Go's decoder; bytes are those of
// the pixels.
func BenchmarkPNGRead(b *testing.B) {
	for name, data := range photographs(b) {
		m := readAll(b, data)
		size := int64(m.Samples().H * m.Samples().W * m.Samples().Colours * m.Samples().Depth / 8)
		b.Run(name+"/convkit", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				readAll(b, data)
			}
		})
		b.Run(name+"/go", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := png.Decode(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPNGWrite writes photographs at every level beside Go's encoder, and
// tells the size of each file over that of Go's default level.
func BenchmarkPNGWrite(b *testing.B) {
	for name, data := range photographs(b) {
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		m := readAll(b, data)
		if m.Samples().Palette != nil {
			continue // written as RGB, which Go's encoder would not do
		}
		own := int64(len(encodeGo(b, img)))
		size := int64(m.Samples().H * m.Samples().W * m.Samples().Colours * m.Samples().Depth / 8)
		for _, level := range PNGLevels {
			b.Run(name+"/"+level, func(b *testing.B) {
				b.SetBytes(size)
				n := 0
				for b.Loop() {
					n = len(written[float32](b, m, WriteOptions{Format: "png", PNGLevel: level}))
				}
				b.ReportMetric(float64(n)/float64(own), "ofGo")
			})
		}
		b.Run(name+"/go", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				encodeGo(b, img)
			}
		})
	}
}

func encodeGo(b *testing.B, img image.Image) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// written writes m as it is, on one goroutine.
func written[T tensor.Float](b *testing.B, m *raster.Image, o WriteOptions) []byte {
	o.Like = m
	var out bytes.Buffer
	w, err := Create("-", &out, m.Shape(), o)
	if err == nil {
		err = pump(raster.Rows[T](m), SinkOf[T](w))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// texts are matrices as they come: whole numbers, few decimals, all digits.
func texts() map[string][]float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	t := map[string][]float64{}
	for range 500 * 500 {
		v := rng.NormFloat64()
		t["whole"] = append(t["whole"], math.Round(v*300))
		t["decimals"] = append(t["decimals"], math.Round(v*1e4)/1e4)
		t["digits"] = append(t["digits"], v)
		t["single"] = append(t["single"], float64(float32(v)))
	}
	return t
}

// BenchmarkText writes and reads matrices on one thread; bytes are those of
// the text.
func BenchmarkText(b *testing.B) {
	for name, values := range texts() {
		m := numbersOf(raster.BytesOf(values), 1, 1, 500, 500, raster.Native[float64](), 2)
		write := written[float64]
		if name == "single" {
			write = written[float32]
		}
		text := write(b, m, WriteOptions{Format: "csv", Digits: -1})
		b.Run(name+"/write", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				write(b, m, WriteOptions{Format: "csv", Digits: -1})
			}
		})
		b.Run(name+"/read", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Decode(bytes.NewReader(text), "b.csv", raster.ReadOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
