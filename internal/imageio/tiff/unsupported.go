package tiff

import (
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/image/tiff"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// What is known of TIFF but not read is told by its name.

var tiffCompressionNames = map[int]string{
	2: "CCITT run lengths", 3: "CCITT Group 3", 4: "CCITT Group 4", 6: "old-style JPEG", 7: "JPEG", 9: "JBIG", 10: "JBIG",
	32766: "NeXT", 32809: "ThunderScan", 32908: "Pixar film", 32909: "Pixar log", 33003: "JPEG 2000", 33004: "JPEG 2000", 33005: "JPEG 2000",
	33007: "JPEG 2000", 34661: "JBIG", 34676: "SGI LogLuv", 34677: "SGI LogLuv", 34712: "JPEG 2000", 34887: "LERC", 34892: "lossy JPEG of DNG",
	34925: "LZMA", 34934: "JPEG XR", 50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL",
}

var tiffColourNames = map[int]string{
	photometricPalette: "a palette", 4: "a mask", 5: "CMYK", photometricYCbCr: "YCbCr", 8: "CIELab", 9: "ICCLab", 10: "ITULab",
	32803: "the mosaic of a sensor", 32844: "LogL", 32845: "LogLuv", 34892: "a sensor's linear colours",
}

// refuse tells what about the picture is not read, and what makes a file of it
// that is; cause is what a decoder said, where one was tried.
func (t *tiffFile) refuse(name string, cause error) error {
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	if name == source.StdinName {
		name, stem = "FILE.tif", "FILE"
	}
	packed := tiffCompressionNames[t.compression]
	if packed == "" {
		packed = "what is not known"
	}
	colour := tiffColourNames[t.photometric]
	if colour == "" {
		colour = "of an unknown kind"
	}
	var e error
	options := "" // of convert; "" where tiffcp copies the samples as they are
	_, unpacks := tiffCompressions[t.compression]
	switch {
	case t.fax() && t.bits == 1 && t.samples == 1:
		e, options = raster.BadData("the fax in it, %s, makes no sense to the decoder", packed), ""
	case !unpacks && t.compression != compressionJPEG:
		e, options = raster.BadData("the picture is compressed by %s (compression %d), which is not read", packed, t.compression), ""
	case t.photometric > photometricRGB && t.photometric != photometricPalette:
		e, options = raster.BadData("the colours are %s (photometric %d), which is not read", colour, t.photometric), "-colorspace sRGB -compress lzw"
	default:
		e, options = raster.BadData("%d samples of %s a pixel are not read", t.samples, t.sampleInWords()), "-depth 16 -compress lzw"
	}
	bad := e.(*raster.DataError)
	if _, said := cause.(tiff.UnsupportedError); cause != nil && !said {
		bad.Err = fmt.Errorf("%w (%v)", bad.Err, cause)
	}
	if options == "" {
		bad.Hint = fmt.Sprintf("convert it first: tiffcp -c lzw %s %s", source.ShellWord(name), source.ShellWord(stem+"-new.tif"))
	} else {
		bad.Hint = fmt.Sprintf("convert it first: convert %s %s %s", source.ShellWord(name), options, source.ShellWord(stem+"-new.tif"))
	}
	return e
}

// sampleInWords is the type of a sample; those of a pixel may differ.
func (t *tiffFile) sampleInWords() string {
	var bits []string
	for _, b := range t.tags[tagBits] {
		if word := fmt.Sprint(b); len(bits) < 4 && (len(bits) == 0 || bits[len(bits)-1] != word) {
			bits = append(bits, word)
		}
	}
	if len(bits) == 0 {
		bits = []string{"1"}
	}
	kind := map[int]string{formatUint: "bits", formatInt: "bits (signed)", formatFloat: "bits (floating point)"}[t.format]
	if kind == "" {
		kind = fmt.Sprintf("bits of format %d", t.format)
	}
	return strings.Join(bits, ", ") + " " + kind
}
