package imageio

import (
	"bytes"
	"compress/bzip2"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// zlibbed packs data as MetaImage does.
func zlibbed(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

var sixFloats = []float64{1, 2.5, -3, 4, 5, 6e-3}

func doubles(values []float64, order binary.AppendByteOrder) []byte {
	var b bytes.Buffer
	if err := binary.Write(&b, order.(binary.ByteOrder), values); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestMetaImageKinds reads what no program of testdata/volumes.py writes: packed,
// with the high byte first, as text, and several values a pixel.
func TestMetaImageKinds(t *testing.T) {
	head := "ObjectType = Image\nNDims = 2\nDimSize = 3 2\nElementType = MET_DOUBLE\nBinaryData = True\n"
	data := doubles(sixFloats, binary.LittleEndian)
	swapped := doubles(sixFloats, binary.BigEndian)
	packed := zlibbed(data)
	text := strings.Replace(head, "BinaryData = True", "BinaryData = False", 1) + "ElementDataFile = LOCAL\n1 2.5 -3\n4 5 6e-3\n"
	for name, file := range map[string]string{
		"raw":    head + "ElementDataFile = LOCAL\n" + string(data),
		"big":    head + "BinaryDataByteOrderMSB = True\nElementDataFile = LOCAL\n" + string(swapped),
		"packed": head + fmt.Sprintf("CompressedData = True\nCompressedDataSize = %d\nElementDataFile = Local\n", len(packed)) + string(packed),
		"text":   text,
	} {
		if got, err := readRows(strings.NewReader(file), "x"); err != nil || !slices.Equal(got.Data, sixFloats) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	vector := "NDims = 2\nDimSize = 1 2\nElementNumberOfChannels = 3\nElementType = MET_DOUBLE_ARRAY\nElementDataFile = LOCAL\n" + string(data)
	m := decode(t, []byte(vector), "x", raster.ReadOptions{})
	if s := m.Shape(); s.C != 3 || s.H != 2 || s.W != 1 || !slices.Equal(floats(t, m), []float64{1, 4, 2.5, 5, -3, 6e-3}) {
		t.Errorf("three values a pixel: %v, %v", s, floats(t, m))
	}
}

// TestVolumesRefuse: what is not read is named.
func TestVolumesRefuse(t *testing.T) {
	mha := "ObjectType = Image\nNDims = 2\nDimSize = 3 2\nElementType = MET_DOUBLE\n"
	data := doubles(sixFloats, binary.LittleEndian)
	packed := zlibbed(data)
	damaged := bytes.Clone(packed)
	damaged[len(damaged)-1] ^= 1
	nrrd := "NRRD0004\ntype: double\ndimension: 2\nsizes: 3 2\n"
	mrc := readersFile(t, "floats.mrc")
	change := func(at int, b ...byte) string {
		m := bytes.Clone(mrc)
		copy(m[at:], b)
		return string(m)
	}
	for file, want := range map[string]string{
		mha + "ElementDataFile = x.raw\n":                                                                        "in another file (x.raw)",
		mha + "HeaderSize = -1\nElementDataFile = LOCAL\n":                                                       "HeaderSize",
		mha + "CompressedData = True\nElementDataFile = LOCAL\n" + string(damaged):                               "checksum",
		mha + "CompressedData = True\nElementDataFile = LOCAL\n" + string(zlibbed(append(bytes.Clone(data), 1))): "more data follows",
		strings.Replace(mha, "DOUBLE", "COMPLEX", 1) + "ElementDataFile = LOCAL\n":                               "MET_COMPLEX",
		strings.Replace(mha, "3 2", "3 2 1", 1) + "ElementDataFile = LOCAL\n":                                    "NDims",
		nrrd + "encoding: raw\ndata file: x.raw\nendian: little\n\n":                                             "in another file (x.raw)",
		nrrd + "encoding: hex\nendian: little\n\n":                                                               "raw, ascii, gzip and bzip2",
		nrrd + "encoding: raw\n\n" + string(data):                                                                "neither little nor big",
		nrrd + "encoding: raw\nendian: little\nbyte skip: -1\n\n":                                                "byteskip",
		strings.Replace(nrrd, "2\nsizes", "3\nsizes", 1) + "encoding: raw\nendian: little\n\n":                   "2 sizes",
		strings.Replace(nrrd, "double", "block", 1) + "encoding: raw\nendian: little\n\n":                        `"block"`,
		change(12, 4):                 "mode 4",
		change(12, 101):               "mode 101",
		change(0, 0):                  "not positive",
		change(0, 255, 255, 255, 127): "more than",
		change(92, 0, 0, 0, 128):      "further header",
		change(92, 0, 1):              "too early",
	} {
		if _, err := readRows(strings.NewReader(file), "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", file[max(0, len(file)-60):], err, want)
		}
	}
}

// TestNRRDSkips: lines and bytes before the data are passed over, comments and keys
// are not the array's.
func TestNRRDSkips(t *testing.T) {
	head := "NRRD0005\r\n# a comment: yes\r\ntype: double\r\ndimension: 2\r\nsizes: 3 2\r\nkey:=value: other\r\nencoding: raw\r\nendian: big\r\nline skip: 1\r\nbyte skip: 3\r\n\r\n"
	file := head + "a line\nabc" + string(doubles(sixFloats, binary.BigEndian))
	if got, err := readRows(strings.NewReader(file), "x"); err != nil || !slices.Equal(got.Data, sixFloats) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestNRRDBzip2 reads the packed text of testdata/packed.py as bytes.
func TestNRRDBzip2(t *testing.T) {
	packed := npzFile(t, "packed.csv.bz2")
	want, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	head := fmt.Sprintf("NRRD0001\ntype: uchar\ndimension: 1\nsizes: %d\nencoding: bzip2\n\n", len(want))
	got, err := readRows(strings.NewReader(head+string(packed)), "x")
	if err != nil || len(got.Data) != len(want) || got.Data[0] != float64(want[0]) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestMRCOrders: the machine stamp tells the order of bytes, and IMOD's the sign of
// bytes.
func TestMRCOrders(t *testing.T) {
	data := readersFile(t, "shorts.mrc")
	want := floats(t, decode(t, data, "x", raster.ReadOptions{}))
	big := bytes.Clone(data)
	for at := 0; at < 24*4; at += 4 {
		slices.Reverse(big[at : at+4])
	}
	for at := 1024 + 80; at < len(big); at += 2 {
		slices.Reverse(big[at : at+2])
	}
	big[212], big[213] = 0x11, 0x11
	if got := floats(t, decode(t, big, "x", raster.ReadOptions{})); !slices.Equal(got, want) {
		t.Errorf("high byte first: %v", got)
	}
	signed := bytes.Clone(readersFile(t, "bytes.mrc"))
	binary.LittleEndian.PutUint32(signed[152:], 1146047817)
	if got := floats(t, decode(t, signed, "x", raster.ReadOptions{})); slices.Min(got) < 0 || slices.Max(got) < 128 {
		t.Errorf("bytes of IMOD without a sign: %v", got)
	}
	signed[156] = 1
	if got := floats(t, decode(t, signed, "x", raster.ReadOptions{})); slices.Min(got) >= 0 {
		t.Errorf("bytes of IMOD with a sign: %v", got)
	}
}

// TestVolumesInterleaved: planes that come last go out last, and come back.
func TestVolumesInterleaved(t *testing.T) {
	npy := through[float64](t, numbersOf(doubles(append(sixFloats, sixFloats...), binary.LittleEndian), 1, 3, 2, 2, raster.F64LE, 3), WriteOptions{Format: "npy"})
	m := decode(t, npy, "x.npy", raster.ReadOptions{Layout: "hwc"})
	for _, format := range []string{"npy", "nrrd", "mha", "npz"} {
		back := decode(t, through[float64](t, m, WriteOptions{Format: format}), "x", raster.ReadOptions{Layout: "hwc"})
		if back.Shape() != m.Shape() || !slices.Equal(floats(t, back), floats(t, m)) {
			t.Errorf("%s: %v, want %v", format, back.Shape(), m.Shape())
		}
	}
	for _, format := range []string{"fits", "json", "mrc"} { // without a place for it
		back := decode(t, through[float64](t, m, WriteOptions{Format: format, Digits: -1}), "x", raster.ReadOptions{})
		if back.Shape() != m.Shape() || back.Samples().Type.Size() == 8 && !slices.Equal(floats(t, back), floats(t, m)) {
			t.Errorf("%s: %v, want %v", format, back.Shape(), m.Shape())
		}
	}
}

// TestVolumesLarge: large data stays in its file.
func TestVolumesLarge(t *testing.T) {
	old := source.TempFileSize
	source.TempFileSize = 16
	defer func() { source.TempFileSize = old }()
	for _, name := range []string{"floats.nrrd", "gzip.nrrd", "ascii.nrrd", "colour.nrrd", "floats.mha", "floats.mrc"} {
		want := decode(t, readersFile(t, name+".csv"), "x.csv", raster.ReadOptions{})
		m, err := Decode(io.MultiReader(bytes.NewReader(readersFile(t, name))), "x", raster.ReadOptions{})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := floats(t, m); !slices.Equal(got, floats(t, want)) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzNRRD(f *testing.F)      { seeds(f, "nrrd"); fuzzReaders(f, "nrrd") }
func FuzzMetaImage(f *testing.F) { seeds(f, "mha"); fuzzReaders(f, "mha") }
func FuzzMRC(f *testing.F)       { seeds(f, "mrc"); fuzzReaders(f, "mrc") }
