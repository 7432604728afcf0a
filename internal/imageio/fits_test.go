package imageio

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// fitsPart is a header of cards and data, both filled up to blocks.
func fitsPart(data string, cards ...string) string {
	var b strings.Builder
	for _, c := range append(cards, "END") {
		fmt.Fprintf(&b, "%-80s", c)
	}
	b.WriteString(strings.Repeat(" ", fitsFill(b.Len())))
	b.WriteString(data + strings.Repeat("\x00", fitsFill(len(data))))
	return b.String()
}

var described = []string{"BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =                    3", "NAXIS2  =                    2",
	"OBJECT  = 'M 31 / south'", "CRPIX1  =                 10.5 / [pix] from 1", "CRPIX2A =               -4E+01", "BLANK   =                    9",
	"CHECKSUM= 'x'", "DATE-OBS= '2020-01-01'", "HISTORY  flat = done", "COMMENT   \xff", ""}

// An image in an extension, after an empty part; a table and another image
// follow.
func extended() string {
	empty := fitsPart("", "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0")
	table := fitsPart("0123456789", "XTENSION= 'BINTABLE'", "BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =                    5", "NAXIS2  =                    2", "PCOUNT  =                    0")
	first := fitsPart("\x01\x02\x03\x04\x05\x06", append([]string{"XTENSION= 'IMAGE   '"}, described...)...)
	return empty + table + first + table + first
}

func TestFITSExtensions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.fits")
	if err := os.WriteFile(path, []byte(extended()), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := readFile(path, raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "holds 2 pictures: the numbers 2 and 4") {
		t.Errorf("got %v", err)
	}
	m, err := readFile(path, raster.ReadOptions{Select: raster.Number(2)})
	if err != nil {
		t.Fatal(err)
	}
	if got := floats(t, m); fmt.Sprint(got) != "[1 2 3 4 5 6]" || m.Pictures() != 2 {
		t.Errorf("%v, %d pictures", got, m.Pictures())
	}
}

func TestFITSCards(t *testing.T) {
	m := decode(t, []byte(extended()), "x", raster.ReadOptions{Select: raster.Number(2)})
	for _, c := range []struct {
		o    WriteOptions
		want []string
	}{
		{WriteOptions{KeepCards: true}, []string{described[4], described[5], described[6], described[9], described[10]}},
		{WriteOptions{KeepCards: true, AlphaAt: raster.AlphaWindow{Top: -3, Left: 2}}, []string{described[4], "CRPIX1  =                  8.5 / [pix] from 1", "CRPIX2A =                  -37", described[9], described[10]}},
		{WriteOptions{KeepCards: true, AlphaAt: raster.AlphaWindow{Top: -3, Left: 2}, CardsBy: struct{ Y, X float64 }{0.25, -0.5}}, []string{described[4], "CRPIX1  =                    8 / [pix] from 1", "CRPIX2A =               -36.75", described[9], described[10]}},
		{WriteOptions{}, nil},
	} {
		c.o.Format, c.o.Like = "fits", m
		w, err := Create("-", io.Discard, m.Shape(), c.o)
		if err != nil || w.LeavesCards() == c.o.KeepCards {
			t.Fatalf("%+v: %v, leaves cards: %v", c.o, err, w.LeavesCards())
		}
		out := string(through[float64](t, m, c.o))
		var cards []string
		for i := 0; out[i:i+3] != "END"; i += 80 {
			cards = append(cards, out[i:i+80])
		}
		const own = 5 // SIMPLE, BITPIX, NAXIS, NAXIS1, NAXIS2
		if len(cards) != own+len(c.want) {
			t.Fatalf("%d cards: %q", len(cards), cards)
		}
		for i, want := range c.want {
			if got := cards[own+i]; got != fmt.Sprintf("%-80s", want) {
				t.Errorf("card %q, want %q", got, want)
			}
		}
	}
}

func TestFITSWithoutImage(t *testing.T) {
	empty := fitsPart("", "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0")
	tiles := fitsPart("0123456789", "XTENSION= 'BINTABLE'", "BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =                    5", "NAXIS2  =                    2", "ZIMAGE  =                    T")
	for file, want := range map[string]string{empty: "no image", empty + tiles: "lacks the card ZNAXIS"} {
		if _, err := Decode(strings.NewReader(file), "x.fits", raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell of %q", err, want)
		}
	}
}

// TestFITSScaleOfNoNumber: such a card would make NaN of every pixel.
func TestFITSScaleOfNoNumber(t *testing.T) {
	for _, card := range []string{"BSCALE  =                  NaN", "BZERO   =                  inf"} {
		file := fitsPart("ab", "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =                    2", "NAXIS2  =                    1", card)
		if _, err := Decode(strings.NewReader(file), "x", raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "not a number") {
			t.Errorf("%s: %v", card, err)
		}
	}
}

// TestFITSUnsigned64: small numbers survive beside the 2^63 that the convention
// takes from them.
func TestFITSUnsigned64(t *testing.T) {
	data := "\x80\x00\x00\x00\x00\x00\x00\x07" + "\x80\x00\x00\x00\x00\x00\x04\x01" + "\x80\x00\x00\x00\x00\x00\x00\x00"
	cards := []string{"SIMPLE  =                    T", "BITPIX  =                   64", "NAXIS   =                    2", "NAXIS1  =                    3", "NAXIS2  =                    1",
		"BZERO   =  9223372036854775808", "BLANK   = -9223372036854775808"}
	m := decode(t, []byte(fitsPart(data, cards...)), "x", raster.ReadOptions{})
	if got := fmt.Sprint(floats(t, m)); got != "[7 1025 NaN]" {
		t.Errorf("got %s", got)
	}
}

// fitsBlock is the size of a block of a FITS file.
const fitsBlock = 2880

// fitsFill returns the bytes that n lacks to whole blocks.
func fitsFill(n int) int { return (fitsBlock - n%fitsBlock) % fitsBlock }
