package raster

import (
	"fmt"
	"io"
	"math"

	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/tensor"
)

// Layout says where numbers are stored. Sample (n, c, y, x) is at byte Offset +
// n*StrideN + c*StrideC + y*StrideY + x*StrideX of Mem. Strides are in bytes and
// may be negative or zero, so a transposed or mirrored picture shares its memory
// with the original.
type Layout struct {
	Mem                                        []byte
	Type                                       SampleType
	Offset, StrideN, StrideC, StrideY, StrideX int

	// A large picture stays in its file: Mem is nil, byte 0 of it is byte Base of
	// File, and rows are read when they are needed.
	File File
	Base int64
}

// File holds the samples of a large picture.
type File interface {
	io.ReaderAt
	Name() string
}

// Picture is what a reader returns: the samples as they are stored, and what the
// file says about them.
type Picture struct {
	Layout
	N, H, W int
	Colours int  // planes without alpha: 1 or 3 for pixels, any number for numbers
	Alpha   bool // the plane after the colours is alpha
	Kind    Kind // pixels or numbers
	Depth   int  // 8 or 16 for pixels
	Bits    int  // of a sample in the file: 1, 2, 4, 8 or 16 for pixels
	Rank    int  // of the array in the file
	Format  string
	Full    float64 // the stored number that means 1; 1 for numbers

	Palette *[4][256]uint8 // what a stored byte means in each plane; nil if it means itself

	// Physical values are Zero + Scale*stored, and NaN where stored is Blank.
	Scale, Zero float64
	Blank       *float64
	NoData      *float64 // the physical value that stands for no data, which is NaN then
	Saturate    *float64 // the physical value from which on detectors clip, where the file says

	Pictures  int      // see Image.Pictures
	OtherData bool     // the file has data other than pictures
	Trailing  int64    // see Image.Trailing
	Header    []string // descriptive cards of FITS, 80 characters each

	Pending *Progress // of a picture that is still being unpacked; else nil
}

// NewPixels returns a picture of h x w interleaved pixels of type e. Two or four
// channels include alpha. depth is 8 or 16, and 2^depth-1 means 1.
func NewPixels(mem []byte, h, w, channels, depth int, e SampleType) *Picture {
	size := e.Size()
	m := &Picture{N: 1, H: h, W: w, Colours: channels, Kind: Pixels, Depth: depth, Bits: depth, Rank: 2, Scale: 1}
	m.Layout = Layout{Mem: mem, Type: e, StrideC: size, StrideX: size * channels, StrideY: size * channels * w, StrideN: size * channels * w * h}
	m.Full = float64(uint(1)<<depth - 1)
	if channels == 2 || channels == 4 {
		m.Alpha, m.Colours = true, channels-1
	}
	if m.Colours > 1 {
		m.Rank = 3
	}
	return m
}

// NewNumbers returns an array of n x c planes of h x w numbers of type e, plane
// after plane. rank is that of the array in its file.
func NewNumbers(mem []byte, n, c, h, w int, e SampleType, rank int) *Picture {
	size := e.Size()
	m := &Picture{N: n, H: h, W: w, Colours: c, Kind: Numbers, Rank: rank, Full: 1, Scale: 1}
	m.Layout = Layout{Mem: mem, Type: e, StrideX: size, StrideY: size * w, StrideC: size * w * h, StrideN: size * w * h * c}
	return m
}

// View returns the picture as o asks for it.
func (m *Picture) View(o ReadOptions) *Image { return &Image{pic: *m, opts: o} }

// SeveralPictures is an unknown number of pictures above one.
const SeveralPictures = -1

// SomeBytes is an unknown number of bytes above zero.
const SomeBytes = -1

// readAt reads from a file that may have been cut since it was opened.
func (m *Picture) readAt(b []byte, off int) error {
	if err := faults.At(faults.Read, m.File.Name()); err != nil {
		return err
	}
	_, err := m.File.ReadAt(b, m.Base+int64(off))
	if err == io.EOF {
		return fmt.Errorf("%s: the file was cut off while it was read", m.File.Name())
	}
	return err
}

// physical reports whether stored numbers stand for others.
func (m *Picture) physical() bool {
	return m.Scale != 1 || m.Zero != 0 || m.Blank != nil || m.NoData != nil
}

// physical replaces stored numbers by Zero + Scale*v, and by NaN where v is Blank or
// the result NoData.
func physical[T tensor.Float](m *Picture, dst []T) {
	for i, v := range dst {
		if m.Blank != nil && float64(v) == *m.Blank {
			dst[i] = T(math.NaN())
			continue
		}
		dst[i] = T(m.Zero + m.Scale*float64(v))
		if m.NoData != nil && dst[i] == T(*m.NoData) {
			dst[i] = T(math.NaN())
		}
	}
}

// Sample returns the stored number at byte o of Mem, which belongs to plane c.
func (m *Picture) Sample(o, c int) float64 { return m.sampleIn(m.Mem, o, c) }

// sampleIn is Sample for other memory that is laid out alike.
func (m *Picture) sampleIn(mem []byte, o, c int) float64 {
	switch m.Type {
	case U8:
		if m.Palette != nil {
			return float64(m.Palette[c][mem[o]])
		}
		return float64(mem[o])
	case U16BE:
		return float64(uint(mem[o])<<8 | uint(mem[o+1]))
	case U16LE:
		return float64(uint(mem[o+1])<<8 | uint(mem[o]))
	}
	var v [1]float64
	Load(v[:], mem, o, 0, m.Type)
	if m.physical() {
		physical(m, v[:])
	}
	return v[0]
}

// GreyPalette makes one plane of three if every colour of the palette is grey.
// GIF and BMP have no other way to store a grey picture.
func (m *Picture) GreyPalette() {
	if m.Palette[0] == m.Palette[1] && m.Palette[1] == m.Palette[2] {
		m.Colours, m.Rank = 1, 2
	}
}
