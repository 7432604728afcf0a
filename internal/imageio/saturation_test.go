package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// fits16 is a FITS file of 16-bit whole numbers with additional cards.
func fits16(h, w int, values []int16, cards ...string) string {
	var b strings.Builder
	for _, c := range append([]string{"SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   =                    2",
		fmt.Sprintf("NAXIS1  = %20d", w), fmt.Sprintf("NAXIS2  = %20d", h)}, append(cards, "END")...) {
		fmt.Fprintf(&b, "%-80s", c)
	}
	b.WriteString(strings.Repeat(" ", fitsFill(b.Len())))
	var data bytes.Buffer
	if err := binary.Write(&data, binary.BigEndian, values); err != nil {
		panic(err)
	}
	return b.String() + data.String() + strings.Repeat("\x00", fitsFill(data.Len()))
}

// peak is a smooth hill of a given height on 40 x 40 places, cut off at most.
func peak(height, most float64) []int16 {
	v := make([]int16, 1600)
	for i := range v {
		y, x := float64(i/40)-19.5, float64(i%40)-19.5
		v[i] = int16(math.Round(100 + math.Min(most-100, height*math.Exp(-(y*y+x*x)/50))))
	}
	return v
}

func TestSaturation(t *testing.T) {
	none := math.Inf(1)
	pgm := func(full int, v []int16) string {
		var b strings.Builder
		fmt.Fprintf(&b, "P2\n40 40\n%d\n", full)
		for _, x := range v {
			fmt.Fprintln(&b, x)
		}
		return b.String()
	}
	npy := func(descr string, v any) string {
		var b bytes.Buffer
		head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (40, 40), }", descr)
		fmt.Fprintf(&b, "\x93NUMPY\x01\x00")
		_ = binary.Write(&b, binary.LittleEndian, uint16(118))
		fmt.Fprintf(&b, "%-117s\n", head)
		_ = binary.Write(&b, binary.LittleEndian, v)
		return b.String()
	}
	bytesOf := func(v []int16) []uint8 {
		b := make([]uint8, len(v))
		for i, x := range v {
			b[i] = uint8(x)
		}
		return b
	}
	wide := func(v []int16) []int64 {
		b := make([]int64, len(v))
		for i, x := range v {
			b[i] = int64(x)
		}
		return b
	}
	fractions := func(v []int16) []float64 {
		b := make([]float64, len(v))
		for i, x := range v {
			b[i] = float64(x) / 7
		}
		return b
	}
	drawing := make([]int64, 1600)
	for i := range drawing {
		drawing[i] = int64(i/40%2) * 1000
	}
	hill, cut := peak(9000, none), peak(9000, 5000)
	for _, c := range []struct {
		name, data string
		o          raster.ReadOptions
		low, high  float64
	}{
		{"fits, a smooth peak", fits16(40, 40, hill), raster.ReadOptions{}, -32768, 32767},
		{"fits, a broad peak of few steps", fits16(40, 40, peak(500, none)), raster.ReadOptions{}, -32768, 32767},
		{"fits, a plateau", fits16(40, 40, cut), raster.ReadOptions{}, -32768, 5000},
		{"fits, unsigned", fits16(40, 40, cut, "BZERO   =              32768.0"), raster.ReadOptions{}, 0, 37768},
		{"fits, the card", fits16(40, 40, hill, "SATURATE=               4000.0 / ADU"), raster.ReadOptions{}, -32768, 4000},
		{"fits, a card that is no number", fits16(40, 40, hill, "SATURATE= 'never   '"), raster.ReadOptions{}, -32768, 32767},
		{"npy, 64 bit, a plateau", npy("<i8", wide(cut)), raster.ReadOptions{}, -none, 5000},
		{"npy, 64 bit, a smooth peak", npy("<i8", wide(hill)), raster.ReadOptions{}, -none, none},
		{"npy, 64 bit, a drawing", npy("<i8", drawing), raster.ReadOptions{}, -none, none},
		{"npy, floats, a plateau", npy("<f8", fractions(cut)), raster.ReadOptions{}, -none, 5000. / 7},
		{"npy, floats, a smooth peak", npy("<f8", fractions(hill)), raster.ReadOptions{}, -none, none},
		{"npy, floats, a drawing", npy("<f8", fractions(peak(1, 1))), raster.ReadOptions{}, -none, none},
		{"npy, bytes", npy("|u1", bytesOf(peak(50, 120))), raster.ReadOptions{}, 0, 255},
		{"pgm, 16 bit, a plateau", pgm(65535, cut), raster.ReadOptions{Values: raster.RawValues}, 0, 5000},
		{"pgm, 16 bit, a plateau of 0..1", pgm(65535, cut), raster.ReadOptions{}, 0, 5000. / 65535},
		{"pgm, 8 bit: what is not white is not saturated", pgm(255, peak(90, 140)), raster.ReadOptions{}, 0, 1},
		{"text", "1,2\n", raster.ReadOptions{}, -none, none},
	} {
		m, err := Decode(strings.NewReader(c.data), "x", c.o)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		low, high, why, err := m.Saturation()
		if low != c.low || high != c.high || err != nil || (why != "") != (c.low > -none || c.high < none) {
			t.Errorf("%s: %v to %v (%q, %v), want %v to %v", c.name, low, high, why, err, c.low, c.high)
		}
	}
}

// Few pixels at the end of a type may be there by chance, but not at the level of
// the header, nor are those of a drawing clipped.
func TestSaturated(t *testing.T) {
	hill := peak(9000, math.Inf(1))
	few, many := append([]int16(nil), hill...), append([]int16(nil), hill...)
	few[0] = math.MaxInt16
	many[0], many[1] = math.MaxInt16, math.MaxInt16
	for name, c := range map[string]struct {
		data string
		want int
	}{
		"none":        {fits16(40, 40, hill), 0},
		"by chance":   {fits16(40, 40, few), 0},
		"many":        {fits16(40, 40, many), 2},
		"header":      {fits16(40, 40, few, "SATURATE= 20000"), 1},
		"drawing":     {"P1\n4 2\n0 1 1 0\n1 1 0 0\n", 0},
		"grey levels": {"P2\n4 2\n9\n0 1 9 9\n9 3 0 0\n", 3},
	} {
		m, err := Decode(strings.NewReader(c.data), name, raster.ReadOptions{})
		if err != nil {
			t.Fatal(name, err)
		}
		if n, _, err := m.Saturated(); err != nil || n != c.want {
			t.Errorf("%s: %d pixels, error %v; want %d", name, n, err, c.want)
		}
	}
}
