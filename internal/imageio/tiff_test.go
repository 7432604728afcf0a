package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// TestTIFFOfOthers reads what golang.org/x/image writes, with every
// compression of it, and the other way round.
func TestTIFFOfOthers(t *testing.T) {
	rect := image.Rect(0, 0, 37, 23)
	grey, grey16 := image.NewGray(rect), image.NewGray16(rect)
	nrgba, nrgba64 := image.NewNRGBA(rect), image.NewNRGBA64(rect)
	for y := range rect.Dy() {
		for x := range rect.Dx() {
			v := uint16(x*1777 + y*2999)
			grey.SetGray(x, y, color.Gray{uint8(v)})
			grey16.SetGray16(x, y, color.Gray16{v})
			nrgba.SetNRGBA(x, y, color.NRGBA{uint8(v), uint8(x), uint8(y), uint8(v / 3)})
			nrgba64.SetNRGBA64(x, y, color.NRGBA64{v, uint16(x) * 999, uint16(y) * 999, v / 3})
		}
	}
	for i, img := range []image.Image{grey, grey16, nrgba, nrgba64} {
		for _, o := range []tiff.Options{{}, {Compression: tiff.Deflate}, {Compression: tiff.Deflate, Predictor: true}} {
			var b bytes.Buffer
			if err := tiff.Encode(&b, img, &o); err != nil {
				t.Fatal(err)
			}
			m := decode(t, b.Bytes(), "x", raster.ReadOptions{})
			for _, out := range [][]byte{
				through[float32](t, m, WriteOptions{Format: "tif"}),
				through[float32](t, decode(t, b.Bytes(), "x", raster.ReadOptions{}), WriteOptions{Format: "tif"}),
			} {
				back, err := tiff.Decode(bytes.NewReader(out))
				if err != nil {
					t.Fatalf("picture %d, %v: %v", i, o, err)
				}
				samePixels(t, img, back)
			}
		}
	}
}

// tiffOf makes a little-endian file of one strip.
func tiffOf(strip []byte, tags map[int][]int) []byte {
	le := binary.LittleEndian
	tags[tagStripOffsets], tags[tagStripBytes] = []int{8}, []int{len(strip)}
	out := append([]byte("II*\x00"), 0, 0, 0, 0)
	out = append(out, strip...)
	keys := make([]int, 0, len(tags))
	far := map[int]int{}
	for k, values := range tags {
		keys = append(keys, k)
		if len(values) > 1 {
			far[k] = len(out)
			for _, v := range values {
				out = le.AppendUint32(out, uint32(v))
			}
		}
	}
	slices.Sort(keys)
	le.PutUint32(out[4:], uint32(len(out)))
	out = le.AppendUint16(out, uint16(len(tags)))
	for _, k := range keys {
		v := tags[k][0]
		if len(tags[k]) > 1 {
			v = far[k]
		}
		out = le.AppendUint16(le.AppendUint16(out, uint16(k)), 4)
		out = le.AppendUint32(le.AppendUint32(out, uint32(len(tags[k]))), uint32(v))
	}
	return append(out, 0, 0, 0, 0)
}

