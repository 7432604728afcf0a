// Package codec is the interface between formats of files and the rest: what a
// format is called, what it can hold, and how it is read and written. Each format
// is a package of its own with a Format; package imageio lists them all.
package codec

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Format is one format of files.
type Format struct {
	Name       string
	Extensions []string // with the dot, the usual one first
	Holds

	// Sniff reports whether a file with this beginning (source.HeadLen bytes, or all
	// of a shorter file) has the format. It is nil for text, which has no signature.
	Sniff func(head []byte) bool

	// Read reads the picture of a file. It is nil if the format is only written, or
	// has Open. Errors need not name the file.
	Read func(in *source.Input) (*raster.Picture, error)

	// Open opens a file that may hold several pictures. Formats that hold only one
	// have Read instead.
	Open func(in *source.Input) (Album, error)

	// NewEncoder returns how a result is written, or an OptionError if the format
	// cannot hold it. It is nil if the format is only read.
	NewEncoder func(r Result) (Encoder, error)
}

// Holds says what a format can hold.
type Holds struct {
	Kind   raster.Kind
	Reads  string // the samples that can be read, in words
	Depths []int  // bits of a sample that can be written: 8 and 16 for pixels, 32 and 64 for floats
	Colour bool   // three planes are a colour picture
	Planes bool   // any number of planes
	Batch  bool   // any number of images

	PlanesLast bool // an array may have its planes last

	Alpha  bool
	NaN    bool
	Floats bool // a format of pixels that also takes numbers, as float32
	AnyMax bool // any stored number can mean 1, not only the largest
	Binary bool // not for a terminal
	Sized  bool // the header alone tells the size, whatever follows the samples
	Stack  bool // any number of pages can be written
	Series bool // pictures of one size in a file are the pages of a stack
	Cards  bool // the header of an input of the same format can be carried along
}

// CanRead reports whether files of the format can be read.
func (f Format) CanRead() bool { return f.Read != nil || f.Open != nil }

// Pages reports whether a file may hold several pictures, any of which can be read.
func (f Format) Pages() bool { return f.Open != nil }

// CanWrite reports whether files of the format can be written.
func (f Format) CanWrite() bool { return f.NewEncoder != nil }

// Writes returns the samples that can be written, in words; "" for none.
func (f Format) Writes() string {
	if !f.CanWrite() {
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

// PlanesInWords returns how many planes the format holds, in words.
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

// Magic returns a Sniff for files that begin with one of some words.
func Magic(words ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(words, func(w string) bool { return bytes.HasPrefix(head, []byte(w)) })
	}
}

// IsSpace reports whether c is a blank, a tab, or the end of a line or a page.
func IsSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}

// NoPage returns the error for a number beyond the n entries that a file has.
func NoPage(sel raster.Selection, n int) error {
	switch n {
	case 0:
		return raster.BadData("there is no page %s: the file has none", sel)
	case 1:
		return raster.BadData("there is no page %s: the file has one, page 0", sel)
	}
	return raster.BadData("there is no page %s: the file has %d, from 0 to %d", sel, n, n-1)
}
