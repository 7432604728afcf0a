package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"codeberg.org/sbinet/npyio"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// Whole numbers of an array stand for themselves in an array of pixels, in both
// precisions and both layouts, as other programs read it.
func TestWholeNumbersStay(t *testing.T) {
	const dict = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3, 2), }"
	stored := []int32{0, 1, 2, 255, 256, 32767, 32768, 65535, 300, 7, 70000, -1}
	for _, layout := range []string{"chw", "hwc"} {
		m := decode(t, npyFile(1, dict, binary.LittleEndian, stored), "x", raster.ReadOptions{Layout: layout})
		for _, depth := range []int{8, 16} {
			want := make([]uint16, len(stored))
			for i, v := range stored {
				want[i] = uint16(min(max(v, 0), 1<<depth-1))
			}
			o := WriteOptions{Format: "npy", Depth: depth}
			for _, out := range [][]byte{through[float32](t, m, o), through[float64](t, m, o)} {
				if got := npyWhole(t, out, depth); !slices.Equal(got, want) {
					t.Errorf("%s, %d bits: %v, want %v", layout, depth, got, want)
				}
			}
		}
	}
}

// npyWhole reads unsigned whole numbers with another reader.
func npyWhole(t *testing.T, file []byte, depth int) []uint16 {
	t.Helper()
	r, err := npyio.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var deep []uint16
	var shallow []uint8
	if depth == 16 {
		err = r.Read(&deep)
	} else if err = r.Read(&shallow); err == nil {
		for _, v := range shallow {
			deep = append(deep, uint16(v))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return deep
}

// Pixels of FITS are those of PNG; 16 bits have a sign in the file, and BZERO.
func TestFITSPixels(t *testing.T) {
	for _, depth := range []int{8, 16} {
		m := picture(3, depth)
		out := through[float32](t, m, WriteOptions{Format: "fits", Depth: depth})
		m = with(m, func(o *raster.ReadOptions) { o.Values = raster.RawValues })
		want := floats(t, m)
		cards, data := string(out[:fitsBlock]), out[fitsBlock:]
		for key, value := range map[string]string{"BITPIX": fmt.Sprint(depth), "NAXIS3": "3", "BZERO": "32768"} {
			if has := strings.Contains(cards, fmt.Sprintf("%-8s= %20s ", key, value)); has != (key != "BZERO" || depth == 16) {
				t.Errorf("%d bits: card %s = %s: %v", depth, key, value, has)
			}
		}
		for i, v := range want {
			got := 0
			if depth == 8 {
				got = int(data[i])
			} else {
				got = int(int16(binary.BigEndian.Uint16(data[2*i:]))) + 32768
			}
			if got != int(v) {
				t.Fatalf("%d bits: element %d is %d, want %v", depth, i, got, v)
			}
		}
		if len(out)%fitsBlock != 0 || !slices.Equal(floats(t, decode(t, out, "x", raster.ReadOptions{})), want) {
			t.Errorf("%d bits do not come back", depth)
		}
	}
}

// What only pixels can be warned of is warned of in arrays of them.
func TestArrayOfPixelsClips(t *testing.T) {
	m := decode(t, []byte("-1,0,0.5,1\n2,nan,1,1\n"), "x", raster.ReadOptions{})
	var out strings.Builder
	w, err := Create("-", &out, m.Shape(), WriteOptions{Format: "npy", Depth: 16, Like: m})
	if err != nil {
		t.Fatal(err)
	}
	if err := pump(raster.Rows[float64](m), SinkOf[float64](w)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := npyWhole(t, []byte(out.String()), 16), []uint16{0, 0, 32768, 65535, 65535, 0, 65535, 65535}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if changed, total := w.Clipped(); changed != 3 || total != 8 || w.NaNs() != 1 {
		t.Errorf("clipped %d of %d, NaN %d", changed, total, w.NaNs())
	}
}
