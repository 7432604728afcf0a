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

// letters gives a text as the values of a tag.
func letters(s string) (list []int) {
	for _, c := range []byte(s + "\x00") {
		list = append(list, int(c))
	}
	return list
}

const (
	tagDescription = 270
	tagNoData      = 42113
)

// TestImageJ: a stack with one directory, whose description tells the number of
// pages. A number that the file cannot hold is not believed.
func TestImageJ(t *testing.T) {
	for images, want := range map[int]int{1: 1, 2: 2, 3: 3, 1000: 1, 1 << 40: 1} {
		text := fmt.Sprintf("ImageJ=1.54f\nslices=9\nimages=%d\n", images)
		strip := []byte{1, 2, 3, 4, 5, 6}
		file := tiffOf(strip, map[int][]int{tagWidth: {2}, tagHeight: {1}, tagBits: {8}, tagDescription: letters(text)})
		a, err := OpenAlbum(bytes.NewReader(file), "x.tif", raster.ReadOptions{Values: raster.RawValues})
		if err != nil {
			t.Fatal(err)
		}
		if a.Len() != want {
			t.Errorf("images=%d: %d pages, want %d", images, a.Len(), want)
			continue
		}
		for k := range a.Len() {
			m, err := a.Read(k)
			if err != nil {
				t.Fatal(err)
			}
			if got := floats(t, m); got[0] != float64(2*k+1) || got[1] != float64(2*k+2) {
				t.Errorf("page %d: %v", k, got)
			}
		}
	}
}

// TestShallowPalette: a table of colours that needs only 8 bits has only 8.
func TestShallowPalette(t *testing.T) {
	for _, unit := range []int{1, 257} {
		colours := make([]int, 3<<8)
		for i := range colours {
			colours[i] = i % 64 * unit
		}
		file := tiffOf([]byte{0, 1, 63}, map[int][]int{tagWidth: {3}, tagHeight: {1}, tagBits: {8}, tagPhotometric: {3}, tagColours: colours})
		m := decode(t, file, "x.tif", raster.ReadOptions{Values: raster.RawValues})
		if got := fmt.Sprint(floats(t, m)[:3]); got != "[0 1 63]" {
			t.Errorf("unit %d: %v", unit, got)
		}
	}
}

// TestNoData: the number that stands for no data is NaN, whether GDAL's tag or the
// user names it; pixels have none.
func TestNoData(t *testing.T) {
	var strip []byte
	for _, v := range []float32{1, -9999, 3} {
		strip = binary.LittleEndian.AppendUint32(strip, math.Float32bits(v))
	}
	tags := func(more map[int][]int) map[int][]int {
		all := map[int][]int{tagWidth: {3}, tagHeight: {1}, tagBits: {32}, tagSampleFormat: {3}}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	three, value := 3.0, -9999.0
	for _, c := range []struct {
		file []byte
		set  *float64
		want string
	}{
		{tiffOf(strip, tags(nil)), nil, "[1 -9999 3]"},
		{tiffOf(strip, tags(map[int][]int{tagNoData: letters("-9999 ")})), nil, "[1 NaN 3]"},
		{tiffOf(strip, tags(map[int][]int{tagNoData: letters("nonsense")})), nil, "[1 -9999 3]"},
		{tiffOf(strip, tags(map[int][]int{tagNoData: letters("-9999")})), &three, "[1 -9999 NaN]"},
		{[]byte("1,-9999,3\n"), &value, "[1 NaN 3]"},
	} {
		m := decode(t, c.file, "x.csv", raster.ReadOptions{NoData: c.set})
		if got := fmt.Sprint(floats(t, m)); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	_, err := Decode(strings.NewReader("P2 1 1 9 3"), "x.pgm", raster.ReadOptions{NoData: &three})
	if err == nil || !strings.Contains(err.Error(), "--nodata is for numbers") {
		t.Errorf("pixels: %v", err)
	}
}
