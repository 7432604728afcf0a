package imageio

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"os"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/convkit/convkit/internal/imageio/json"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// seeds gives a few good files of a format; the fuzzer breaks them.
func seeds(f *testing.F, format string) {
	for _, channels := range []int{1, 2, 3, 4} {
		for _, depth := range []int{8, 16} {
			m := picture(channels, depth)
			m.Samples().H, m.Samples().W = 3, 5
			var out bytes.Buffer
			w, err := Create("-", &out, m.Shape(), WriteOptions{Format: format, Like: m, Digits: -1})
			if err != nil {
				continue
			}
			if err := pump(raster.Rows[float32](m), SinkOf[float32](w)); err != nil {
				f.Fatal(err)
			}
			if err := w.Close(); err != nil {
				f.Fatal(err)
			}
			f.Add(out.Bytes())
		}
	}
}

// fuzz: whatever the bytes, the reader of a format gives an image whose every
// row can be read, however it is looked at, or an error.
func fuzz(f *testing.F, format string) {
	pages := 1
	if f, ok := lookup(format); ok && f.Pages() {
		pages = 2
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for page := range pages {
			fuzzOne(t, data, raster.ReadOptions{Format: format, Select: raster.Number(page), MaxPixels: 1 << 16, Layout: "hwc"})
		}
	})
}

func fuzzOne(t *testing.T, data []byte, o raster.ReadOptions) {
	m, err := Decode(bytes.NewReader(data), "x", o)
	if err != nil {
		return
	}
	s := m.Shape()
	if s.N < 1 || s.C < 1 || s.H < 1 || s.W < 1 {
		t.Fatalf("an image of %v", s)
	}
	for _, o := range []raster.ReadOptions{{Alpha: raster.AlphaDrop}, {Alpha: raster.AlphaFilter}, {Gray: true, Linear: true}, {Gray: true, Alpha: raster.AlphaFilter, Values: raster.RawValues}} {
		m = m.Samples().View(o)
		if _, err := tensor.Collect(raster.Rows[float32](m)); err != nil && m.Samples().Pending == nil {
			t.Fatal(err)
		}
		if _, err := tensor.Collect(raster.Rows[float64](m)); err != nil && m.Samples().Pending == nil {
			t.Fatal(err)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"1,2\n3,4\n", "1 2\n\n3 4\n", "\xef\xbb\xbf# x\n1;nan\r\n-inf;1e-3", "1\t2\n\n\n", "0x1p-2,1_0", "1e999", "-.5e+07", "\xff\xfe1\x00,\x002\x00\n\x00"} {
		f.Add([]byte(s))
	}
	fuzz(f, "csv")
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{"[1]", "[[1,2],[3,4]]", `{"kernel": [[[[1]]]], "bias": [1]}`, `{"kernel": [1], "bias": -1e3}`, "[[],[]]", "{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dims, values, _, err := json.ParseArray(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		n := 1
		for _, d := range dims {
			n *= d
		}
		if n != len(values) || len(dims) > 4 {
			t.Fatalf("%v holds %d numbers", dims, len(values))
		}
	})
}

func FuzzNPY(f *testing.F) { seeds(f, "npy"); fuzz(f, "npy") }

func FuzzFITS(f *testing.F) {
	seeds(f, "fits")
	for k := 1; k <= tiledImages; k++ {
		f.Add(tiledPart(f, k))
	}
	fuzz(f, "fits")
}

func FuzzPFM(f *testing.F) { seeds(f, "pfm"); fuzz(f, "pfm") }

func FuzzTIFF(f *testing.F) {
	seeds(f, "tif")
	for _, name := range []string{"jpeg_rgb.tif", "zstd.tif"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	fuzz(f, "tif")
}

func FuzzPNM(f *testing.F) {
	seeds(f, "pgm")
	seeds(f, "ppm")
	f.Add([]byte("P1\n# c\n3 2\n101010"))
	f.Add([]byte("P4\n3 2\n\xa0\x40"))
	f.Add([]byte("P2 2 1 1000 3 999"))
	fuzz(f, "")
}

func FuzzPNG(f *testing.F) {
	seeds(f, "png")
	addFiles(f, "*.png", 20)
	fuzz(f, "png")
}

func FuzzJPEG(f *testing.F) {
	seeds(f, "jpg")
	addFiles(f, "*.jpeg", 3)
	fuzz(f, "jpg")
}

func FuzzGIF(f *testing.F) {
	addFiles(f, "*.gif", 3)
	var b bytes.Buffer // and one that moves
	p := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.NRGBA{}, color.Black, color.White})
	q := image.NewPaletted(image.Rect(1, 1, 2, 2), p.Palette)
	g := &gif.GIF{Image: []*image.Paletted{p, q, p}, Delay: make([]int, 3), Disposal: []byte{1, 3, 2}}
	if err := gif.EncodeAll(&b, g); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	fuzz(f, "gif")
}

func FuzzBMP(f *testing.F) {
	for _, m := range []image.Image{image.NewGray(image.Rect(0, 0, 5, 3)), image.NewNRGBA(image.Rect(0, 0, 5, 3)), image.NewRGBA(image.Rect(0, 0, 5, 3))} {
		var b bytes.Buffer
		if err := bmp.Encode(&b, m); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	fuzz(f, "bmp")
}

// FuzzWebP begins with a picture of one red pixel without loss.
func FuzzWebP(f *testing.F) {
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	fuzz(f, "webp")
}

// addFiles seeds with the smallest of Go's own pictures, broken ones too.
func addFiles(f *testing.F, pattern string, most int) {
	for _, path := range goPictures(f, pattern) {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 8<<10 && most > 0 {
			f.Add(data)
			most--
		}
	}
}
