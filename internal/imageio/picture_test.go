package imageio

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// TestPictures reads every JPEG and GIF of Go's own tests: the colours that Go
// gives, in one plane where they are grey. From the samples of a JPEG they are
// made by jpegRGB, which has a test of its own.
func TestPictures(t *testing.T) {
	for _, path := range append(goPictures(t, "*.jpeg"), goPictures(t, "*.gif")...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, _, goErr := image.Decode(bytes.NewReader(data))
			m, err := Decode(bytes.NewReader(data), path, raster.ReadOptions{Values: raster.RawValues})
			if (err != nil) != (goErr != nil) {
				t.Fatalf("got %v, Go %v", err, goErr)
			}
			if err != nil {
				return
			}
			if _, grey := want.(*image.Gray); grey != (m.Shape().C == 1) && filepath.Ext(path) == ".jpeg" {
				t.Errorf("%d planes", m.Shape().C)
			}
			p, jfif := want.(*image.YCbCr)
			if jfif && p.SubsampleRatio != image.YCbCrSubsampleRatio444 {
				return // Go does not interpolate colours
			}
			got := floats(t, m)
			b := want.Bounds()
			n := b.Dx() * b.Dy()
			for i := range n {
				x, y := b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx()
				c := color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
				if jfif {
					s := p.YCbCrAt(x, y)
					c.R, c.G, c.B = goimage.JPEGToRGB(s.Y, s.Cb, s.Cr)
				}
				for k, v := range [3]uint8{c.R, c.G, c.B} {
					if k < m.Shape().C && got[k*n+i] != float64(v) {
						t.Fatalf("plane %d, pixel %d: %v, want %d", k, i, got[k*n+i], v)
					}
				}
			}
		})
	}
}

// withOrientation puts an EXIF block behind the first marker of a JPEG.
func withOrientation(data []byte, o byte) []byte {
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[len(exif)-7] = o
	return slices.Concat(data[:2], exif, data[2:])
}

// TestOrientation: a picture that is dark at the left, turned as EXIF says.
func TestOrientation(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range img.Pix {
		img.Pix[i] = 20
		if i%16 >= 8 {
			img.Pix[i] = 220
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	for o, want := range map[byte][2]float64{1: {20, 220}, 2: {220, 20}, 3: {220, 20}, 6: {20, 20}, 8: {220, 220}} {
		m := decode(t, withOrientation(b.Bytes(), o), "x", raster.ReadOptions{Values: raster.RawValues})
		got := floats(t, m)
		turned := o >= 5
		if m.Shape().C != 1 || turned != (m.Samples().H == 16) {
			t.Fatalf("orientation %d: %v", o, m.Shape())
		}
		if left, right := got[0], got[m.Samples().W-1]; math.Abs(left-want[0]) > 2 || math.Abs(right-want[1]) > 2 {
			t.Errorf("orientation %d: the upper corners are %v and %v", o, left, right)
		}
	}
}

func TestJPEGOut(t *testing.T) {
	for _, channels := range []int{1, 3} {
		m := pixelsOf(bytes.Repeat([]byte{30, 120, 200}[:channels], 64), 8, 8, channels, 8, raster.U8)
		img, err := jpeg.Decode(bytes.NewReader(through[float32](t, m, WriteOptions{Format: "jpg"})))
		if err != nil {
			t.Fatal(err)
		}
		r, _, b, _ := img.At(3, 3).RGBA()
		if math.Abs(float64(r>>8)-30) > 3 || channels == 3 && math.Abs(float64(b>>8)-200) > 3 {
			t.Errorf("%d channels: %d, %d", channels, r>>8, b>>8)
		}
	}
}

// TestGreyPalettes: GIF and BMP hold greys as a palette.
func TestGreyPalettes(t *testing.T) {
	pal := make(color.Palette, 256)
	for i := range pal {
		pal[i] = color.RGBA{uint8(i), uint8(i), uint8(i), 255}
	}
	img := image.NewPaletted(image.Rect(0, 0, 3, 1), pal)
	copy(img.Pix, []byte{5, 100, 250})
	var a, b bytes.Buffer
	if err := gif.Encode(&a, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := bmp.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"gif": a.Bytes(), "bmp": b.Bytes()} {
		m := decode(t, data, "x", raster.ReadOptions{Values: raster.RawValues})
		if got := floats(t, m); !slices.Equal(got, []float64{5, 100, 250}) {
			t.Errorf("%s: %v %v", name, m.Shape(), got)
		}
	}
}
