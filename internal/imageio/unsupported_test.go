package imageio

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

func TestForeignFilesAreNamed(t *testing.T) {
	zip := "PK\x03\x04" + strings.Repeat("\x00", 26)
	for _, c := range []struct{ name, content, want, hint string }{
		{"a.csv.xz", "\xfd7zXZ\x00", "compressed by xz", "xz -dc a.csv.xz | convkit … -"},
		{source.StdinName, "\xfd7zXZ\x00", "compressed by xz", "xz -dc | convkit … -"},
		{"a.npz", zip + "x.npy", "NPZ", "unzip -p a.npz ARRAY.npy"},
		{source.StdinName, zip + "x.npy", "NPZ", "unzip -p FILE ARRAY.npy"},
		{"a.xlsx", zip + "[Content_Types].xml", "Office document", "save it as CSV"},
		{"a.tar", strings.Repeat("a", 257) + "ustar", "tar", "tar xOf a.tar"},
		{"a.heic", "\x00\x00\x00\x18ftypheic", "HEIC", "convert a.heic a.png"},
		{"a.b.png", "\x00\x00\x00\x18ftypavif", "AVIF", "convert a.b.png a.b-new.png"},
		{"it's a.heic", "\x00\x00\x00\x18ftypheic", "HEIC", `convert 'it'\''s a.heic' 'it'\''s a'.png`},
		{"it's a.h5", "\x89HDF\r\n\x1a\n", "HDF5", `"it's a.npy", h5py.File("it's a.h5")`},
		{"a.mov", "\x00\x00\x00\x18ftypqt  ", "film", "ffmpeg -i a.mov"},
		{"a.exr", "v/1\x01", "OpenEXR", "vips copy a.exr a.tif"},
		{"a.dds", "DDS |", "DDS", "convert a.dds"},
		{"a.dcm", strings.Repeat("\x00", 128) + "DICM", "DICOM", "a.dcm"},
		{"a.mat", "MATLAB 5.0 MAT-file, Platform", "MATLAB", `loadmat("a.mat")`},
		{"a.h5", "\x89HDF\r\n\x1a\n", "HDF5", `h5py.File("a.h5")`},
		{"a.svg", "<?xml version=\"1.0\"?>\n<svg width=\"4\">", "SVG", "convert -density"},
		{"a.png", "\ufeff \n<!DOCTYPE HTML><title>404", "web page", "downloaded"},
		{"a.tif", "version https://git-lfs.github.com/spec/v1\n", "pointer", "git lfs pull"},
		{"a", "\x7fELF\x02", "a program", "renamed"},
	} {
		_, err := Decode(strings.NewReader(c.content), c.name, raster.ReadOptions{})
		var bad *raster.DataError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || !strings.Contains(bad.Hint, c.hint) {
			t.Errorf("%s: got %v, hint %q", c.name, err, bad.Hint)
		}
	}
}

// A known signature must not hide a format that is read.
func TestForeignSignaturesAreOfNoReadableFormat(t *testing.T) {
	for _, k := range unsupportedFiles {
		head := append(make([]byte, k.at), k.magic...)
		if f, ok := signature(head); ok {
			t.Errorf("%s is read as %s", k.what, f.Name)
		}
		if k.at+len(k.magic) > source.HeadLen {
			t.Errorf("%s: the signature lies beyond what is looked at", k.what)
		}
	}
}

func TestUTF16TextIsRead(t *testing.T) {
	const text = "# µm\r\n1\t2\r\n3\t-4.5\r\n"
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode([]rune(text)) {
			data = order.AppendUint16(data, u)
		}
		for _, o := range []raster.ReadOptions{{}, {Format: "tsv"}} {
			m, err := Decode(strings.NewReader(string(data)), "x", o)
			if err != nil {
				t.Fatalf("%v, %q: %v", order, o.Format, err)
			}
			if got := floats(t, m); !slices.Equal(got, []float64{1, 2, 3, -4.5}) {
				t.Errorf("%v, %q: %v", order, o.Format, got)
			}
		}
	}
}

func TestBinaryWithATextNameIsHinted(t *testing.T) {
	for name, want := range map[string]string{"a.csv": "control characters", source.StdinName: "formats that can be read"} {
		_, err := Decode(strings.NewReader("1\x00,\x002\x00\n\x00"), name, raster.ReadOptions{})
		var bad *raster.DataError
		if !errors.As(err, &bad) || !strings.Contains(bad.Hint, want) {
			t.Errorf("%s: %v, %+v", name, err, bad)
		}
	}
}
