package imageio

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// Format is one line of the table of formats: what it is called and what it
// can hold.
type Format struct {
	Name       string
	Extensions []string // with the dot, the usual one first
	Read       bool
	Write      bool
	Kind       raster.Kind
	Reads      string // the samples that can be read, in words
	Depths     []int  // bits a sample that can be written: 8 and 16 for pixels, 32 and 64 for floats
	Colour     bool   // three planes make a colour picture
	Planes     bool   // any number of planes
	Batch      bool   // any number of images
	Alpha      bool
	NaN        bool
	Floats     bool // a format of pixels that takes numbers too, as float32
	AnyFull    bool // any stored number can mean 1, not only the largest
	Binary     bool // not for a terminal
	Sized      bool // its size follows from its header alone, whatever comes after
	Pages      bool // files may hold several pictures, any of which can be read

	sniff func(head []byte) bool
}

func magic(words ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(words, func(w string) bool { return bytes.HasPrefix(head, []byte(w)) })
	}
}

func isWebP(head []byte) bool {
	return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}

// isPNM wants the blank after P5 too: text may begin with a P.
func isPNM(letters string) func([]byte) bool {
	return func(head []byte) bool {
		return len(head) > 2 && head[0] == 'P' && strings.IndexByte(letters, head[1]) >= 0 && isSpace(head[2])
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}

func isJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && (head[0] == '[' || head[0] == '{')
}

var formats = []Format{
	{Name: "csv", Extensions: []string{".csv"}, Read: true, Reads: "text", Write: true, Kind: raster.Numbers, Planes: true, NaN: true},
	{Name: "tsv", Extensions: []string{".tsv", ".tab"}, Read: true, Reads: "text", Write: true, Kind: raster.Numbers, Planes: true, NaN: true},
	{Name: "txt", Extensions: []string{".txt", ".dat"}, Read: true, Reads: "text", Write: true, Kind: raster.Numbers, Planes: true, NaN: true},
	{Name: "json", Extensions: []string{".json"}, Read: true, Reads: "text", Write: true, Kind: raster.Numbers, Planes: true, Batch: true, sniff: isJSON},
	{Name: "npy", Extensions: []string{".npy"}, Read: true, Reads: "1 byte to 8, float16 to float64", Write: true, Kind: raster.Numbers, Depths: []int{8, 16, 32, 64}, Planes: true, Batch: true, NaN: true, Binary: true, Sized: true, sniff: magic("\x93NUMPY")},
	{Name: "png", Extensions: []string{".png"}, Read: true, Reads: "1 2 4 8 16 bits", Write: true, Depths: []int{8, 16}, Colour: true, Alpha: true, Binary: true, sniff: magic("\x89PNG\r\n\x1a\n")},
	{Name: "jpg", Extensions: []string{".jpg", ".jpeg"}, Read: true, Reads: "8 bits", Write: true, Depths: []int{8}, Colour: true, Binary: true, sniff: magic("\xff\xd8\xff")},
	{Name: "pgm", Extensions: []string{".pgm"}, Read: true, Reads: "1 to 16 bits", Write: true, Depths: []int{8, 16}, AnyFull: true, Binary: true, Sized: true, sniff: isPNM("25")},
	{Name: "pbm", Extensions: []string{".pbm"}, Read: true, Reads: "1 bit", Binary: true, Sized: true, sniff: isPNM("14")},
	{Name: "ppm", Extensions: []string{".ppm", ".pnm"}, Read: true, Reads: "1 to 16 bits", Write: true, Depths: []int{8, 16}, Colour: true, AnyFull: true, Binary: true, Sized: true, sniff: isPNM("36")},
	{Name: "pfm", Extensions: []string{".pfm"}, Read: true, Reads: "float32", Write: true, Kind: raster.Numbers, Depths: []int{32}, Colour: true, NaN: true, Binary: true, Sized: true, sniff: isPNM("Ff")},
	{Name: "fits", Extensions: []string{".fits", ".fit", ".fts"}, Read: true, Reads: "8 16 32 64 bits, float32, float64", Write: true, Kind: raster.Numbers, Depths: []int{8, 16, 32, 64}, Planes: true, Batch: true, NaN: true, Binary: true, Pages: true, sniff: magic("SIMPLE  =")},
	{Name: "tif", Extensions: []string{".tif", ".tiff"}, Read: true, Reads: "1 2 4 8 16 32 64 bits, float16 to float64", Write: true, Depths: []int{8, 16, 32}, Colour: true, Planes: true, Floats: true, Alpha: true, NaN: true, Binary: true, Pages: true, sniff: magic("II*\x00", "MM\x00*", "II+\x00", "MM\x00+")},
	{Name: "gif", Extensions: []string{".gif"}, Read: true, Reads: "8 bits", Colour: true, Alpha: true, Binary: true, Pages: true, sniff: magic("GIF87a", "GIF89a")},
	{Name: "bmp", Extensions: []string{".bmp"}, Read: true, Reads: "1 4 8 bits, 16 24 32 a pixel", Colour: true, Alpha: true, Binary: true, sniff: magic("BM")},
	{Name: "webp", Extensions: []string{".webp"}, Read: true, Reads: "8 bits", Colour: true, Alpha: true, Binary: true, sniff: isWebP},
}

// Formats is the table of every format; all else asks it.
func Formats() []Format { return slices.Clone(formats) }

// Writes tells the samples that can be written, in words; "" for none.
func (f Format) Writes() string {
	if !f.Write {
		return ""
	}
	if len(f.Depths) == 0 {
		return "text"
	}
	var bits, floats []string
	for _, d := range f.Depths {
		if d > 16 {
			floats = append(floats, fmt.Sprintf("float%d", d))
		} else {
			bits = append(bits, strconv.Itoa(d))
		}
	}
	words := strings.Join(bits, " ")
	if len(bits) > 0 {
		words += " bits"
	}
	if len(bits) > 0 && len(floats) > 0 {
		words += ", "
	}
	return words + strings.Join(floats, " ")
}

// PlanesInWords tells how many planes it holds.
func (f Format) PlanesInWords() string {
	switch {
	case f.Batch:
		return "batch"
	case f.Planes:
		return "any"
	case f.Colour:
		return "1 3"
	}
	return "1"
}

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

func readable(f Format) bool { return f.Read }
func writable(f Format) bool { return f.Write }

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
		if f.sniff != nil && f.sniff(head) {
			return f, true
		}
	}
	return Format{}, false
}