func TestTIFFForms(t *testing.T) {
	six := []byte{1, 2, 3, 4, 5, 250}
	for name, c := range map[string]struct {
		strip []byte
		tags  map[int][]int
		h, w  int
		want  []float64
	}{
		"plain":         {six, map[int][]int{}, 2, 3, []float64{1, 2, 3, 4, 5, 250}},
		"white is zero": {six, map[int][]int{tagPhotometric: {0}}, 2, 3, []float64{254, 253, 252, 251, 250, 5}},
		"differences":   {six, map[int][]int{tagPredictor: {2}}, 2, 3, []float64{1, 3, 6, 4, 9, 3}},
		"packbits":      {[]byte{2, 1, 2, 3, 128, 254, 9}, map[int][]int{tagCompression: {32773}}, 2, 3, []float64{1, 2, 3, 9, 9, 9}},
		"mirrored":      {six, map[int][]int{tagOrientation: {2}}, 2, 3, []float64{3, 2, 1, 250, 5, 4}},
		"turned":        {six, map[int][]int{tagOrientation: {3}}, 2, 3, []float64{250, 5, 4, 3, 2, 1}},
		"upside down":   {six, map[int][]int{tagOrientation: {4}}, 2, 3, []float64{4, 5, 250, 1, 2, 3}},
		"transposed":    {six, map[int][]int{tagOrientation: {5}}, 3, 2, []float64{1, 4, 2, 5, 3, 250}},
		"to the right":  {six, map[int][]int{tagOrientation: {6}}, 3, 2, []float64{4, 1, 5, 2, 250, 3}},
		"transverse":    {six, map[int][]int{tagOrientation: {7}}, 3, 2, []float64{250, 3, 5, 2, 4, 1}},
		"to the left":   {six, map[int][]int{tagOrientation: {8}}, 3, 2, []float64{3, 250, 2, 5, 1, 4}},
		"signed":        {six, map[int][]int{tagSampleFormat: {2}}, 2, 3, []float64{1, 2, 3, 4, 5, -6}},
		"backwards":     {[]byte{128, 64, 192, 32, 160, 95}, map[int][]int{tagFillOrder: {2}}, 2, 3, []float64{1, 2, 3, 4, 5, 250}},
		"a strip each":  {six, map[int][]int{tagRowsPerStrip: {1 << 30}}, 2, 3, []float64{1, 2, 3, 4, 5, 250}},
	} {
		t.Run(name, func(t *testing.T) {
			c.tags[tagWidth], c.tags[tagHeight], c.tags[tagBits] = []int{3}, []int{2}, []int{8}
			m := decode(t, tiffOf(c.strip, c.tags), "x", raster.ReadOptions{Values: raster.RawValues})
			if got := floats(t, m); m.Samples().H != c.h || m.Samples().W != c.w || !slices.Equal(got, c.want) {
				t.Errorf("%v %v", m.Shape(), got)
			}
		})
	}
}

func TestTIFFPlanes(t *testing.T) {
	tags := map[int][]int{tagWidth: {2}, tagHeight: {1}, tagBits: {8}, tagSamples: {3}, tagPhotometric: {2}, tagPlanar: {2}}
	file := tiffOf([]byte{1, 2, 3, 4, 5, 6}, tags)
	// One strip of six bytes has to do for three of two.
	if _, err := Decode(bytes.NewReader(file), "x.tif", raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("got %v", err)
	}
	tags[tagPlanar] = []int{1}
	m := decode(t, tiffOf([]byte{1, 2, 3, 4, 5, 6}, tags), "x", raster.ReadOptions{Values: raster.RawValues})
	if got := floats(t, m); !slices.Equal(got, []float64{1, 4, 2, 5, 3, 6}) {
		t.Errorf("%v", got)
	}
	tags[tagSamples], tags[tagWidth] = []int{4}, []int{1}
	for extra, want := range map[int][]byte{alphaUnassociated: {10, 20, 30, 51}, alphaAssociated: {50, 100, 150, 51}, 0: {10, 20, 30, 51}} {
		tags[tagExtraSamples] = []int{extra}
		m := decode(t, tiffOf([]byte{10, 20, 30, 51}, tags), "x", raster.ReadOptions{})
		if !m.HasAlpha() || m.Shape().C != 3 || !bytes.Equal(m.Samples().Mem, want) {
			t.Errorf("extra sample %d: %v", extra, m.Samples().Mem)
		}
	}
}

// TestTIFFBits: samples of 1, 2 and 4 bits, greys and a palette.
func TestTIFFBits(t *testing.T) {
	colours := make([]int, 3*16)
	for i := range colours {
		colours[i] = i * 257
	}
	for name, c := range map[string]struct {
		strip []byte
		tags  map[int][]int
		want  []float64
	}{
		"1 bit":     {[]byte{0b10100000, 0b01000000}, map[int][]int{tagBits: {1}}, []float64{255, 0, 255, 0, 255, 0}},
		"2 bits":    {[]byte{0b00011011, 0b11000000}, map[int][]int{tagBits: {2}}, []float64{0, 85, 170, 255, 0, 0}},
		"4 bits":    {[]byte{0x0f, 0x10, 0x23, 0x40}, map[int][]int{tagBits: {4}, tagPhotometric: {0}}, []float64{255, 0, 238, 221, 204, 187}},
		"backwards": {[]byte{0b00000101, 0b00000010}, map[int][]int{tagBits: {1}, tagFillOrder: {2}}, []float64{255, 0, 255, 0, 255, 0}},
		"palette":   {[]byte{0x0f, 0x10, 0x23, 0x40}, map[int][]int{tagBits: {4}, tagPhotometric: {3}, tagColours: colours}, []float64{0, 15, 1, 2, 3, 4, 16, 31, 17, 18, 19, 20, 32, 47, 33, 34, 35, 36}},
	} {
		c.tags[tagWidth], c.tags[tagHeight] = []int{3}, []int{2}
		m := decode(t, tiffOf(c.strip, c.tags), "x", raster.ReadOptions{Values: raster.RawValues})
		if got := floats(t, m); !slices.Equal(got, c.want) || m.Bits() != c.tags[tagBits][0] {
			t.Errorf("%s: %d bits %v", name, m.Bits(), got)
		}
	}
}

