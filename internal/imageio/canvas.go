package imageio

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// canvas is a picture on its way to a file: interleaved samples of 8 bits, or
// of 16 with the high byte first. It is cut into segments of whole rows. A
// segment takes memory when its first row comes; whoever brings its last row
// packs it, and what is packed goes out in order. So a picture is never whole
// in memory where its rows come roughly from the top down.
type canvas struct {
	h, w     int
	colours  int // 1 or 3
	channels int // with alpha
	depth    int
	full     float64 // the sample that means 1

	alphaOf *raster.Image // where alpha comes from, or nil
	alphaAt raster.AlphaWindow

	packer   packer
	rows     int // of a segment
	segments []segment

	out io.Writer // used by whoever has set writing

	mu      sync.Mutex    // guards what follows
	packed  []*packedRows // by segment, until it is written
	next    int           // the segment to write next
	writing bool
	free    [][]byte
}

type segment struct {
	begin   sync.Once
	mem     []byte
	missing atomic.Int64 // rows that have not come, counted once for each plane
}

// packer is how a format stores its rows. The first and the last two methods
// are called one at a time and in order.
type packer interface {
	head(w io.Writer) error
	// pack encodes n rows from row y on; it runs on many goroutines.
	pack(y, n int, rows []byte) (*packedRows, error)
	add(w io.Writer, p *packedRows) error
	tail(w io.Writer) error
}

type packedRows struct {
	data []byte
	sum  uint32 // Adler-32 of the size bytes before they were packed
	size int
}

// segmentBytes is about the size of a segment: large enough for a compressor to
// learn, small enough that a few in flight cost little.
const segmentBytes = 512 << 10

// newCanvas begins a picture; where the result is premultiplied, its last plane
// is alpha.
func newCanvas(f Format, s tensor.Shape, o WriteOptions, premultiplied bool) (*canvas, error) {
	depth, err := depthOf(f, o)
	if err != nil {
		return nil, err
	}
	c := &canvas{h: s.H, w: s.W, colours: s.C, channels: s.C, depth: depth, full: float64(uint(1)<<depth - 1)}
	if f.AnyFull && o.Like != nil && o.Like.Kind() == raster.Pixels && o.Like.Depth() == depth {
		c.full = o.Like.Full()
	}
	if premultiplied {
		c.colours--
		if !f.Alpha {
			c.channels--
		}
	}
	colour := c.colours == 1 || c.colours == 3 && f.Colour || f.Planes
	if s.N == 1 && c.colours == 3 && !colour {
		return nil, raster.BadOption("--gray makes one plane; .ppm and .png hold colour", "%s cannot hold a result of %v", f.Name, s)
	}
	if s.N != 1 || !colour {
		return nil, raster.BadOption("npy holds any number of planes", "%s cannot hold a result of %v", f.Name, s)
	}
	if f.Alpha && o.Like != nil && o.Like.KeepsAlpha() {
		c.channels++
		c.alphaOf, c.alphaAt = o.Like, o.AlphaAt
	}
	if c.packer, c.rows, err = packerOf(f.Name, c, o); err != nil {
		return nil, err
	}
	c.segments = make([]segment, (c.h+c.rows-1)/c.rows)
	c.packed = make([]*packedRows, len(c.segments))
	parts := c.colours
	if premultiplied {
		parts = 1
	}
	for i := range c.segments {
		c.segments[i].missing.Store(int64(c.rowsIn(i) * parts))
	}
	return c, nil
}

// packerOf gives the packer of a format, and the rows that it wants at a time.
func packerOf(name string, c *canvas, o WriteOptions) (packer, int, error) {
	rows := min(c.h, max(1, segmentBytes/c.rowBytes()))
	switch name {
	case "png":
		p, err := newPNGPacker(c, o.PNGLevel)
		return p, rows, err
	case "tif":
		rows = min(c.h, max(1, tiffStrip/c.rowBytes()))
		return &tiffPacker{c: c, rows: rows}, rows, nil
	case "jpg":
		if c.w > 65535 || c.h > 65535 {
			return nil, 0, raster.BadOption("png and tif do", "jpg holds at most 65535 rows and columns, not %dx%d", c.h, c.w)
		}
		return &jpegPacker{c: c, quality: o.Quality}, c.h, nil
	case "pgm", "ppm":
		return &pnmPacker{c: c}, rows, nil
	}
	return nil, 0, fmt.Errorf("no writer for %s", name)
}

// pixel is the number of bytes of one.
func (c *canvas) pixel() int { return c.channels * c.depth / 8 }

func (c *canvas) rowBytes() int { return c.w * c.pixel() }

// rowsIn is the number of rows of segment i; the last may have fewer.
func (c *canvas) rowsIn(i int) int { return min(c.rows, c.h-i*c.rows) }

// row is the memory of row y, whose segment must not be packed yet.
func (c *canvas) row(y int) []byte {
	i := y / c.rows
	s := &c.segments[i]
	s.begin.Do(func() {
		s.mem = c.memory(c.rowsIn(i) * c.rowBytes())
		if c.alphaOf != nil {
			c.copyAlpha(i)
		}
	})
	n := c.rowBytes()
	at := (y - i*c.rows) * n
	return s.mem[at : at+n : at+n]
}

// memory gives n bytes, used ones where there are any.
func (c *canvas) memory(n int) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := len(c.free) - 1; k >= 0 && cap(c.free[k]) >= n {
		b := c.free[k][:n]
		c.free = c.free[:k]
		return b
	}
	return make([]byte, n)
}

// filled tells that rows [y, y+n) of one plane have come. They may lie in
// several segments.
func (c *canvas) filled(y, n int) error {
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

// complete packs segment i and writes all that is due, unless somebody else is
// writing, who will come to it.
func (c *canvas) complete(i int) error {
	s := &c.segments[i]
	p, err := c.packer.pack(i*c.rows, c.rowsIn(i), s.mem)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.packed[i] = p
	if len(p.data) == 0 || &p.data[0] != &s.mem[0] {
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
func (c *canvas) release(i int) {
	if s := &c.segments[i]; s.mem != nil {
		c.free, s.mem = append(c.free, s.mem), nil
	}
}

// write sends segment i out, while others may bring theirs.
func (c *canvas) write(i int) error {
	p := c.packed[i]
	c.mu.Unlock()
	defer c.mu.Lock()
	if i == 0 {
		if err := c.packer.head(c.out); err != nil {
			return err
		}
	}
	return c.packer.add(c.out, p)
}

func (c *canvas) close() error {
	if c.next < len(c.segments) {
		return fmt.Errorf("the picture is not complete")
	}
	return c.packer.tail(c.out)
}

// copyAlpha fills the last channel of segment i, at its own depth without loss.
func (c *canvas) copyAlpha(i int) {
	size, row := c.depth/8, make([]float64, c.w)
	for r := range c.rowsIn(i) {
		if !c.alphaOf.AlphaRow(row, i*c.rows+r, c.alphaAt) {
			return // whoever reads the colours meets the error too
		}
		dst := c.segments[i].mem[r*c.rowBytes():]
		for x, a := range row {
			if c.full != c.alphaOf.Full() {
				a = a*c.full/c.alphaOf.Full() + 0.5
			}
			v := uint(0)
			if a > 0 { // not NaN either
				v = uint(min(a, c.full))
			}
			d := dst[(x+1)*c.pixel()-size:]
			if size == 1 {
				d[0] = uint8(v)
			} else {
				d[0], d[1] = uint8(v>>8), uint8(v)
			}
		}
	}
}
