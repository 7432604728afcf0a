package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// The first of two frames, of which ImageMagick made (gradient:red-blue and its
// negative, 9x7) a WebP without loss and, half transparent, one with loss.
func TestMovingWebP(t *testing.T) {
	for name, alpha := range map[string]float64{"moving.webp": 255, "moving_alpha.webp": 128} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		m := decode(t, data, name, raster.ReadOptions{Values: raster.RawValues, Alpha: raster.AlphaFilter})
		if m.Samples().H != 7 || m.Samples().W != 9 || m.Pictures() != 2 {
			t.Fatalf("%s: %d x %d, %d pictures", name, m.Samples().H, m.Samples().W, m.Pictures())
		}
		if m.HasAlpha() != (alpha < 255) {
			t.Errorf("%s: alpha %v", name, m.HasAlpha())
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
			if m.HasAlpha() && d[(3*7+y)*9+4] != alpha {
				t.Errorf("%s: alpha %v, want %v", name, d[(3*7+y)*9+4], alpha)
			}
		}
		for n := range len(data) { // cut off anywhere, it is an error or a picture
			if _, err := Decode(bytes.NewReader(data[:n]), name, raster.ReadOptions{}); err == nil && n < 120 {
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
		if m := decode(t, b.Bytes(), "x.gif", raster.ReadOptions{Select: raster.Number(0)}); m.Pictures() != frames {
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
		if m := decode(t, file, "x.tif", raster.ReadOptions{Select: raster.Number(0)}); m.Pictures() != want {
			t.Errorf("%d pictures, want %d", m.Pictures(), want)
		}
	}
	if m := decode(t, one, "x.tif", raster.ReadOptions{}); m.Pictures() != 1 {
		t.Errorf("%d pictures in one", m.Pictures())
	}
}

func TestPNMFollowed(t *testing.T) {
	one := "P5 2 1 255\nab"
	for file, want := range map[string]int{one: 0, one + one: raster.SeveralPictures, one + "\n": 0} {
		if m := decode(t, []byte(file), "x", raster.ReadOptions{}); m.Pictures() != want {
			t.Errorf("%q: %d pictures, want %d", file, m.Pictures(), want)
		}
	}
}

// TestGIFPages: a frame is what is seen when it has been drawn, as it says what
// becomes of the ones before.
func TestGIFPages(t *testing.T) {
	colours := color.Palette{color.NRGBA{}, color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 90, 0, 255}, color.NRGBA{7, 7, 7, 255}}
	frame := func(r image.Rectangle, index uint8) *image.Paletted {
		p := image.NewPaletted(r, colours)
		for i := range p.Pix {
			p.Pix[i] = index
		}
		return p
	}
	all := image.Rect(0, 0, 3, 1)
	g := &gif.GIF{
		Image: []*image.Paletted{frame(all, 1), frame(image.Rect(1, 0, 2, 1), 2), frame(image.Rect(2, 0, 3, 1), 3), frame(image.Rect(0, 0, 1, 1), 0), frame(all, 0)},
		Delay: make([]int, 5), Disposal: []byte{gif.DisposalNone, gif.DisposalPrevious, gif.DisposalBackground, gif.DisposalNone, gif.DisposalNone},
		Config: image.Config{Width: 3, Height: 1, ColorModel: colours},
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	for page, want := range [][]float64{{200, 200, 200, 0, 0, 0, 0, 0, 0}, {200, 0, 200, 0, 90, 0, 0, 0, 0}, {200, 200, 7, 0, 0, 7, 0, 0, 7}, {200, 200, 0, 0, 0, 0, 0, 0, 0}, {200, 200, 0, 0, 0, 0, 0, 0, 0}} {
		m := decode(t, b.Bytes(), "x", raster.ReadOptions{Values: raster.RawValues, Select: raster.Number(page)})
		if got := floats(t, m); !slices.Equal(got, want) {
			t.Errorf("page %d: %v, want %v", page, got, want)
		}
		if clear := page >= 3; page > 0 && m.HasAlpha() != clear {
			t.Errorf("page %d: alpha %v", page, m.HasAlpha())
		}
	}
	// A first frame that leaves a part of the screen free.
	g.Image, g.Delay, g.Disposal = []*image.Paletted{frame(image.Rect(1, 0, 2, 1), 2)}, []int{0}, nil
	var small bytes.Buffer
	if err := gif.EncodeAll(&small, g); err != nil {
		t.Fatal(err)
	}
	m := decode(t, small.Bytes(), "x", raster.ReadOptions{Values: raster.RawValues})
	if got := floats(t, m); !m.HasAlpha() || !slices.Equal(got, []float64{0, 0, 0, 0, 90, 0, 0, 0, 0}) {
		t.Errorf("a small frame: %v", got)
	}
	if _, err := Decode(bytes.NewReader(b.Bytes()), "x", raster.ReadOptions{Select: raster.Number(5)}); err == nil || !strings.Contains(err.Error(), "no page 5: the file has 5, from 0 to 4") {
		t.Errorf("%v", err)
	}
}

// TestPages: pages of TIFF, also of one that another decoder reads, and parts of
// FITS.
func TestPages(t *testing.T) {
	part := func(extension string, values ...byte) []byte {
		first := "SIMPLE  =                    T"
		if extension != "" {
			first = "XTENSION= '" + extension + "'"
		}
		return []byte(fitsPart(string(values), first, "BITPIX  =                    8", "NAXIS   =                    2", fmt.Sprintf("NAXIS1  = %20d", len(values)), "NAXIS2  =                    1"))
	}
	fits := slices.Concat(part("", 1, 2), part("BINTABLE", 3, 4), part("IMAGE   ", 5, 6))
	link := func(first, second []byte) []byte { // the second's directory has its own offsets
		le := binary.LittleEndian
		out := slices.Clone(first)
		start := le.Uint32(out[4:])
		le.PutUint32(out[start+2+12*uint32(le.Uint16(out[start:])):], uint32(len(out))+le.Uint32(second[4:]))
		moved := slices.Clone(second)
		at := le.Uint32(moved[4:])
		for e := moved[at+2:]; len(e) > 12; e = e[12:] {
			if le.Uint16(e) == tagStripOffsets {
				le.PutUint32(e[8:], le.Uint32(e[8:])+uint32(len(out)))
			}
		}
		return append(out, moved...)
	}
	page := func(strip []byte, change map[int][]int) []byte {
		tags := map[int][]int{tagWidth: {2}, tagHeight: {1}, tagBits: {8}}
		for k, v := range change {
			tags[k] = v
		}
		return tiffOf(strip, tags)
	}
	fax := map[int][]int{tagBits: {1}, tagCompression: {4}, tagPhotometric: {0}}   // left to golang.org/x/image
	zeros := map[int][]int{tagBits: {1}, tagCompression: {4}, tagPhotometric: {1}} // the same runs, of which white ones are black
	tif := link(page([]byte{1, 2}, nil), page([]byte{5, 6}, nil))
	bits := link(page([]byte{0x80, 0x08, 0x00, 0x80}, fax), page([]byte{0x23, 0xa0, 0x01, 0x00, 0x10}, fax))
	for _, c := range []struct {
		file []byte
		page int
		want string
	}{
		{fits, 0, "[1 2]"}, {fits, 1, "number 1 is not a picture but a table: the file has the numbers 0 and 2"}, {fits, 2, "[5 6]"}, {fits, 3, "no page 3: the file has 3, from 0 to 2"},
		{tif, 0, "[1 2]"}, {tif, 1, "[5 6]"}, {tif, 2, "no page 2: the file has 2, from 0 to 1"},
		{bits, 0, "[255 255]"}, {bits, 1, "[255 0]"}, {page([]byte{0x23, 0xa0, 0x01, 0x00, 0x10}, zeros), 0, "[0 255]"},
		{[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), 1, "no page 1: the file has none"},
		{[]byte("P2 2 1 9 1 2"), 1, "of pgm the first picture is read"},
	} {
		m, err := Decode(bytes.NewReader(c.file), "x", raster.ReadOptions{Values: raster.RawValues, Select: raster.Number(c.page)})
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(floats(t, m))
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("page %d: %s, want %s", c.page, got, c.want)
		}
	}
}

// TestGIFUnseenColours: the transparent colour of a GIF is kept, from the
// table of the file or of the picture.
func TestGIFUnseenColours(t *testing.T) {
	p := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.RGBA{}, color.RGBA{7, 8, 9, 255}})
	p.Pix[1] = 1
	for _, table := range []int{13, 0} { // where the file's begins; 0 for the picture's own
		g := &gif.GIF{Image: []*image.Paletted{p}, Delay: []int{0}}
		if table > 0 {
			g.Config = image.Config{ColorModel: p.Palette, Width: 2, Height: 1}
		}
		var b bytes.Buffer
		if err := gif.EncodeAll(&b, g); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		at := bytes.Index(data, []byte{0, 0, 0, 7, 8, 9})
		if table > 0 && at != table {
			t.Fatalf("colours at %d", at)
		}
		copy(data[at:], []byte{1, 2, 3})
		m := decode(t, data, "a.gif", raster.ReadOptions{Values: raster.RawValues})
		if got := floats(t, m); !m.HasAlpha() || !slices.Equal(got, []float64{1, 7, 2, 8, 3, 9}) {
			t.Errorf("%v, alpha %v", got, m.HasAlpha())
		}
	}
}
