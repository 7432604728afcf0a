package imageio

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Luma is made of rows in a file as of rows in memory, whether planes lie side
// by side or one after the other.
func TestLumaOfFiles(t *testing.T) {
	defer func(n int) { source.TempFileSize = n }(source.TempFileSize)
	colour := picture(3, 16)
	numbers := numbersOf(slices.Clone(colour.Samples().Mem), 1, 3, colour.Samples().H, colour.Samples().W, raster.U16LE, 3)
	for format, m := range map[string]*raster.Image{"ppm": colour, "npy": numbers, "fits": numbers, "tif": numbers} {
		data := through[float32](t, m, WriteOptions{Format: format})
		source.TempFileSize = 1 << 30
		memory := decode(t, data, "x", raster.ReadOptions{Gray: true})
		source.TempFileSize = 100
		file := decode(t, data, "x", raster.ReadOptions{Gray: true})
		if memory.Samples().File != nil || file.Samples().File == nil && format != "tif" {
			t.Fatalf("%s: in a file: %v, %v", format, memory.Samples().File != nil, file.Samples().File != nil)
		}
		if !slices.Equal(floats(t, file), floats(t, memory)) || file.Shape().C != 1 {
			t.Errorf("%s: luma differs", format)
		}
	}
}

// Luma is of physical values.
func TestLumaOfFITS(t *testing.T) {
	m := numbersOf([]byte{0, 1, 0, 2, 0, 3}, 1, 3, 1, 1, raster.U16BE, 3)
	out := through[float64](t, m, WriteOptions{Format: "fits", Depth: 16})
	if stored := binary.BigEndian.Uint16(out[fitsBlock:]); stored != 0x8001 {
		t.Fatalf("stored is %x", stored)
	}
	if got := floats(t, decode(t, out, "x", raster.ReadOptions{Gray: true}))[0]; got != (299*1+587*2+114*3)/1000. {
		t.Errorf("luma %v", got)
	}
}
