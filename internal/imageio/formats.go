package imageio

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio/asciigrid"
	"github.com/convkit/convkit/internal/imageio/bmp"
	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/farbfeld"
	"github.com/convkit/convkit/internal/imageio/fits"
	"github.com/convkit/convkit/internal/imageio/gif"
	"github.com/convkit/convkit/internal/imageio/hdr"
	"github.com/convkit/convkit/internal/imageio/jpeg"
	"github.com/convkit/convkit/internal/imageio/json"
	"github.com/convkit/convkit/internal/imageio/matrixmarket"
	"github.com/convkit/convkit/internal/imageio/metaimage"
	"github.com/convkit/convkit/internal/imageio/mrc"
	"github.com/convkit/convkit/internal/imageio/npy"
	"github.com/convkit/convkit/internal/imageio/npz"
	"github.com/convkit/convkit/internal/imageio/nrrd"
	"github.com/convkit/convkit/internal/imageio/octave"
	"github.com/convkit/convkit/internal/imageio/packed"
	"github.com/convkit/convkit/internal/imageio/png"
	"github.com/convkit/convkit/internal/imageio/pnm"
	"github.com/convkit/convkit/internal/imageio/qoi"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/text"
	"github.com/convkit/convkit/internal/imageio/tiff"
	"github.com/convkit/convkit/internal/imageio/webp"
)

// Format is one format of files; see codec.Format.
type Format = codec.Format

// formats is the table of all formats. The first whose signature fits a file
// reads it. To add a format, add its folder and a line here.
var formats = []codec.Format{
	text.CSV,
	text.TSV,
	text.TXT,
	json.Format,
	npy.Format,
	npz.Format,
	png.Format,
	jpeg.Format,
	pnm.PGM,
	pnm.PBM,
	pnm.PPM,
	pnm.PFM,
	pnm.PAM,
	farbfeld.Format,
	qoi.Format,
	hdr.Format,
	matrixmarket.Format,
	octave.Format,
	asciigrid.Format,
	nrrd.Format,
	metaimage.Format,
	fits.Format,
	tiff.Format,
	gif.Format,
	bmp.Format,
	webp.Format,
	mrc.Format, // its signature stands far from the beginning
}

// Formats returns the table of all formats.
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

// FormatOf gives the name of the format that a path's extension stands for. That
// of a packing is left out: x.fits.gz is a fits.
func FormatOf(path string) (string, error) {
	p, inner, ok := packed.Named(path)
	if ok && !p.CanWrite() {
		return "", raster.BadOption(".gz and .zst can be written", "%s: %s can be unpacked but not written", path, p.Name)
	}
	if ok && extension(inner) == "" {
		return "", raster.BadOption("name both, as in x.fits"+extension(path), "%s names no format before %s", path, extension(path))
	}
	return formatOf(inner)
}

func formatOf(path string) (string, error) {
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

// IsBinary reports whether a format is no sight for a terminal.
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
