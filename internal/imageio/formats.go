package imageio

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// Format is one line of the table of formats.
type Format = codec.Format

func isWebP(head []byte) bool {
	return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}

// isPNM wants the blank after P5 too: text may begin with a P.
func isPNM(letters string) func([]byte) bool {
	return func(head []byte) bool {
		return len(head) > 2 && head[0] == 'P' && strings.IndexByte(letters, head[1]) >= 0 && codec.IsSpace(head[2])
	}
}

func isJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && (head[0] == '[' || head[0] == '{')
}

var formats = []codec.Format{
	{Name: "csv", Extensions: []string{".csv"}, Holds: codec.Holds{Reads: "text", Kind: raster.Numbers, Planes: true, NaN: true}, Read: readText, NewEncoder: textEncoder(',')},
	{Name: "tsv", Extensions: []string{".tsv", ".tab"}, Holds: codec.Holds{Reads: "text", Kind: raster.Numbers, Planes: true, NaN: true}, Read: readText, NewEncoder: textEncoder('\t')},
	{Name: "txt", Extensions: []string{".txt", ".dat"}, Holds: codec.Holds{Reads: "text", Kind: raster.Numbers, Planes: true, NaN: true}, Read: readText, NewEncoder: textEncoder(' ')},
	{Name: "json", Extensions: []string{".json"}, Holds: codec.Holds{Reads: "text", Kind: raster.Numbers, Planes: true, Batch: true}, Sniff: isJSON, Read: readJSON, NewEncoder: newJSONEncoder},
	{Name: "npy", Extensions: []string{".npy"}, Holds: codec.Holds{Reads: "1 byte to 8, float16 to float64", Kind: raster.Numbers, Depths: []int{8, 16, 32, 64}, Planes: true, Batch: true, NaN: true, Binary: true, Sized: true}, Sniff: codec.Magic("\x93NUMPY"), Read: readNPY, NewEncoder: newNPYEncoder},
	{Name: "png", Extensions: []string{".png"}, Holds: codec.Holds{Reads: "1 2 4 8 16 bits", Depths: []int{8, 16}, Colour: true, Alpha: true, Binary: true}, Sniff: codec.Magic("\x89PNG\r\n\x1a\n"), Read: readPNG, NewEncoder: newPNGEncoder},
	{Name: "jpg", Extensions: []string{".jpg", ".jpeg"}, Holds: codec.Holds{Reads: "8 bits", Depths: []int{8}, Colour: true, Binary: true}, Sniff: codec.Magic("\xff\xd8\xff"), Read: readPicture, NewEncoder: newJPEGEncoder},
	{Name: "pgm", Extensions: []string{".pgm"}, Holds: codec.Holds{Reads: "1 to 16 bits", Depths: []int{8, 16}, AnyMax: true, Binary: true, Sized: true}, Sniff: isPNM("25"), Read: readPNM, NewEncoder: newPNMEncoder},
	{Name: "pbm", Extensions: []string{".pbm"}, Holds: codec.Holds{Reads: "1 bit", Binary: true, Sized: true}, Sniff: isPNM("14"), Read: readPNM},
	{Name: "ppm", Extensions: []string{".ppm", ".pnm"}, Holds: codec.Holds{Reads: "1 to 16 bits", Depths: []int{8, 16}, Colour: true, AnyMax: true, Binary: true, Sized: true}, Sniff: isPNM("36"), Read: readPNM, NewEncoder: newPNMEncoder},
	{Name: "pfm", Extensions: []string{".pfm"}, Holds: codec.Holds{Reads: "float32", Kind: raster.Numbers, Depths: []int{32}, Colour: true, NaN: true, Binary: true, Sized: true}, Sniff: isPNM("Ff"), Read: readPFM, NewEncoder: newPFMEncoder},
	{Name: "fits", Extensions: []string{".fits", ".fit", ".fts"}, Holds: codec.Holds{Reads: "8 16 32 64 bits, float32, float64", Kind: raster.Numbers, Depths: []int{8, 16, 32, 64}, Planes: true, Batch: true, NaN: true, Binary: true, Pages: true, Cards: true}, Sniff: codec.Magic("SIMPLE  ="), Read: readFITS, NewEncoder: newFITSEncoder},
	{Name: "tif", Extensions: []string{".tif", ".tiff"}, Holds: codec.Holds{Reads: "1 2 4 8 16 32 64 bits, float16 to float64", Depths: []int{8, 16, 32}, Colour: true, Planes: true, Floats: true, Alpha: true, NaN: true, Binary: true, Pages: true}, Sniff: codec.Magic("II*\x00", "MM\x00*", "II+\x00", "MM\x00+"), Read: readTIFF, NewEncoder: newTIFFEncoder},
	{Name: "gif", Extensions: []string{".gif"}, Holds: codec.Holds{Reads: "8 bits", Colour: true, Alpha: true, Binary: true, Pages: true}, Sniff: codec.Magic("GIF87a", "GIF89a"), Read: readPicture},
	{Name: "bmp", Extensions: []string{".bmp"}, Holds: codec.Holds{Reads: "1 4 8 bits, 16 24 32 a pixel", Colour: true, Alpha: true, Binary: true}, Sniff: codec.Magic("BM"), Read: readBMP},
	{Name: "webp", Extensions: []string{".webp"}, Holds: codec.Holds{Reads: "8 bits", Colour: true, Alpha: true, Binary: true}, Sniff: isWebP, Read: readPicture},
}

// Formats is the table of every format; all else asks it.
func Formats() []Format { return slices.Clone(formats) }

// FormatNamed finds a format by its name or by one of its extensions.
func FormatNamed(name string) (Format, bool) { return lookup(strings.ToLower(name)) }

func lookup(name string) (Format, bool) {
	for _, f := range formats {
		if f.Name == name || slices.Contains(f.Extensions, "."+name) {
			return f, true
		}
	}
	return Format{}, false
}

func names(keep func(Format) bool) string {
	var list []string
	for _, f := range formats {
		if keep(f) {
			list = append(list, f.Name)
		}
	}
	return strings.Join(list, ", ")
}

func readable(f Format) bool { return f.CanRead() }
func writable(f Format) bool { return f.CanWrite() }

func extension(path string) string { return strings.ToLower(filepath.Ext(path)) }

// FormatOf gives the name of the format that a path's extension stands for.
func FormatOf(path string) (string, error) {
	ext := extension(path)
	for _, f := range formats {
		if slices.Contains(f.Extensions, ext) {
			return f.Name, nil
		}
	}
	if ext == "" {
		return "", raster.BadOption("the extension tells the format: "+names(writable), "%s has no extension", path)
	}
	return "", raster.BadOption("known formats: "+names(writable), "%s: unknown format %q", path, ext)
}

// IsBinary says whether a format is no sight for a terminal.
func IsBinary(format string) bool {
	f, ok := lookup(format)
	return ok && f.Binary
}

// signature gives the format whose signature a file begins with.
func signature(head []byte) (Format, bool) {
	for _, f := range formats {
		if f.Sniff != nil && f.Sniff(head) {
			return f, true
		}
	}
	return Format{}, false
}
