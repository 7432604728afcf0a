package imageio

import (
	"bytes"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
)

// foreignFile is a kind of file that is not read: what it is, and what to do
// about it. In a hint, FILE stands for its name and NAME for that without its ending.
type unsupportedFile struct {
	magic string
	at    int // where in the file magic stands
	what  string
	hint  string
}

// What to do about a foreign file.
const (
	asPicture = "convert it first: convert FILE NAME.png"
	asFloats  = "convert it first: vips copy FILE NAME.tif"
	asFrames  = "take pictures out of it: ffmpeg -i FILE frame%04d.png"
	asDrawing = "draw it first: convert -density 150 FILE NAME.png"
	asSheet   = "save it as CSV in the program that made it"
	asArrays  = "unpack one array into a pipe: unzip -p FILE ARRAY.npy | convkit … - (unzip -l lists them)"
	asRaw     = "develop it first: dcraw -T FILE"
	asDicom   = "convert it first: dcm2pnm +on2 FILE NAME.png"
	asGrid    = `save one array as NPY in Python: numpy.save("NAME.npy", array)`
	asMatlab  = `save one array as NPY in Python: numpy.save("NAME.npy", scipy.io.loadmat("FILE")["x"])`
	asHDF5    = `save one array as NPY in Python: numpy.save("NAME.npy", h5py.File("FILE")["x"][:])`
	looksSo   = "was it downloaded or renamed wrongly?"
)

func unpackedBy(command string) string {
	return "unpack it into a pipe: " + command + " FILE | convkit … -"
}

// foreignFiles are told apart in this order: a special kind stands before the
// general one.
var unsupportedFiles = []unsupportedFile{
	{"\x1f\x8b", 0, "compressed by gzip a second time", unpackedBy("gunzip -c")},
	{"BZh", 0, "compressed by bzip2 a second time", unpackedBy("bunzip2 -c")},
	{"\xfd7zXZ\x00", 0, "compressed by xz", unpackedBy("xz -dc")},
	{"\x28\xb5\x2f\xfd", 0, "compressed by zstd a second time", unpackedBy("zstd -dc")},
	{"\x04\x22\x4d\x18", 0, "compressed by lz4", unpackedBy("lz4 -dc")},
	{"LZIP", 0, "compressed by lzip", unpackedBy("lzip -dc")},
	{"\x1f\x9d", 0, "compressed by compress", unpackedBy("gunzip -c")},
	{"PK\x03\x04", 0, "a zip archive", unpackedBy("unzip -p")},
	{"7z\xbc\xaf\x27\x1c", 0, "a 7-Zip archive", unpackedBy("7z x -so")},
	{"Rar!\x1a\x07", 0, "a RAR archive", unpackedBy("unrar p -inul")},
	{"ustar", 257, "a tar archive", unpackedBy("tar xOf")},

	{"ftyphei", 4, "HEIC", asPicture}, {"ftyphev", 4, "HEIC", asPicture}, {"ftypmif1", 4, "HEIC", asPicture}, {"ftypmsf1", 4, "HEIC", asPicture},
	{"ftypavi", 4, "AVIF", asPicture}, {"ftypcrx", 4, "a camera's raw picture (CR3)", asPicture},
	{"\x00\x00\x00\x0cJXL ", 0, "JPEG XL", asPicture}, {"\xff\x0a", 0, "JPEG XL", asPicture},
	{"\x00\x00\x00\x0cjP  ", 0, "JPEG 2000", asPicture}, {"\xff\x4f\xff\x51", 0, "JPEG 2000", asPicture},
	{"DDS ", 0, "a DDS texture", asPicture},
	{"\x00\x00\x01\x00", 0, "an icon", asPicture}, {"\x0a\x05\x01", 0, "PCX", asPicture}, {"\x01\xda", 0, "an SGI picture", asPicture},
	{"/* XPM */", 0, "XPM", asPicture}, {"id=ImageMagick", 0, "MIFF", asPicture},
	{"8BPS", 0, "a Photoshop document", asPicture}, {"gimp xcf", 0, "a GIMP document", asPicture},
	{"v/1\x01", 0, "OpenEXR", asFloats},
	{"\x08\xf2\xa6\xb6", 0, "a libvips image", asFloats}, {"\xb6\xa6\xf2\x08", 0, "a libvips image", asFloats},
	{"FUJIFILMCCD-RAW", 0, "a camera's raw picture", asRaw}, {"IIRO", 0, "a camera's raw picture", asRaw}, {"IIU\x00", 0, "a camera's raw picture", asRaw},
	{"ftyp", 4, "a film (MP4 or MOV)", asFrames}, {"\x1aE\xdf\xa3", 0, "a film (Matroska)", asFrames}, {"AVI ", 8, "a film (AVI)", asFrames},

	{"%PDF-", 0, "PDF", asDrawing}, {"%!PS", 0, "PostScript", asDrawing}, {"\xc5\xd0\xd3\xc6", 0, "PostScript", asDrawing},

	{"\x89HDF\r\n\x1a\n", 0, "HDF5", asHDF5}, {"MATLAB 7.3 MAT-file", 0, "a MATLAB file (HDF5)", asHDF5}, {"MATLAB 5.0 MAT-file", 0, "a MATLAB file", asMatlab},
	{"CDF\x01", 0, "NetCDF", asGrid}, {"CDF\x02", 0, "NetCDF", asGrid}, {"n+1\x00", 344, "NIfTI", asGrid},
	{"PAR1", 0, "Parquet", asGrid}, {"\x80\x02", 0, "a Python pickle", asGrid}, {"\x80\x03", 0, "a Python pickle", asGrid},
	{"\x80\x04", 0, "a Python pickle", asGrid}, {"\x80\x05", 0, "a Python pickle", asGrid}, {"ZISRAWFILE", 0, "CZI", asGrid}, {"\xda\xce\xbe\x0a", 0, "ND2", asGrid},
	{"DICM", 128, "DICOM", asDicom}, {"\xd0\xcf\x11\xe0", 0, "an Office document", asSheet},

	{"\x7fELF", 0, "a program", looksSo}, {"MZ\x90", 0, "a program", looksSo}, {"SQLite format 3", 0, "a database", looksSo},
	{"version https://git-lfs", 0, "a pointer to a file that Git keeps elsewhere", "fetch the file itself: git lfs pull"},
}

