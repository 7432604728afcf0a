package imageio

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color/palette"
	"image/gif"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The first of two frames, of which ImageMagick made (gradient:red-blue and its
// negative, 9x7) a WebP without loss and, half transparent, one with loss.
func TestMovingWebP(t *testing.T) {
	for name, alpha := range map[string]float64{"moving.webp": 255, "moving_alpha.webp": 128} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		m := decode(t, data, name, ReadOptions{Values: RawValues, Alpha: AlphaFilter})
		if m.h != 7 || m.w != 9 || m.Pictures() != 2 {
			t.Fatalf("%s: %d x %d, %d pictures", name, m.h, m.w, m.Pictures())
		}
		d := floats(t, m)
		for y := range 7 {
			want := [3]float64{255 * float64(6-y) / 6, 0, 255 * float64(y) / 6}
			for c, v := range want {
				v *= alpha / 255
				near := 0.6
				if alpha < 255 {
					near = 25 // of a picture with loss, whose colours are halved
				}
				if got := d[(c*7+y)*9+4]; math.Abs(got-v) > near {
					t.Errorf("%s: row %d, plane %d: %v, want %v", name, y, c, got, v)
				}
			}
			if m.alpha && d[(3*7+y)*9+4] != alpha {
				t.Errorf("%s: alpha %v, want %v", name, d[(3*7+y)*9+4], alpha)
			}
		}
		for n := range len(data) { // cut off anywhere, it is an error or a picture
			if _, err := Decode(bytes.NewReader(data[:n]), name, ReadOptions{}); err == nil && n < 120 {
				t.Errorf("%s: %d bytes make a picture", name, n)
			}
		}
	}
}

func TestGIFFrames(t *testing.T) {
	for frames := 1; frames < 4; frames++ {
		g := &gif.GIF{}
		for i := range frames {
			p := image.NewPaletted(image.Rect(0, 0, 5, 4), palette.Plan9)
			p.Pix[3] = uint8(i)
			if i == 1 {
				p.Palette = palette.WebSafe // a table of its own
			}
			g.Image, g.Delay = append(g.Image, p), append(g.Delay, 10)
		}
		var b bytes.Buffer
		if err := gif.EncodeAll(&b, g); err != nil {
			t.Fatal(err)
		}
		if m := decode(t, b.Bytes(), "x.gif", ReadOptions{}); m.Pictures() != frames {
			t.Errorf("%d frames are counted as %d", frames, m.Pictures())
		}
	}
}

// Directories of a TIFF: two, of which the second may be a smaller copy, or lead
// to itself.
func TestTIFFPages(t *testing.T) {
	one := through[float32](t, picture(1, 8), WriteOptions{Format: "tif"})
	be := binary.BigEndian
	start := be.Uint32(one[4:])
	end := start + 2 + 12*uint32(be.Uint16(one[start:]))
	add := func(b []byte, link uint32, kind uint32) []byte {
		b = slices.Clone(b)
		be.PutUint32(b[end:], uint32(len(b)))
		b = be.AppendUint16(b, 1)
		b = be.AppendUint32(append(b, 0, tagSubfile, 0, 4), 1)
		b = be.AppendUint32(b, kind)
		return be.AppendUint32(b, link)
	}
	for want, file := range map[int][]byte{1: add(one, 0, 1), 2: add(one, uint32(len(one)), 0)} {
		if m := decode(t, file, "x.tif", ReadOptions{}); m.Pictures() != want {
			t.Errorf("%d pictures, want %d", m.Pictures(), want)
		}
	}
	if m := decode(t, one, "x.tif", ReadOptions{}); m.Pictures() != 1 {
		t.Errorf("%d pictures in one", m.Pictures())
	}
}

func TestPNMFollowed(t *testing.T) {
	one := "P5 2 1 255\nab"
	for file, want := range map[string]int{one: 0, one + one: SeveralPictures, one + "\n": 0} {
		if m := decode(t, []byte(file), "x", ReadOptions{}); m.Pictures() != want {
			t.Errorf("%q: %d pictures, want %d", file, m.Pictures(), want)
		}
	}
}

func TestPackedFiles(t *testing.T) {
	_, err := Decode(strings.NewReader("\x1f\x8b\x08 and so on"), "x.fits.gz", ReadOptions{})
	if bad, ok := err.(*DataError); !ok || !strings.Contains(bad.Hint, "gunzip -c x.fits.gz") {
		t.Errorf("%v", err)
	}
}
