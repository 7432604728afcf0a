package imageio

import (
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"github.com/convkit/convkit/internal/imageio/atomicfile"
	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// WriteOptions say how a result is written.
type WriteOptions struct {
	Format  string // "" : by the path's extension; csv for a stream
	Map     raster.Mapping
	Depth   int           // bits a sample, 8 or 16; 0: of pixels that of the input, else 8, and floats in formats of numbers
	Digits  int           // decimals in text; -1: as few as read back to the same value
	Like    *raster.Image // the input, whose kind, depth, alpha and rank the output follows; nil for numbers
	Values  raster.Values // of the result, where Like is nil
	AlphaAt raster.AlphaWindow

	// KeepCards carries the descriptive cards of a FITS input, the world
	// coordinates moved as AlphaAt says and by the rows and columns of CardsBy,
	// into a FITS output of the same scale.
	KeepCards bool
	CardsBy   struct{ Y, X float64 }

	Pages int // of a stack that is written, page by page with NextPage; 0 counts as 1

	// Parts are the names of further images in the file, each begun with NextPage. Only
	// FITS has them, and not together with Pages.
	Parts []string

	Files *atomicfile.Set // commits the file; nil: Close does

	PNGLevel string // one of PNGLevels; "" is default
	Quality  int    // of a JPEG, 1 to 100; 0 is DefaultQuality
}

// Writer is a file that is being written.
type Writer struct {
	o       WriteOptions
	format  Format
	result  tensor.Shape // of what the sink gets
	shape   tensor.Shape // of what is written, without an alpha that has no place
	out     *atomicfile.File
	pixels  *segmentWriter // of formats of pixels
	depth   int            // bits of a pixel, also of an array of them; 0 for numbers
	full    float64        // the sample that means 1
	encoder codec.Encoder  // of other results
	next    func(codec.Result) (codec.Encoder, error)
	before  pages // the pages that are complete
	sent    bool  // a header is out
	spares  spares
	fill    int // zero bytes that follow the numbers

	premultiplied bool          // the result's last plane is alpha, the others were multiplied by it
	alphaOf       *raster.Image // where the alpha of numbers comes from that passes through, or nil

	lo, hi  float64 // the range for MapRescale
	clipped atomic.Int64
	nans    atomic.Int64 // of the clipped
	beyond  atomic.Int64 // numbers that float32 does not reach
}

// Create begins a file for a result of shape s; "-" is stdout. What the format
// cannot hold is refused before anything is created. The file is written under
// another name and takes its place in Close.
func Create(path string, stdout io.Writer, s tensor.Shape, o WriteOptions) (*Writer, error) {
	f, err := outputFormat(path, o.Format)
	if err != nil {
		return nil, err
	}
	if o.Like != nil {
		o.Values = o.Like.Values()
	}
	w := &Writer{o: o, format: f, next: f.NewEncoder, hi: 1}
	if o.Pages > 1 && !f.Stack {
		return nil, notStack(f, o.Pages)
	}
	if len(o.Parts) > 0 && !f.Cards {
		return nil, raster.BadOption("write it to a .fits file", "%s holds no further images with names", f.Name)
	}
	if err := w.beginPage(s); err != nil {
		return nil, err
	}
	switch {
	case path == "-":
		w.out = atomicfile.Stream(stdout)
	case o.Files != nil:
		w.out, err = o.Files.Create(path)
	default:
		w.out, err = atomicfile.Create(path)
	}
	if err != nil {
		return nil, err
	}
	if w.encoder.Around != nil {
		if err := w.out.Through(w.encoder.Around); err != nil {
			w.out.Abort()
			return nil, err
		}
	}
	if w.pixels != nil {
		w.pixels.out = w.out
	}
	return w, nil
}

// beginPage begins a page for a result of shape s.
func (w *Writer) beginPage(s tensor.Shape) (err error) {
	f, o := w.format, w.o
	w.result, w.shape = s, s
	w.pixels, w.alphaOf, w.depth, w.full, w.fill, w.sent = nil, nil, 0, 0, 0, false
	w.premultiplied = o.Like != nil && o.Like.FiltersAlpha() && s.C == o.Like.Shape().C
	floats := f.Floats && o.Depth == 0 && (o.Like == nil || o.Like.Kind() == raster.Numbers)
	if f.Kind == raster.Pixels && !floats {
		if w.pixels, err = newSegmentWriter(w, s, w.premultiplied); err != nil {
			return err
		}
		w.depth, w.full = w.pixels.Depth, w.pixels.Full
		w.pixels.out = w.out
		return nil
	}
	if arrayOfPixels(f, o.Depth) {
		w.depth, w.full = o.Depth, float64(uint(1)<<o.Depth-1)
	}
	return w.newEncoder()
}

// newEncoder asks the format how the numbers of the result are stored.
func (w *Writer) newEncoder() (err error) {
	o, f := w.o, w.format
	if f.Colour { // planes are the colours of a picture
		if w.premultiplied && !f.Alpha {
			w.shape.C--
		}
		if s := w.shape; s.N != 1 || s.C != 1 && s.C != 3 && !f.Planes {
			return raster.BadOption("npy holds any number of planes", "%s cannot hold a result of %v", f.Name, s)
		}
		if f.Alpha && o.Like != nil && o.Like.KeepsAlpha() {
			w.alphaOf = o.Like
		}
	}
	s := w.shape
	r := codec.Result{H: s.H, W: s.W, Colours: s.C, Channels: s.C, Depth: w.depth, Full: w.full, Dims: w.dims(), Digits: o.Digits, Pages: o.Pages, Parts: o.Parts}
	switch {
	case w.alphaOf != nil:
		r.Channels++
	case w.premultiplied && f.Alpha:
		r.Colours--
	}
	if m := o.Like; m != nil {
		if r.Interleaved = f.PlanesLast && m.Options().Layout == "hwc" && len(r.Dims) == 3; r.Interleaved {
			r.Dims = []int{s.H, s.W, s.C}
		}
		if o.KeepCards {
			r.Header = m.Header()
			r.Origin.Y, r.Origin.X = float64(o.AlphaAt.Top)-o.CardsBy.Y, float64(o.AlphaAt.Left)-o.CardsBy.X
		}
	}
	w.encoder, err = w.next(r)
	w.next = w.encoder.Next
	return err
}

func outputFormat(path, name string) (Format, error) {
	if name == "" && path == "-" {
		name = "csv"
	}
	if name == "" {
		var err error
		if name, err = FormatOf(path); err != nil {
			return Format{}, err
		}
	}
	f, ok := lookup(name)
	if !ok {
		return f, raster.BadOption("formats that can be written: "+names(writable), "unknown format %q", name)
	}
	if !f.CanWrite() {
		return f, raster.BadOption("formats that can be written: "+names(writable), "%s can be read but not written", f.Name)
	}
	return f, nil
}

// SinkOf gives the writer's sink for results of type T.
func SinkOf[T tensor.Float](w *Writer) tensor.Sink[T] {
	if w.premultiplied && w.pixels == nil {
		return newUnpremultiplySink(w, plainSink[T](w))
	}
	return plainSink[T](w)
}

func plainSink[T tensor.Float](w *Writer) tensor.Sink[T] {
	switch {
	case w.pixels != nil && w.premultiplied:
		return newAlphaSink[T](w)
	case w.pixels != nil:
		return &pixelSink[T]{w: w, q: newQuantizer[T](w)}
	case w.encoder.Text != nil:
		return &textSink[T]{w: w, row: textRow[T](w.encoder.Text)}
	}
	a := w.encoder.Array(8 * raster.Native[T]().Size())
	w.fill = a.Fill
	e := newSampleEncoder[T](w, a.Type)
	if a.Interleaved {
		return newInterleaveSink(w, e, a)
	}
	return &sampleSink[T]{e, a.Header}
}

// textRow returns the function of t for rows of type T.
func textRow[T tensor.Float](t *codec.Text) func(b []byte, p, y int, row []T) ([]byte, error) {
	if row, ok := any(t.Row32).(func([]byte, int, int, []T) ([]byte, error)); ok {
		return row
	}
	return any(t.Row64).(func([]byte, int, int, []T) ([]byte, error))
}

// NeedsRange says that SetRange, or a run into RangeSink, must come before
// SinkOf.
func (w *Writer) NeedsRange() bool { return w.depth > 0 && w.o.Map == raster.MapRescale }

// SetRange tells the smallest and the largest number of the result.
func (w *Writer) SetRange(lo, hi float64) { w.lo, w.hi = lo, hi }

// Format is the name of the format that is written.
func (w *Writer) Format() string { return w.format.Name }

// Values is what the numbers of the result stand for.
func (w *Writer) Values() raster.Values { return w.o.Values }

// Map is how numbers become pixels.
func (w *Writer) Map() raster.Mapping { return w.o.Map }

// Depth is the number of bits of a pixel, 0 where numbers are written.
func (w *Writer) Depth() int { return w.depth }

// Clipped counts the pixels that became others than their value says, because
// it lay outside the scale or was NaN (written as 0), and all pixels.
func (w *Writer) Clipped() (changed, total int64) {
	if w.depth == 0 {
		return 0, 0
	}
	return w.clipped.Load(), w.before.numbers + int64(w.shape.Len())
}

// count adds pixels that were clipped, and those of them that were NaN.
func (w *Writer) count(clipped, nans int) {
	if clipped > 0 {
		w.clipped.Add(int64(clipped))
		w.nans.Add(int64(nans))
	}
}

// NaNs counts the pixels among them that were NaN.
func (w *Writer) NaNs() int64 { return w.nans.Load() }

// Beyond counts the numbers that became infinite because the format holds
// float32, and all numbers.
func (w *Writer) Beyond() (infinite, total int64) {
	return w.beyond.Load(), w.before.numbers + int64(w.shape.Len())
}

// Close completes the file and lets it take its place, or leaves that to the set
// it belongs to. After an error nothing is left behind.
func (w *Writer) Close() error {
	if err := w.finish(); err != nil {
		w.Abort()
		return w.out.Named(err)
	}
	return w.out.Close()
}

func (w *Writer) finish() error {
	if left := max(w.o.Pages, 1) + len(w.o.Parts) - w.before.count - 1; left > 0 {
		return fmt.Errorf("the stack is not complete: %d pages are missing", left)
	}
	return w.endPage()
}

// endPage completes a page.
func (w *Writer) endPage() error {
	if w.pixels != nil {
		return w.pixels.close()
	}
	_, err := w.out.Write(make([]byte, w.fill))
	return err
}

// Abort removes what was written. It does nothing after Close.
func (w *Writer) Abort() { w.out.Abort() }

// dims is the size of the array that is written: its rank is that of the
// input, or more where the result needs more.
func (w *Writer) dims() []int {
	s := w.shape
	dims := []int{s.N, s.C, s.H, s.W}
	rank := 2
	if s.C > 1 {
		rank = 3
	}
	if s.N > 1 {
		rank = 4
	}
	if m := w.o.Like; m != nil && m.Kind() == raster.Numbers && !m.Gray() {
		if m.Rank() == 1 && s.N*s.C*s.H == 1 {
			return dims[3:]
		}
		rank = max(rank, m.Rank())
	}
	return dims[4-rank:]
}

// depthOf is the depth of the output: as asked, else that of the input, as far
// as the format can hold it.
func depthOf(f Format, o WriteOptions) (int, error) {
	if o.Depth != 0 {
		if o.Depth > 16 || !slices.Contains(f.Depths, o.Depth) {
			return 0, raster.BadOption("png, tif, pgm and ppm hold 8 and 16", "%s cannot hold pixels of %d bits", f.Name, o.Depth)
		}
		return o.Depth, nil
	}
	if o.Like != nil && slices.Contains(f.Depths, o.Like.Depth()) {
		return o.Like.Depth(), nil
	}
	return 8, nil
}

// LeavesCards reports whether a FITS is written without the header that the input had.
func (w *Writer) LeavesCards() bool {
	return w.format.Cards && w.o.Like != nil && len(w.o.Like.Header()) > 0 && !w.o.KeepCards
}
