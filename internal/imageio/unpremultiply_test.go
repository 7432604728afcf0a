package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// TestFloatTIFFAlpha: an extra sample of floats is alpha where the file says so.
func TestFloatTIFFAlpha(t *testing.T) {
	values := []float64{0.5, 0.25, 1, 0.5, 3, -1, 0, 0} // two pixels, alpha last
	for _, bits := range []int{16, 32, 64} {
		var strip []byte
		for _, v := range values {
			switch bits {
			case 16: // the values are few
				half := map[float64]uint16{0.5: 0x3800, 0.25: 0x3400, 1: 0x3c00, 3: 0x4200, -1: 0xbc00, 0: 0}
				strip = binary.LittleEndian.AppendUint16(strip, half[v])
			case 32:
				strip = binary.LittleEndian.AppendUint32(strip, math.Float32bits(float32(v)))
			default:
				strip = binary.LittleEndian.AppendUint64(strip, math.Float64bits(v))
			}
		}
		tags := map[int][]int{tagWidth: {2}, tagHeight: {1}, tagBits: {bits}, tagSamples: {4}, tagPhotometric: {2}, tagSampleFormat: {3}}
		for extra, want := range map[int][]float64{
			0:                 {0.5, 3, 0.25, -1, 1, 0, 0.5, 0}, // of no stated meaning: a plane
			alphaUnassociated: {0.5, 3, 0.25, -1, 1, 0},
			alphaAssociated:   {1, 0, 0.5, 0, 2, 0},
		} {
			tags[tagExtraSamples] = []int{extra}
			m := decode(t, tiffOf(strip, tags), "x", raster.ReadOptions{})
			if got := floats(t, m); m.HasAlpha() != (extra > 0) || !slices.Equal(got, want) {
				t.Errorf("%d bits, extra sample %d: %v", bits, extra, got)
			}
			if extra == 0 {
				continue
			}
			again := decode(t, through[float64](t, m, WriteOptions{Format: "tif"}), "x", raster.ReadOptions{})
			if got := floats(t, again); !again.HasAlpha() || !slices.Equal(got, want) || again.Samples().Sample(again.Samples().Offset+3*again.Samples().StrideC, 3) != 0.5 {
				t.Errorf("%d bits, extra sample %d, written: %v", bits, extra, got)
			}
		}
	}
}

// TestKeptPlanes: planes that wait in a temporary file give what those in memory
// give, in every format of numbers.
func TestKeptPlanes(t *testing.T) {
	m := picture(4, 8)
	m = with(m, func(o *raster.ReadOptions) { o.Alpha = raster.AlphaFilter })
	for _, f := range Formats() {
		if f.Kind != raster.Numbers || !f.CanWrite() {
			continue
		}
		inMemory := through[float32](t, m, WriteOptions{Format: f.Name, Digits: -1})
		old := source.TempFileSize
		source.TempFileSize = 1
		inFile := through[float32](t, m, WriteOptions{Format: f.Name, Digits: -1})
		source.TempFileSize = old
		if !bytes.Equal(inMemory, inFile) {
			t.Errorf("%s differs", f.Name)
		}
	}
}

// Colours beside transparent ones keep their own in arrays as in pictures.
func TestFilteredAlphaIsAlike(t *testing.T) {
	m := picture(4, 8)
	m = with(m, func(o *raster.ReadOptions) { o.Alpha = raster.AlphaFilter })
	want := decode(t, through[float32](t, m, WriteOptions{Format: "png"}), "x", raster.ReadOptions{Values: raster.RawValues})
	for _, format := range []string{"npy", "fits"} {
		got := decode(t, through[float32](t, m, WriteOptions{Format: format, Depth: 8}), "x", raster.ReadOptions{})
		if got, want := fmt.Sprint(floats(t, got)[:3*m.Samples().H*m.Samples().W]), fmt.Sprint(floats(t, want)); got != want {
			t.Errorf("%s: %.100s, not %.100s", format, got, want)
		}
	}
}

// Colours that are spread over their range are none of them clipped, and what is
// transparent, and so no part of the range, is the end of it that is next to 0.
func TestRescaledTransparency(t *testing.T) {
	for _, clear := range []int{0, 100, 256} { // transparent pixels of 256
		m := picture(4, 8)
		m = with(m, func(o *raster.ReadOptions) { o.Alpha = raster.AlphaFilter })
		for i := range 256 {
			p := m.Samples().Mem[4*i:]
			for c := range 3 {
				p[c] = 60 + p[c]/2
			}
			if p[3] = 255; i < clear {
				p[3] = 0
			}
		}
		for _, format := range []string{"png", "npy", "fits"} {
			var out bytes.Buffer
			w, err := Create("-", &out, m.Shape(), WriteOptions{Like: m, Format: format, Map: raster.MapRescale, Depth: 8})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(pump(raster.Rows[float32](m), RangeSink[float32](w)), pump(raster.Rows[float32](m), SinkOf[float32](w)), w.Close()); err != nil {
				t.Fatal(err)
			}
			if clipped, _ := w.Clipped(); clipped > 0 {
				t.Errorf("%s, %d transparent: %d clipped", format, clear, clipped)
			}
			got := floats(t, decode(t, out.Bytes(), "x", raster.ReadOptions{Values: raster.RawValues}))
			if clear > 0 && got[0] != 0 || clear < 256 && slices.Max(got[:3*256]) != 255 {
				t.Errorf("%s, %d transparent: from %v to %v", format, clear, got[0], slices.Max(got[:3*256]))
			}
		}
	}
}
