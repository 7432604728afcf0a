package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// unpacked returns the content of a file of testdata that gzip packed.
func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if data, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return data
}

// tiledImages is the number of images in tiles.fits.fz.gz.
const tiledImages = 11

func sameFloat(a, b float64) bool { return a == b || a != a && b != b }

// TestTiledFITS compares images that fpack compressed tile by tile with what
// funpack makes of them (testdata/tiles.py), bit by bit.
func TestTiledFITS(t *testing.T) {
	packed, plain := unpacked(t, "tiles.fits.fz.gz"), unpacked(t, "tiles.fits.gz")
	nans := 0
	for page := 1; page <= tiledImages; page++ {
		o := raster.ReadOptions{Select: raster.Number(page)}
		got, want := decode(t, packed, "x.fits.fz", o), decode(t, plain, "x.fits", o)
		values := floats(t, got)
		if got.Shape() != want.Shape() || !slices.EqualFunc(values, floats(t, want), sameFloat) {
			t.Errorf("page %d: other numbers", page)
		}
		if got.Rank() != want.Rank() || got.WholeNumbers() != want.WholeNumbers() {
			t.Errorf("page %d: rank %d, whole %v", page, got.Rank(), got.WholeNumbers())
		}
		for _, v := range values {
			if math.IsNaN(v) {
				nans++
			}
		}
		cards := strings.Join(got.Header(), "\n")
		if !strings.Contains(cards, "OBJECT  = 'field ") || strings.Contains(cards, "\nZ") || strings.Contains(cards, "TFORM") {
			t.Errorf("page %d: the cards\n%s", page, cards)
		}
	}
	if nans != 4*2 {
		t.Errorf("%d NaN, want two in each of four images", nans)
	}
}

// TestTiledFITSOnDisk reads from a file and from a long pipe, where the table stays
// outside of memory.
func TestTiledFITSOnDisk(t *testing.T) {
	packed := unpacked(t, "tiles.fits.fz.gz")
	path := t.TempDir() + "/x.fits.fz"
	if err := os.WriteFile(path, packed, 0o666); err != nil {
		t.Fatal(err)
	}
	old := source.TempFileSize
	source.TempFileSize = 1 << 10
	defer func() { source.TempFileSize = old }()
	want := floats(t, decode(t, packed, "x", raster.ReadOptions{Select: raster.Number(6)}))
	for _, from := range []string{"file", "pipe"} {
		o := raster.ReadOptions{Select: raster.Number(6)}
		m, err := readFile(path, o)
		if from == "pipe" {
			m, err = Decode(io.MultiReader(bytes.NewReader(packed)), "x", o)
		}
		if err != nil {
			t.Fatal(from, err)
		}
		if got := floats(t, m); !slices.Equal(got, want) {
			t.Errorf("%s: other numbers", from)
		}
	}
}

// tiledPart returns a file with only image k of tiles.fits.fz.gz, counted from 1.
func tiledPart(t testing.TB, k int) []byte {
	t.Helper()
	data := unpacked(t, "tiles.fits.fz.gz")
	var starts []int
	for at := 0; at < len(data); at += 2880 {
		if bytes.HasPrefix(data[at:], []byte("XTENSION= 'BINTABLE'")) {
			starts = append(starts, at)
		}
	}
	starts = append(starts, len(data))
	return append(bytes.Clone(data[:starts[0]]), data[starts[k-1]:starts[k]]...)
}

// TestTiledFITSCut: a table that ends too early is an error.
func TestTiledFITSCut(t *testing.T) {
	data := tiledPart(t, 9)
	end := len(bytes.TrimRight(data, "\x00"))
	for n := 0; n < end; n += 97 {
		m, err := Decode(bytes.NewReader(data[:n]), "x.fits", raster.ReadOptions{})
		if err == nil {
			t.Errorf("%d of %d bytes: an image of %v", n, end, m.Shape())
		}
		var bad *raster.DataError
		if !errors.As(err, &bad) {
			t.Errorf("%d of %d bytes: %v", n, end, err)
		}
	}
}

// TestTiledFITSDamage: cards and places that do not fit are errors of the data.
func TestTiledFITSDamage(t *testing.T) {
	for _, c := range []struct{ card, with, want string }{
		{"ZCMPTYPE= 'RICE_ONE'", "ZCMPTYPE= 'PLIO_1' ", `compressed by "PLIO_1"`},
		{"ZDITHER0=                 9998", "ZDITHER0=                10001", "not between 1 and 10000"},
		{"ZBITPIX =                  -32", "ZBITPIX =                   12", "ZBITPIX 12"},
		{"ZNAXIS1 =                   37", "ZNAXIS1 =               999999", "rows for"},
		{"ZNAXIS1 =                   37", "ZNAXIS1 =           9999999999", "more than"},
		{"ZTILE1  =                   37", "ZTILE1  =                    0", "ZTILE1 is 0"},
		{"ZVAL1   =                   32", "ZVAL1   =                    0", "Rice's code"},
		{"NAXIS2  =                   19", "NAXIS2  =                   18", "18 rows for 19 tiles"},
		{"TFORM1  = '1PB(", "TFORM1  = '9PB(", "longer than NAXIS1"},
	} {
		data := tiledPart(t, 9)
		at := bytes.Index(data, []byte(c.card))
		if at < 0 {
			t.Fatalf("no card %s", c.card)
		}
		copy(data[at:], c.with)
		if _, err := readRows(bytes.NewReader(data), "x.fits"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.with, err)
		}
	}
	data := tiledPart(t, 9)
	at := bytes.Index(data, []byte("ZIMAGE  ="))
	at += bytes.Index(data[at:], []byte("END     "+strings.Repeat(" ", 72)))
	rows := (at/2880 + 1) * 2880
	binary.BigEndian.PutUint32(data[rows+4:], 1<<30) // the place of the first tile
	if _, err := readRows(bytes.NewReader(data), "x.fits"); err == nil || !strings.Contains(err.Error(), "outside its FITS table") {
		t.Errorf("a tile far away: %v", err)
	}
}

// TestTiledHint: what is not unpacked is named with a command that unpacks it.
func TestTiledHint(t *testing.T) {
	data := bytes.Replace(tiledPart(t, 9), []byte("'RICE_ONE'   "), []byte("'HCOMPRESS_1'"), 1)
	for name, want := range map[string]string{"a b.fits": "funpack -S 'a b.fits' | convkit … -", source.StdinName: "funpack -S FILE"} {
		_, err := Decode(bytes.NewReader(data), name, raster.ReadOptions{})
		var bad *raster.DataError
		if !errors.As(err, &bad) || !strings.Contains(bad.Hint, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
