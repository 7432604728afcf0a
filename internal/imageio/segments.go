package imageio

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// segmentWriter collects the interleaved pixels of a picture and writes them. The
// picture is cut into segments of whole rows. A segment takes memory when its
// first row comes. The goroutine that brings its last row packs it, and packed
// segments are written in order. If rows come roughly from the top down, the
// picture is never whole in memory.
type segmentWriter struct {
	codec.Result

	alphaOf *raster.Image // where alpha comes from, or nil
	alphaAt raster.AlphaWindow

	encoder  codec.SegmentEncoder
	rows     int // of a segment
	segments []segment

	out io.Writer // used by whoever has set writing

	mu      sync.Mutex       // guards what follows
	packed  []*codec.Segment // by segment, until it is written
	next    int              // the segment to write next
	writing bool
	free    [][]byte
}

type segment struct {
	begin   sync.Once
	mem     []byte
	missing atomic.Int64 // rows that have not come, counted once for each plane
}

// newSegmentWriter begins a picture. If the result is premultiplied, its last
// plane is alpha.
func newSegmentWriter(w *Writer, s tensor.Shape, premultiplied bool) (*segmentWriter, error) {
	f, o := w.format, w.o
	depth, err := depthOf(f, o)
	if err != nil {
		return nil, err
	}
	c := &segmentWriter{Result: codec.Result{H: s.H, W: s.W, Colours: s.C, Channels: s.C, Depth: depth, Full: float64(uint(1)<<depth - 1), Level: o.PNGLevel, Quality: o.Quality, Pages: o.Pages}}
	if f.AnyMax && o.Like != nil && o.Like.Kind() == raster.Pixels && o.Like.Depth() == depth {
		c.Full = o.Like.Full()
	}
	if premultiplied {
		c.Colours--
		if !f.Alpha {
			c.Channels--
		}
	}
	colour := c.Colours == 1 || c.Colours == 3 && f.Colour || f.Planes
	if s.N == 1 && c.Colours == 3 && !colour {
		return nil, raster.BadOption("--gray makes one plane; .ppm and .png hold colour", "%s cannot hold a result of %v", f.Name, s)
	}
	if s.N != 1 || !colour {
		return nil, raster.BadOption("npy holds any number of planes", "%s cannot hold a result of %v", f.Name, s)
	}
	if f.Alpha && o.Like != nil && o.Like.KeepsAlpha() {
		c.Channels++
		c.alphaOf, c.alphaAt = o.Like, o.AlphaAt
	}
	e, err := w.next(c.Result)
	if err != nil {
		return nil, err
	}
	w.next = e.Next
	c.encoder, c.rows = e.Segments, e.Rows
	c.segments = make([]segment, (c.H+c.rows-1)/c.rows)
	c.packed = make([]*codec.Segment, len(c.segments))
	parts := c.Colours
	if premultiplied {
		parts = 1
	}
	for i := range c.segments {
		c.segments[i].missing.Store(int64(c.rowsIn(i) * parts))
	}
	return c, nil
}

// rowsIn returns the number of rows of segment i; the last may have fewer.
func (c *segmentWriter) rowsIn(i int) int { return min(c.rows, c.H-i*c.rows) }

// row returns the memory of row y, whose segment must not be packed yet.
func (c *segmentWriter) row(y int) []byte {
	i := y / c.rows
	s := &c.segments[i]
	s.begin.Do(func() {
		s.mem = c.memory(c.rowsIn(i) * c.RowBytes())
		if c.alphaOf != nil {
			c.copyAlpha(i)
		}
	})
	n := c.RowBytes()
	at := (y - i*c.rows) * n
	return s.mem[at : at+n : at+n]
}

// memory returns n bytes, reusing memory of written segments.
func (c *segmentWriter) memory(n int) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := len(c.free) - 1; k >= 0 && cap(c.free[k]) >= n {
		b := c.free[k][:n]
		c.free = c.free[:k]
		return b
	}
	return make([]byte, n)
}

// filled says that rows y to y+n-1 of one plane have come. They may lie in
// several segments.
func (c *segmentWriter) filled(y, n int) error {
	for n > 0 {
		i := y / c.rows
		k := min(n, (i+1)*c.rows-y)
		if c.segments[i].missing.Add(int64(-k)) == 0 {
			if err := c.complete(i); err != nil {
				return err
			}
		}
		y, n = y+k, n-k
	}
	return nil
}

// complete packs segment i and writes all segments that are due. If another
// goroutine is writing, that one writes them.
func (c *segmentWriter) complete(i int) error {
	s := &c.segments[i]
	p, err := c.encoder.Pack(i*c.rows, c.rowsIn(i), s.mem)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.packed[i] = p
	if len(p.Data) == 0 || &p.Data[0] != &s.mem[0] {
		c.release(i) // others need it before what is packed is due
	}
	if c.writing {
		return nil
	}
	for c.next < len(c.packed) && c.packed[c.next] != nil {
		c.writing = true
		if err := c.write(c.next); err != nil {
			return err // and nobody writes any more
		}
		c.writing = false
		c.packed[c.next] = nil
		c.release(c.next)
		c.next++
	}
	return nil
}

// release gives back the memory of segment i, if it still has any.
func (c *segmentWriter) release(i int) {
	if s := &c.segments[i]; s.mem != nil {
		c.free, s.mem = append(c.free, s.mem), nil
	}
}

// write writes segment i, while others may bring theirs.
func (c *segmentWriter) write(i int) error {
	p := c.packed[i]
	c.mu.Unlock()
	defer c.mu.Lock()
	if i == 0 {
		if err := c.encoder.Begin(c.out); err != nil {
			return err
		}
	}
	return c.encoder.Add(c.out, p)
}

func (c *segmentWriter) close() error {
	if c.next < len(c.segments) {
		return fmt.Errorf("the picture is not complete")
	}
	return c.encoder.End(c.out)
}

// copyAlpha fills the last channel of segment i, at its own depth without loss.
func (c *segmentWriter) copyAlpha(i int) {
	size, row := c.Depth/8, make([]float64, c.W)
	for r := range c.rowsIn(i) {
		if !c.alphaOf.AlphaRow(row, i*c.rows+r, c.alphaAt) {
			return // whoever reads the colours meets the error too
		}
		dst := c.segments[i].mem[r*c.RowBytes():]
		for x, a := range row {
			if c.Full != c.alphaOf.Full() {
				a = a*c.Full/c.alphaOf.Full() + 0.5
			}
			v := uint(0)
			if a > 0 { // not NaN either
				v = uint(min(a, c.Full))
			}
			d := dst[(x+1)*c.PixelBytes()-size:]
			if size == 1 {
				d[0] = uint8(v)
			} else {
				d[0], d[1] = uint8(v>>8), uint8(v)
			}
		}
	}
}
