package imageio

import (
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// bmpWith makes a BMP of an info header, what follows it, and the pixels.
func bmpWith(w, h int32, bits uint16, compression uint32, colours, pixels string) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00"), uint32(54+len(colours)))
	b = le.AppendUint32(le.AppendUint32(le.AppendUint32(b, 40), uint32(w)), uint32(h))
	b = le.AppendUint16(le.AppendUint16(b, 1), bits)
	b = append(le.AppendUint32(b, compression), make([]byte, 20)...)
	return append(b, colours+pixels...)
}

// TestBMP reads pictures small enough to be told by hand.
func TestBMP(t *testing.T) {
	const greys = "\x00\x00\x00\x00\x10\x10\x10\x00\x20\x20\x20\x00\xff\xff\xff\x00"
	core := "BM\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x0c\x00\x00\x00\x03\x00\x01\x00\x01\x00\x01\x00\x00\x00\x00\x07\x07\x07\xa0\x00\x00\x00"
	masks := "\x00\xf8\x00\x00\xe0\x07\x00\x00\x1f\x00\x00\x00"
	for name, c := range map[string]struct {
		data []byte
		want []float64 // plane by plane
	}{
		"bottom up":     {bmpWith(3, 2, 8, 0, greys, "\x00\x01\x02\x00\x03\x02\x01\x00"), []float64{255, 32, 16, 0, 16, 32}},
		"top down":      {bmpWith(3, -2, 8, 0, greys, "\x00\x01\x02\x00\x03\x02\x01\x00"), []float64{0, 16, 32, 255, 32, 16}},
		"bits":          {bmpWith(3, 1, 1, 0, greys[:8], "\xa0\x00\x00\x00"), []float64{16, 0, 16}},
		"nibbles":       {bmpWith(3, 1, 4, 0, greys, "\x12\x30\x00\x00"), []float64{16, 32, 255}},
		"OS/2":          {[]byte(core), []float64{7, 0, 7}},
		"runs":          {bmpWith(3, 2, 8, 1, greys, "\x02\x01\x01\x03\x00\x00\x00\x03\x01\x02\x03\x00\x00\x01"), []float64{16, 32, 255, 16, 16, 255}},
		"runs moved on": {bmpWith(3, 2, 8, 1, greys, "\x00\x02\x01\x01\x02\x03\x00\x01"), []float64{0, 255, 255, 0, 0, 0}},
		"runs beyond":   {bmpWith(3, 1, 8, 1, greys, "\xff\x01\x00\x01"), []float64{16, 16, 16}},
		"runs of two":   {bmpWith(5, 1, 4, 2, greys, "\x02\x13\x00\x03\x21\x30\x00\x01"), []float64{16, 255, 32, 16, 255}},
		"colours":       {bmpWith(1, 1, 24, 0, "", "\x03\x02\x01\x00"), []float64{1, 2, 3}},
		"5 bits each":   {bmpWith(1, 1, 16, 0, "", "\x1f\x7c\x00\x00"), []float64{255, 0, 255}},
		"5, 6 and 5":    {bmpWith(1, 1, 16, 3, masks, "\xe0\x87\x00\x00"), []float64{132, 255, 0}},
		"no padding":    {bmpWith(1, 1, 24, 0, "", "\x03\x02\x01"), []float64{1, 2, 3}},
	} {
		m := decode(t, c.data, name, raster.ReadOptions{Values: raster.RawValues})
		if got := floats(t, m); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for name, data := range map[string][]byte{
		"ends too early": bmpWith(3, 2, 8, 0, greys, "\x00\x01\x02\x00"),
		"compression":    bmpWith(3, 2, 8, 4, greys, "\x00\x01\x02\x00"),
		"not positive":   bmpWith(-3, 2, 8, 0, greys, "\x00\x01\x02\x00"),
		"cut off":        bmpWith(30000, 30000, 8, 1, greys, "\x00\x01"),
	} {
		if _, err := Decode(strings.NewReader(string(data)), "x.bmp", raster.ReadOptions{}); err == nil || err == io.EOF || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}
