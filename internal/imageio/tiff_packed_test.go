package imageio

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// TestTIFFOfLibtiff reads the ramp of testdata/tiff.py.
func TestTIFFOfLibtiff(t *testing.T) {
	for name, within := range map[string]float64{"zstd.tif": 0, "jpeg_rgb.tif": 4} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		m := decode(t, data, name, raster.ReadOptions{Values: raster.RawValues})
		if s := m.Shape(); s.C != 3 || s.H != 19 || s.W != 21 {
			t.Fatalf("%s: %v", name, s)
		}
		got := floats(t, m)
		for y := range 19 {
			for x := range 21 {
				for c, want := range []int{10 * x, 10 * y, 5*x + 5*y} {
					if v := got[(c*19+y)*21+x]; math.Abs(v-float64(want)) > within {
						t.Errorf("%s: plane %d at %d,%d is %v, not %d", name, c, y, x, v, want)
					}
				}
			}
		}
	}
}

// split takes the tables out of a JPEG, as TIFF has them once for all strips.
func split(t *testing.T, file []byte) (tables, rest []byte) {
	tables, rest = []byte("\xff\xd8"), []byte("\xff\xd8")
	for b := file[2:]; ; {
		kind, n := b[1], 2+int(b[2])<<8+int(b[3])
		switch kind {
		case 0xda:
			return append(tables, "\xff\xd9"...), append(rest, b...)
		case 0xdb, 0xc4:
			tables = append(tables, b[:n]...)
		default:
			rest = append(rest, b[:n]...)
		}
		b = b[n:]
	}
}

// TestJPEGInTIFF: a strip gives the pixels of the JPEG that it is.
func TestJPEGInTIFF(t *testing.T) {
	rect := image.Rect(0, 0, 21, 19)
	grey, colour := image.NewGray(rect), image.NewRGBA(rect)
	for y := range 19 {
		for x := range 21 {
			grey.SetGray(x, y, color.Gray{uint8(x*y + 3*x)})
			colour.SetRGBA(x, y, color.RGBA{uint8(12 * x), uint8(200 - 9*y), uint8(x * y), 255})
		}
	}
	for samples, img := range map[int]image.Image{1: grey, 3: colour} {
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, nil); err != nil {
			t.Fatal(err)
		}
		want := floats(t, decode(t, file.Bytes(), "x.jpg", raster.ReadOptions{Values: raster.RawValues}))
		photometric := blackIsZero
		if samples == 3 {
			photometric = photometricYCbCr
		}
		tags := map[int][]int{tagWidth: {21}, tagHeight: {19}, tagBits: {8}, tagSamples: {samples}, tagPhotometric: {photometric}, tagCompression: {7}}
		got := floats(t, decode(t, tiffOf(file.Bytes(), tags), "x", raster.ReadOptions{Values: raster.RawValues}))
		if !slices.Equal(got, want) {
			t.Errorf("%d samples: whole JPEG differs", samples)
		}
		tables, rest := split(t, file.Bytes())
		for _, b := range tables {
			tags[tagJPEGTables] = append(tags[tagJPEGTables], int(b))
		}
		if got := floats(t, decode(t, tiffOf(rest, tags), "x", raster.ReadOptions{Values: raster.RawValues})); !slices.Equal(got, want) {
			t.Errorf("%d samples: JPEG with shared tables differs", samples)
		}
		tags[tagWidth] = []int{40}
		if _, err := Decode(bytes.NewReader(tiffOf(rest, tags)), "x", raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "a JPEG of 19x21") {
			t.Errorf("too narrow a JPEG: %v", err)
		}
	}
}

// A strip that claims a huge window, or holds more than its rows, takes no
// memory for it.
func TestZstdInTIFF(t *testing.T) {
	six := []byte{1, 2, 3, 4, 5, 250}
	z, err := zstd.NewWriter(nil, zstd.WithWindowSize(128<<20))
	if err != nil {
		t.Fatal(err)
	}
	stream := func(b []byte) []byte {
		var out bytes.Buffer
		z.Reset(&out)
		if _, err := z.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := z.Flush(); err != nil { // so that the size is not in the header
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, c := range map[string]struct {
		strip []byte
		want  string
	}{
		"with its size": {z.EncodeAll(six, nil), ""},
		"with a window": {stream(six), ""},
		"cut off":       {stream(six[:4]), "ends too early"},
		"a bomb":        {stream(make([]byte, 16<<20)), "window size exceeded"},
	} {
		tags := map[int][]int{tagWidth: {3}, tagHeight: {2}, tagBits: {8}, tagCompression: {50000}}
		m, err := Decode(bytes.NewReader(tiffOf(c.strip, tags)), "x", raster.ReadOptions{Values: raster.RawValues})
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v", name, err)
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == "" && !slices.Equal(floats(t, m), []float64{1, 2, 3, 4, 5, 250}):
			t.Errorf("%s: %v", name, floats(t, m))
		}
	}
}

// TestTIFFRefusals: what is known but not read has its name, and a way out.
func TestTIFFRefusals(t *testing.T) {
	for want, change := range map[string]map[int][]int{
		"LZMA (compression 34925)":     {tagCompression: {34925}},
		"WebP (compression 50001)":     {tagCompression: {50001}},
		"JPEG 2000":                    {tagCompression: {33004}},
		"old-style JPEG":               {tagCompression: {6}},
		"not known (compression 4711)": {tagCompression: {4711}},
		"colours are CMYK":             {tagPhotometric: {5}, tagSamples: {4}},
		"colours are CIELab":           {tagPhotometric: {8}, tagSamples: {3}},
		"colours are YCbCr":            {tagPhotometric: {6}, tagSamples: {3}},
		"1 samples of 12 bits":         {tagBits: {12}},
		"3 samples of 5, 6, 5 bits":    {tagBits: {5, 6, 5}, tagPhotometric: {2}, tagSamples: {3}},
		"16 bits of format 5":          {tagBits: {16}, tagSampleFormat: {5}},
	} {
		tags := map[int][]int{tagWidth: {3}, tagHeight: {2}, tagBits: {8}}
		for k, v := range change {
			tags[k] = v
		}
		_, err := Decode(bytes.NewReader(tiffOf(make([]byte, 64), tags)), "dir/x.tif", raster.ReadOptions{})
		var bad *raster.DataError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) || !strings.HasSuffix(bad.Hint, " dir/x-new.tif") {
			t.Errorf("got %+v, want %s", bad, want)
			continue
		}
		way := "convert it first: convert dir/x.tif -" // for colours, which change
		if _, packed := change[tagCompression]; packed {
			way = "convert it first: tiffcp -c lzw dir/x.tif " // keeps the samples as they are
		}
		if !strings.HasPrefix(bad.Hint, way) {
			t.Errorf("%s: hint %q", want, bad.Hint)
		}
	}
}
