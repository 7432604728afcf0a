package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/memory"
)

// limited bounds memory during a test.
func limited(t *testing.T, limit int64) {
	t.Helper()
	memory.SetLimit(limit)
	t.Cleanup(func() { memory.SetLimit(0) })
}

// TestHeadersAreChecked: what a header asks for is compared with the limit before
// memory is taken, however small the file is.
func TestHeadersAreChecked(t *testing.T) {
	// One colour without loss: a signature, 14 bits of width and height less 1, and
	// tables of one symbol each.
	webp := append([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0e\x00\x00\x00\x2f"), 0xff, 0xff, 0xff, 0x0f, 0x10, 0x07, 0x10, 0x11, 0x11, 0x88, 0x88, 0xfe, 0x07)
	webp = append(webp, 0)
	head := func(w, h uint32, bits, colour byte) []byte {
		b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), 0, 0, 0, 0, 0, 0, 0, 0, bits, colour, 0, 0, 0, 0, 0, 0, 0)
		binary.BigEndian.PutUint32(b[16:], w)
		binary.BigEndian.PutUint32(b[20:], h)
		return b
	}
	limited(t, 32<<20)
	for name, data := range map[string][]byte{
		"webp":       webp,
		"grey PNG":   head(46000, 46000, 8, 0),
		"1-bit PNG":  head(46000, 46000, 1, 0),
		"16-bit PNG": head(2000, 2100, 16, 6),
		"BMP":        []byte(bmpOf(6000, 6000)),
		"GIF":        largeGIF(t, 8000, 8000, true),
	} {
		var space *memory.Error
		var bad *raster.DataError
		if _, err := Decode(bytes.NewReader(data), "x", ReadOptions{Select: raster.Number(0)}); !errors.As(err, &space) || errors.As(err, &bad) || !strings.HasPrefix(err.Error(), "x: a picture of ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// JSON is counted before its numbers are read.
	text := "[" + strings.Repeat("0,", 5<<20) + "0]"
	var space *memory.Error
	if _, err := Decode(strings.NewReader(text), "x", ReadOptions{}); !errors.As(err, &space) {
		t.Errorf("JSON: %v", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4000, 4000))); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(&b, "x", ReadOptions{}); err != nil {
		t.Errorf("a picture of 16 MB: %v", err)
	}
}

// largeGIF has a first frame of one pixel on a large screen. With more, a second
// frame fills it.
func largeGIF(t *testing.T, w, h int, more bool) []byte {
	t.Helper()
	colours := color.Palette{color.NRGBA{}, color.NRGBA{R: 255, A: 255}}
	frame := func(w, h int) *image.Paletted {
		m := image.NewPaletted(image.Rect(0, 0, w, h), colours)
		m.Pix[0] = 1
		return m
	}
	g := &gif.GIF{Config: image.Config{Width: w, Height: h, ColorModel: colours}, Image: []*image.Paletted{frame(1, 1)}, Delay: []int{0}}
	if more {
		g.Image, g.Delay = append(g.Image, frame(2, 1)), append(g.Delay, 0)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSmallFrame: a frame smaller than its screen is no file cut off, however few
// bytes there are for the screen.
func TestSmallFrame(t *testing.T) {
	for _, more := range []bool{false, true} {
		m, err := Decode(bytes.NewReader(largeGIF(t, 1500, 1200, more)), "x", ReadOptions{Select: raster.Number(0)})
		if err != nil {
			t.Fatal(err)
		}
		if s := m.Shape(); s.H != 1200 || s.W != 1500 {
			t.Errorf("got %v", s)
		}
		if got := floats(t, m)[0]; got != 1 {
			t.Errorf("the first pixel is %v", got)
		}
	}
	// A frame that claims more pixels than its bytes can hold is cut off.
	b := largeGIF(t, 20, 10, false)
	at := bytes.IndexByte(b[13:], 0x2c) + 13
	for b[at+5] != 1 || b[at+7] != 1 {
		at += 1 + bytes.IndexByte(b[at+1:], 0x2c)
	}
	copy(b[6:], "\xff\xff\xff\xff")
	copy(b[at+5:], "\xff\xff\xff\xff")
	if _, err := Decode(bytes.NewReader(b), "x", ReadOptions{MaxPixels: 1 << 33}); err == nil || !strings.Contains(err.Error(), "ends too early") {
		t.Errorf("a frame of 65535x65535: %v", err)
	}
}
