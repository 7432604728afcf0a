package imageio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zlib"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// cut gives the tiles of a picture of 16-bit samples, w*samples of them a row, as
// strips or tiles of a TIFF in the order of the file: rows of tiles of high x wide
// pixels, or strips where wide is the width.
func cut(pixels []uint16, h, w, samples, high, wide int, pack bool) (file []byte, offsets, counts []int) {
	file = make([]byte, 8)
	for y := 0; y < h; y += high {
		for x := 0; x < w; x += wide {
			rows := high
			if wide == w {
				rows = min(high, h-y)
			}
			var b []byte
			for r := range rows {
				for i := range wide * samples {
					v := uint16(7) // beyond the picture
					if y+r < h && x*samples+i < w*samples {
						v = pixels[(y+r)*w*samples+x*samples+i]
					}
					b = binary.LittleEndian.AppendUint16(b, v)
				}
			}
			if pack {
				var z bytes.Buffer
				packer := zlib.NewWriter(&z)
				packer.Write(b)
				packer.Close()
				b = z.Bytes()
			}
			offsets, counts = append(offsets, len(file)), append(counts, len(b))
			file = append(file, b...)
		}
	}
	return file, offsets, counts
}

// TestTIFFRows: of a large picture whose strips or tiles cannot be used as they lie,
// rows are unpacked as they are needed, and are those of the picture.
func TestTIFFRows(t *testing.T) {
	const h, w = 1501, 1999
	for name, c := range map[string]struct {
		samples, high, wide int
		pack                bool
	}{
		"packed strips":        {3, 7, w, true},
		"large packed strips":  {3, 1000, w, true},
		"tiles":                {3, 64, 80, false},
		"tiles as wide as all": {3, 48, 2000, true},
		"packed tiles":         {3, 256, 256, true},
	} {
		pixels := make([]uint16, h*w*c.samples)
		for i := range pixels {
			pixels[i] = uint16(i * 7 / 3)
		}
		file, offsets, counts := cut(pixels, h, w, c.samples, c.high, c.wide, c.pack)
		compression := 1
		if c.pack {
			compression = 8
		}
		file = withTags(file, map[int][]int{
			tagWidth: {w}, tagHeight: {h}, tagBits: slices.Repeat([]int{16}, c.samples), tagCompression: {compression}, tagPhotometric: {photometricRGB}, tagSamples: {c.samples},
			tagStripOffsets: offsets, tagStripBytes: counts, tagRowsPerStrip: {c.high},
		}, c.wide != w, c.high, c.wide)
		path := filepath.Join(t.TempDir(), "x.tif")
		if len(file) < source.LargeBody { // what follows a picture does no harm
			file = append(file, make([]byte, source.LargeBody-len(file))...)
		}
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		m, err := readFile(path, raster.ReadOptions{Values: raster.RawValues})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, ok := m.Samples().File.(*source.BlockFile); !ok {
			t.Errorf("%s: read from %T", name, m.Samples().File)
		}
		src, buf := raster.Rows[float32](m), make([]float32, w)
		for p := range c.samples {
			for y := range h {
				row, err := src.Row(p, y, buf)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				for x, v := range row {
					if want := pixels[(y*w+x)*c.samples+p]; v != float32(want) {
						t.Fatalf("%s: plane %d, row %d, column %d is %v, not %d", name, p, y, x, v, want)
					}
				}
			}
		}
		if !c.pack {
			continue
		}
		copy(file[offsets[len(offsets)-1]:], "no zlib stream")
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		if m, err = readFile(path, raster.ReadOptions{}); err == nil {
			_, err = raster.Rows[float32](m).Row(0, h-1, buf)
		}
		if bad := (*raster.DataError)(nil); !errors.As(err, &bad) || bad.Name != path {
			t.Errorf("%s: a damaged strip: %v", name, err)
		}
	}
}

// withTags adds a directory to a file of strips or tiles.
func withTags(file []byte, tags map[int][]int, tiles bool, high, wide int) []byte {
	if tiles {
		tags[tagTileOffsets], tags[tagTileBytes] = tags[tagStripOffsets], tags[tagStripBytes]
		tags[tagTileHeight], tags[tagTileWidth] = []int{high}, []int{wide}
		delete(tags, tagStripOffsets)
		delete(tags, tagStripBytes)
		delete(tags, tagRowsPerStrip)
	}
	keys := []int{}
	for k := range tags {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	le := binary.LittleEndian
	copy(file, "II*\x00")
	le.PutUint32(file[4:], uint32(len(file)))
	far := len(file) + 2 + 12*len(keys) + 4
	file = le.AppendUint16(file, uint16(len(keys)))
	var values []byte
	for _, k := range keys {
		file = le.AppendUint32(le.AppendUint16(le.AppendUint16(file, uint16(k)), 4), uint32(len(tags[k])))
		if len(tags[k]) == 1 {
			file = le.AppendUint32(file, uint32(tags[k][0]))
			continue
		}
		file = le.AppendUint32(file, uint32(far+len(values)))
		for _, v := range tags[k] {
			values = le.AppendUint32(values, uint32(v))
		}
	}
	return append(le.AppendUint32(file, 0), values...)
}
