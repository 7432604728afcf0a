// Package imageio turns files into rows of numbers and rows of numbers into
// files. An image rests in memory as it was stored; a row becomes floating
// point when it is asked for.
package imageio

import (
	"io"
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// ReadOptions say how a file is read.
type ReadOptions struct {
	Values Values
	Gray   bool // one plane, the Rec. 601 luma of the stored values
	Alpha  AlphaMode

	// Linear computes in linear light: pixels of 0..1 are decoded by the
	// transfer function of sRGB, and results are encoded when they are written
	// as pixels. Numbers are linear light as they are.
	Linear bool

	// MaxPixels is the largest number of pixels (H*W, times N for a batch) to
	// accept, 0 for DefaultMaxPixels. It is checked before memory is taken.
	MaxPixels int64

	// Layout of arrays of rank 3: "hwc" for rows, columns, planes; "chw" or ""
	// for planes, rows, columns. NPY alone has both, and is written as read.
	Layout string

	// Page is the picture to read of a file that holds several, counted from 0: a
	// page of TIFF, a frame of GIF, a part (HDU) of FITS, of which 0 stands for the
	// first image.
	Page int

	// Format is the name of the format, "" to find it by the content's
	// signature and then by the file's name.
	Format string
}

// DefaultMaxPixels is 2^31: beyond what cameras and scanners give, and within
// what an int counts in bytes everywhere.
const DefaultMaxPixels = 1 << 31

func (o ReadOptions) maxPixels() int64 {
	if o.MaxPixels > 0 {
		return o.MaxPixels
	}
	return DefaultMaxPixels
}

// grid is numbers at rest. Element (n, c, y, x) stands at byte
// off + n*sn + c*sc + y*sy + x*sx of mem; a step may be negative or any
// number, so that a transposed or a flipped image is the same memory.
type grid struct {
	mem                 []byte
	elem                elem
	off, sn, sc, sy, sx int

	// A large file stays where it is: mem is nil then, byte 0 of it is byte
	// base of file, and rows are read when they are asked for.
	file heldFile
	base int64
}

// heldFile is where a large image stays.
type heldFile interface {
	io.ReaderAt
	Name() string
}

// Image is a decoded file, at rest in its native type.
type Image struct {
	grid
	n, h, w int
	colours int  // planes without alpha: 1 or 3 for pixels, any number for numbers
	alpha   bool // plane number colours is alpha
	kind    Kind // pixels or numbers
	depth   int  // 8 or 16 for pixels
	bits    int  // bits a sample had in the file, 1, 2, 4 among them
	rank    int  // of the array in the file
	format  string
	full    float64 // the stored number that means 1; 1 for numbers

	palette *[4][256]uint8 // what a stored byte means in each plane, or nil

	// Physical values of FITS: zero + scale*stored; stored == blank is NaN.
	scale, zero float64
	blank       *float64
	saturate    *float64 // the card SATURATE, in physical values

	pictures int      // see Pictures
	besides  bool     // the file has data that is no picture
	trailing int64    // see Trailing
	cards    []string // of FITS, those that do not describe the array

	pending *progress // of an image that is still being unpacked, else nil

	opts    ReadOptions
	inSteps bool // the numbers are those of Stored, and mean parts of full
}

// newPixels describes an interleaved picture of channels samples a pixel.
func newPixels(mem []byte, h, w, channels, depth int, e elem) *Image {
	size := e.size()
	m := &Image{n: 1, h: h, w: w, colours: channels, kind: Pixels, depth: depth, bits: depth, rank: 2, scale: 1}
	m.grid = grid{mem: mem, elem: e, sc: size, sx: size * channels, sy: size * channels * w, sn: size * channels * w * h}
	m.full = float64(uint(1)<<depth - 1)
	if channels == 2 || channels == 4 {
		m.alpha, m.colours = true, channels-1
	}
	if m.colours > 1 {
		m.rank = 3
	}
	return m
}

// newNumbers describes planes that lie one after the other.
func newNumbers(mem []byte, n, c, h, w int, e elem, rank int) *Image {
	size := e.size()
	m := &Image{n: n, h: h, w: w, colours: c, kind: Numbers, rank: rank, full: 1, scale: 1}
	m.grid = grid{mem: mem, elem: e, sx: size, sy: size * w, sc: size * w * h, sn: size * w * h * c}
	return m
}

// Shape is the size of what is computed on: alpha is a plane of it only where
// it is filtered.
func (m *Image) Shape() tensor.Shape {
	s := tensor.Shape{N: m.n, C: m.colours, H: m.h, W: m.w}
	if m.gray() {
		s.C = 1
	}
	if m.filtersAlpha() {
		s.C++
	}
	return s
}

// Kind is Pixels or Numbers.
func (m *Image) Kind() Kind { return m.kind }

// Depth is 8 or 16 for pixels, 0 for numbers.
func (m *Image) Depth() int { return m.depth }

// Bits is the number of bits a sample has in the file: 1, 2, 4, 8 or 16 for
// pixels, 0 for numbers.
func (m *Image) Bits() int { return m.bits }

// Full is the stored number that means 1, 1 for numbers.
func (m *Image) Full() float64 { return m.full }

// Rank is the rank of the array in the file: 2 for one plane, 3 for several,
// 4 for a batch; a NPY of rank 1 is one row.
func (m *Image) Rank() int { return m.rank }

// Format is the name of the format that was found.
func (m *Image) Format() string { return m.format }

// Pictures is how many pictures, pages or frames were found in the file, the
// first of which this is; SeveralPictures where they were not counted.
func (m *Image) Pictures() int { return m.pictures }

// Alone says whether the picture is all that is known to be in its file: what is
// written in its place loses nothing else.
func (m *Image) Alone() bool {
	return (m.pictures == 0 || m.pictures == 1) && !m.besides && m.opts.Page == 0
}

// SeveralPictures is more than one.
const SeveralPictures = -1

// Trailing is how many bytes follow the array in a file of a format whose header
// alone tells where it ends; SomeBytes where they were not counted. They are not
// read.
func (m *Image) Trailing() int64 { return m.trailing }

// Page is the number of the picture in the file that was asked for, from 0.
func (m *Image) Page() int { return m.opts.Page }

// HasAlpha says whether the file has an alpha plane.
func (m *Image) HasAlpha() bool { return m.alpha }

// Values is how the image was asked to be read.
func (m *Image) Values() Values { return m.opts.Values }

func (m *Image) gray() bool         { return m.opts.Gray && m.colours == 3 }
func (m *Image) filtersAlpha() bool { return m.alpha && m.opts.Alpha == AlphaFilter }
func (m *Image) keepsAlpha() bool   { return m.alpha && m.opts.Alpha == AlphaKeep }

// checkSize refuses a size that is not positive, that an int cannot count, or
// that holds more pixels than max.
func checkSize(max int64, dims ...int64) error {
	pixels := int64(1)
	for _, d := range dims {
		if d <= 0 {
			return badData("the size %s is not positive", dimString(dims))
		}
		if pixels > math.MaxInt64/64/d {
			return tooLarge(max, dims)
		}
		pixels *= d
	}
	if pixels > max {
		return tooLarge(max, dims)
	}
	return nil
}

func tooLarge(max int64, dims []int64) error {
	e := badData("%s is more than %d pixels", dimString(dims), max).(*DataError)
	e.Hint = "--max-pixels N raises the limit"
	return e
}