// TestBigTIFF: offsets of 8 bytes.
func TestBigTIFF(t *testing.T) {
	be := binary.BigEndian
	tags := [][2]uint64{{tagWidth, 3}, {tagHeight, 2}, {tagBits, 8}, {tagStripOffsets, 16}, {tagStripBytes, 6}}
	file := []byte("MM\x00+\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18\x01\x02\x03\x04\x05\x06\x00\x00")
	file = be.AppendUint64(file, uint64(len(tags)))
	for _, v := range tags {
		file = be.AppendUint16(be.AppendUint16(file, uint16(v[0])), 16)
		file = be.AppendUint64(be.AppendUint64(file, 1), v[1])
	}
	m := decode(t, append(file, make([]byte, 8)...), "x", raster.ReadOptions{Values: raster.RawValues})
	if got := floats(t, m); !slices.Equal(got, []float64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("got %v", got)
	}
}

func TestTIFFErrors(t *testing.T) {
	base := func() map[int][]int { return map[int][]int{tagWidth: {3}, tagHeight: {2}, tagBits: {8}} }
	for name, c := range map[string]struct {
		change func(map[int][]int)
		want   string
	}{
		"more than there is": {func(m map[int][]int) { m[tagHeight] = []int{3} }, "ends too early"},
		"huge":               {func(m map[int][]int) { m[tagHeight] = []int{1 << 30}; m[tagWidth] = []int{1 << 30} }, "more than"},
		"a bomb": {func(m map[int][]int) {
			m[tagHeight] = []int{1 << 15}
			m[tagWidth] = []int{1 << 15}
			m[tagCompression] = []int{8}
		}, "ends too early"},
		"no rows":     {func(m map[int][]int) { m[tagRowsPerStrip] = []int{0} }, "not positive"},
		"compression": {func(m map[int][]int) { m[tagCompression] = []int{9} }, "compression 9"},
		"predictor":   {func(m map[int][]int) { m[tagPredictor] = []int{9} }, "predictor 9"},
		"samples":     {func(m map[int][]int) { m[tagPhotometric] = []int{2} }, "make no pixel"},
		"a tile": {func(m map[int][]int) {
			m[tagTileOffsets], m[tagTileBytes], m[tagTileWidth], m[tagTileHeight] = []int{8}, []int{6}, []int{1 << 14}, []int{1 << 14}
		}, "ends too early"},
	} {
		tags := base()
		c.change(tags)
		_, err := Decode(bytes.NewReader(tiffOf([]byte{1, 2, 3, 4, 5, 6}, tags)), "x.tif", raster.ReadOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// TestTIFFTags: numbers that no picture has, in a BigTIFF.
func TestTIFFTags(t *testing.T) {
	le := binary.LittleEndian
	type entry struct {
		tag, kind    uint16
		count, value uint64
	}
	for name, c := range map[string]struct {
		tags []entry
		size int // of the file
		want string
	}{
		"bits that are negative as an int": {[]entry{{tagWidth, 16, 1, 1}, {tagHeight, 16, 1, 1}, {tagBits, 16, 1, 1 << 63}, {tagPhotometric, 16, 1, photometricPalette}}, 0, "not read"},
		"a long list":                      {[]entry{{tagJPEGTables, 7, (1 << 24) + 1, 16}}, (1 << 24) + 64, "16777217 values"},
	} {
		file := le.AppendUint64([]byte("II+\x00\x08\x00\x00\x00"), 16)
		file = le.AppendUint64(file, uint64(len(c.tags)))
		for _, e := range c.tags {
			file = le.AppendUint16(le.AppendUint16(file, e.tag), e.kind)
			file = le.AppendUint64(le.AppendUint64(file, e.count), e.value)
		}
		file = append(file, make([]byte, max(8, c.size-len(file)))...)
		_, err := Decode(bytes.NewReader(file), "x.tif", raster.ReadOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// TestFloatTIFF: numbers go to float32 and back, every number of planes.
func TestFloatTIFF(t *testing.T) {
	for _, text := range []string{"1.5,NaN,-3\n4,5,1e30", "1,2\n\n3,4\n\n5,6\n", "1,2\n\n3,4\n"} {
		m := decode(t, []byte(text), "x", raster.ReadOptions{})
		again := decode(t, through[float64](t, m, WriteOptions{Format: "tif"}), "x", raster.ReadOptions{})
		same := func(a, b float64) bool { return float32(a) == float32(b) || a != a && b != b }
		if got := floats(t, again); again.Kind() != raster.Numbers || again.Shape() != m.Shape() || !slices.EqualFunc(got, floats(t, m), same) {
			t.Errorf("%q became %v %v", text, again.Shape(), got)
		}
	}
	m := decode(t, []byte("0,0.5,1"), "x", raster.ReadOptions{})
	pixels := decode(t, through[float64](t, m, WriteOptions{Format: "tif", Depth: 16}), "x", raster.ReadOptions{Values: raster.RawValues})
	if got := floats(t, pixels); pixels.Depth() != 16 || !slices.Equal(got, []float64{0, 32768, 65535}) {
		t.Errorf("with a depth: %d bits %v", pixels.Depth(), got)
	}
}

func TestFITS(t *testing.T) {
	part := func(data []byte, cards ...string) []byte {
		var b strings.Builder
		for _, c := range append(cards, "END") {
			fmt.Fprintf(&b, "%-80s", c)
		}
		b.WriteString(strings.Repeat(" ", fitsFill(b.Len())))
		return append(append([]byte(b.String()), data...), make([]byte, fitsFill(len(data)))...)
	}
	primary := []string{"SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   =                    2", "NAXIS1  =  3 / columns", "NAXIS2  =                    1"}
	data := []byte{0, 1, 0xff, 0xfe, 0x80, 0}
	m := decode(t, part(data, append(primary, "BSCALE  = 0.5", "BZERO   = 1.D1", "BLANK   = -2")...), "x", raster.ReadOptions{})
	if got := floats(t, m); m.Shape().W != 3 || got[0] != 10.5 || !math.IsNaN(got[1]) || got[2] != 10-16384 {
		t.Errorf("physical values: %v", got)
	}
	table := part(make([]byte, 10), "XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 2", "NAXIS2  = 4", "PCOUNT  = 2", "GCOUNT  = 1")
	empty := part(nil, "SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0")
	extension := part(data, append([]string{"XTENSION= 'IMAGE   '"}, primary[1:]...)...)
	m = decode(t, slices.Concat(empty, table, extension), "x", raster.ReadOptions{})
	if got := floats(t, m); !slices.Equal(got, []float64{1, -2, -32768}) {
		t.Errorf("an extension: %v", got)
	}
	for want, file := range map[string][]byte{
		"no image":       slices.Concat(empty, table),
		"ends too early": part(data, primary...)[:2882],
		"BITPIX 7":       part(data, append([]string{primary[0], "BITPIX  = 7"}, primary[2:]...)...),
		"NAXIS1":         part(data, append([]string{primary[0], primary[1], primary[2], "NAXIS1  = x"}, primary[4:]...)...),
		"more than":      part(data, append([]string{primary[0], primary[1], primary[2], "NAXIS1  = 99999999999"}, primary[4:]...)...),
	} {
		if _, err := Decode(bytes.NewReader(file), "x.fits", raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestFloatFormatsRoundTrip(t *testing.T) {
	m := decode(t, []byte("1.5,NaN,-3\n4,Inf,1e30\n\n1,2,3\n4,5,6\n\n7,8,9\n1,2,3\n"), "x", raster.ReadOptions{})
	same := func(a, b float64) bool { return float32(a) == float32(b) || a != a && b != b }
	for _, f := range Formats() {
		if !f.CanWrite() || f.Kind != raster.Numbers || !f.NaN {
			continue
		}
		for _, out := range [][]byte{
			through[float32](t, m, WriteOptions{Format: f.Name, Digits: -1}),
			through[float64](t, m, WriteOptions{Format: f.Name, Digits: -1}),
		} {
			again := decode(t, out, "x."+f.Name, raster.ReadOptions{})
			if got := floats(t, again); again.Shape() != m.Shape() || !slices.EqualFunc(got, floats(t, m), same) {
				t.Errorf("%s: %v %v", f.Name, again.Shape(), got)
			}
		}
	}
}
