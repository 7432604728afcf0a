// Package raster has images at rest: samples in memory or in a file as they were
// stored, and the rows of floating-point numbers that they stand for.
//
// A reader of a format returns a Picture. An Image is a Picture with the options
// of a user: pixels as parts of the full scale or raw, in colour or grey, in
// linear light or as stored.
package raster

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Image is a Picture together with how it was asked to be read. Its methods do
// not change it, and may run on many goroutines.
type Image struct {
	pic     Picture
	opts    ReadOptions
	inSteps bool // see InSteps
}

// Shape returns the size of what is computed on. Alpha counts as a plane only
// where it is filtered.
func (m *Image) Shape() tensor.Shape {
	s := tensor.Shape{N: m.pic.N, C: m.pic.Colours, H: m.pic.H, W: m.pic.W}
	if m.Gray() {
		s.C = 1
	}
	if m.FiltersAlpha() {
		s.C++
	}
	return s
}

// Kind returns Pixels or Numbers.
func (m *Image) Kind() Kind { return m.pic.Kind }

// Depth returns 8 or 16 for pixels, and 0 for numbers.
func (m *Image) Depth() int { return m.pic.Depth }

// Bits returns the bits of a sample in the file: 1, 2, 4, 8 or 16 for pixels, and
// 0 for numbers.
func (m *Image) Bits() int { return m.pic.Bits }

// Full returns the stored number that means 1. It is 1 for numbers.
func (m *Image) Full() float64 { return m.pic.Full }

// Rank returns the rank of the array in the file: 2 for one plane, 3 for several,
// 4 for a batch. An NPY array of rank 1 is one row.
func (m *Image) Rank() int { return m.pic.Rank }

// Format returns the name of the format that the file has.
func (m *Image) Format() string { return m.pic.Format }

// Pictures returns the number of pictures in the file (pages, frames,
// extensions), 0 if the format has only one, or SeveralPictures if they were not
// counted.
func (m *Image) Pictures() int { return m.pic.Pictures }

// Alone reports whether the file holds nothing else that is known. Replacing such
// a file by another picture loses nothing else.
func (m *Image) Alone() bool {
	return (m.pic.Pictures == 0 || m.pic.Pictures == 1) && !m.pic.OtherData
}

// Trailing returns the number of bytes after the samples, for formats whose
// header alone tells where they end. It is SomeBytes if they were not counted.
// These bytes are not read.
func (m *Image) Trailing() int64 { return m.pic.Trailing }

// Selected returns the selection that the picture was read by.
func (m *Image) Selected() Selection { return m.opts.Select }

// HasAlpha reports whether the file has an alpha plane.
func (m *Image) HasAlpha() bool { return m.pic.Alpha }

// Values returns what number a pixel stands for.
func (m *Image) Values() Values { return m.opts.Values }

// Gray reports whether the three colours are read as one plane of luma.
func (m *Image) Gray() bool { return m.opts.Gray && m.pic.Colours == 3 }

// FiltersAlpha reports whether alpha is a plane of its own, by which the colours
// are multiplied.
func (m *Image) FiltersAlpha() bool { return m.pic.Alpha && m.opts.Alpha == AlphaFilter }

// KeepsAlpha reports whether alpha passes unchanged from input to output.
func (m *Image) KeepsAlpha() bool { return m.pic.Alpha && m.opts.Alpha == AlphaKeep }

// Samples returns the stored picture. It is shared, not copied.
func (m *Image) Samples() *Picture { return &m.pic }

// Options returns how the image was asked to be read.
func (m *Image) Options() ReadOptions { return m.opts }

// InSteps reports whether the image comes from Stored: its values are raw, but
// stand for parts of the full scale.
func (m *Image) InSteps() bool { return m.inSteps }

// WholeNumbers reports whether every value is a whole number. The stored type
// must hold whole numbers only, and the scale and zero of physical values must be
// whole.
func (m *Image) WholeNumbers() bool {
	return m.pic.Type < F32LE && m.pic.Scale == math.Trunc(m.pic.Scale) && m.pic.Zero == math.Trunc(m.pic.Zero)
}

// Header returns the descriptive cards of a FITS file, of 80 characters each.
func (m *Image) Header() []string { return m.pic.Header }
