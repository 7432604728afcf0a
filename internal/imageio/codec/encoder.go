package codec

import (
	"io"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// Result is what a format is asked to write.
type Result struct {
	H, W     int
	Colours  int // planes without alpha
	Channels int // planes with alpha, which is the last one
	Depth    int // 8 or 16 for pixels, 0 for numbers

	// Full is the stored number that means 1, for pixels.
	Full float64

	// Dims are the sizes of the array, the fastest last. They say how often planes
	// repeat (rank 4) and whether one row is a vector (rank 1).
	Dims []int

	Interleaved bool // the planes of an array come last in its Dims

	// Header are the cards of FITS to carry along. The first pixel of the result is at
	// Origin in the picture that they describe.
	Header []string
	Origin struct{ Y, X float64 }

	Pages int // of the file, all like this one or, in TIFF, of other sizes; 0 counts as 1

	// Parts are the names of further images that follow this one, each an image of its
	// own (an HDU of FITS) and no page of a stack.
	Parts []string

	Digits  int    // decimals in text; -1 for as few as read back to the same number
	Level   string // how hard to compress a PNG, "" for the default
	Quality int    // of a JPEG, 1 to 100; 0 for the default
}

// SegmentRows returns the rows of a segment of usual size: large enough for a
// compressor to learn, small enough that a few in flight cost little.
func (r Result) SegmentRows() int {
	const segmentBytes = 512 << 10
	return min(r.H, max(1, segmentBytes/r.RowBytes()))
}

// SampleType returns the type of the samples of an array: unsigned whole numbers
// for pixels, of which deep are those of 16 bits, and else float.
func (r Result) SampleType(float, deep raster.SampleType) raster.SampleType {
	switch r.Depth {
	case 8:
		return raster.U8
	case 16:
		return deep
	}
	return float
}

// RowBytes returns the size of a row of interleaved pixels.
func (r Result) RowBytes() int { return r.W * r.PixelBytes() }

// PixelBytes returns the size of a pixel.
func (r Result) PixelBytes() int { return r.Channels * r.Depth / 8 }

// Encoder is how a format stores one result. One of Segments, Array and Text is
// set: a picture of pixels, an array of numbers, or text.
type Encoder struct {
	// Segments packs segments of Rows rows each; the last may have fewer.
	Segments SegmentEncoder
	Rows     int

	// Array returns how an array of float32 (bits is 32) or float64 (64) is stored.
	Array func(bits int) Array

	Text *Text

	// Around, if it is set, returns a writer that all goes through: that of an archive.
	Around func(io.Writer) (io.WriteCloser, error)

	// Next returns the encoder of the next page of the same file. It is nil if the
	// format holds one picture. It is called after the page before has been written.
	Next func(r Result) (Encoder, error)
}

// SegmentEncoder writes a picture of interleaved pixels: samples of 8 bits, or of
// 16 with the high byte first. All methods but Pack are called in the order of the
// file, by one goroutine at a time.
type SegmentEncoder interface {
	Begin(w io.Writer) error
	// Pack encodes n rows from row y on. It runs on many goroutines. The segment may
	// keep rows, which are then not reused before it has been added.
	Pack(y, n int, rows []byte) (*Segment, error)
	Add(w io.Writer, s *Segment) error
	End(w io.Writer) error
}

// Segment is some rows as they stand in a file.
type Segment struct {
	Data []byte
	Sum  uint32 // a checksum of the Size bytes before they were packed, for formats that want one
	Size int
}

// Rewriter is an output whose first bytes can be written again.
type Rewriter interface {
	CanRewrite() bool
	Rewrite(b []byte) error
}

// Array is how an array of numbers is stored: a header, samples, and zero bytes.
type Array struct {
	Type        raster.SampleType
	Header      []byte
	Interleaved bool // all planes of a pixel side by side; else plane after plane
	BottomUp    bool // the last row first
	Fill        int  // zero bytes after the samples
}

// Text appends row y of plane p to b, in either precision.
type Text struct {
	Row32 func(b []byte, p, y int, row []float32) ([]byte, error)
	Row64 func(b []byte, p, y int, row []float64) ([]byte, error)
}