// foreign refuses files that are known and not read, by what they are.
func unsupported(head []byte, name string) error {
	i := slices.IndexFunc(unsupportedFiles, func(k unsupportedFile) bool {
		return len(head) > k.at && bytes.HasPrefix(head[k.at:], []byte(k.magic))
	})
	k := markup(head)
	if i >= 0 {
		k = unsupportedFiles[i]
	}
	if k.magic == "PK\x03\x04" {
		k = insideZip(k, head, name)
	}
	if k.what == "" {
		return nil
	}
	if !strings.HasPrefix(k.what, "compressed") {
		k.what += ", which is not read"
	}
	e := raster.BadData("the file is %s", k.what).(*raster.DataError)
	if name == source.StdinName {
		e.Hint = strings.Replace(k.hint, " FILE |", " |", 1)
	} else {
		stem := strings.TrimSuffix(name, filepath.Ext(name))
		if strings.Contains(k.hint, "NAME"+extension(name)) {
			stem += "-new" // wrongly named: it must not be replaced
		}
		e.Hint = strings.NewReplacer(
			`"FILE"`, strconv.Quote(name), `"NAME.npy"`, strconv.Quote(stem+".npy"), // in Python
			"FILE", source.ShellWord(name), "NAME", source.ShellWord(stem),
		).Replace(k.hint)
	}
	return e
}

// markup tells web pages and drawings, which may begin in many ways.
func markup(head []byte) unsupportedFile {
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")))
	switch {
	case !strings.HasPrefix(text, "<"):
		return unsupportedFile{}
	case strings.Contains(text, "<svg"):
		return unsupportedFile{what: "SVG", hint: asDrawing}
	case strings.Contains(text, "<html"), strings.HasPrefix(text, "<!doctype html"):
		return unsupportedFile{what: "a web page", hint: "was it downloaded wrongly? It may say why"}
	case strings.HasPrefix(text, "<?xml"):
		return unsupportedFile{what: "XML", hint: looksSo}
	}
	return unsupportedFile{}
}

// insideZip looks at the name of the first file of an archive.
func insideZip(k unsupportedFile, head []byte, name string) unsupportedFile {
	switch {
	case extension(name) == ".npz" || bytes.Contains(head, []byte(".npy")):
		k.what, k.hint = "NPZ, an archive of arrays", asArrays
	case extension(name) == ".xlsx" || extension(name) == ".ods" || bytes.Contains(head, []byte("[Content_Types].xml")):
		k.what, k.hint = "an Office document", asSheet
	}
	return k
}

// notText says why content without a name is not taken for text: it has control
// characters.
func notText(head []byte) error {
	i := slices.IndexFunc(head, text.IsControl)
	if i < 0 {
		return nil
	}
	e := raster.BadData("not a format that can be read: byte %d is %#02x, which no text has", i, head[i]).(*raster.DataError)
	e.Hint = "formats that can be read: " + names(readable)
	return e
}
