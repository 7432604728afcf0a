package imageio

import (
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/scratch"
)

// columns are planes of an array that lie column after column, as Fortran has them:
// element (y, x) of plane p is size bytes at ((p*w + x)*h + y)*size.
type columns struct {
	file            raster.File
	base            int64
	planes, h, w, n int // n bytes an element
	rows, perPlane  int // of a block, and blocks in a plane
}

const (
	// columnBytes is how much of the columns is in memory at a time.
	columnBytes = 16 << 20
	// leastStretch is how many bytes of a column should be read at a time. Where
	// blocks of rows hold less of each, they are not gathered one by one, but all
	// columns are read once, and the rows go through a temporary file.
	leastStretch = 512
	// panelColumns is how many columns are read before their elements are sorted
	// into rows, of each of which they are a stretch.
	panelColumns = 64
)

// byRows is the same planes row after row.
func (c columns) byRows(in *input) (raster.File, error) {
	c.file, c.base = in.file, in.base
	starts, rows, n := blocksOfRows(c.planes, c.h, c.w*c.n, 1, columnBytes)
	c.rows, c.perPlane = rows, n
	if rows < c.h && rows*c.n < leastStretch {
		if s, err := newSpool(); err == nil {
			return s, c.turn(s)
		}
	}
	return newBlockFile(in, starts, c.block), nil
}

// block gathers block k: of each column the same stretch.
func (c columns) block(k int, mem []byte) error {
	p, y := k/c.perPlane, k%c.perPlane*c.rows
	stretch := len(mem) / c.w
	buf := scratch.Get()
	defer scratch.Put(buf)
	for x := 0; x < c.w; x += panelColumns {
		cols := min(panelColumns, c.w-x)
		panel := scratch.Sized(buf, cols*stretch)
		for i := range cols {
			if err := c.read(panel[i*stretch:(i+1)*stretch], p, x+i, y); err != nil {
				return err
			}
		}
		for r := range stretch / c.n {
			gatherElements(mem[(r*c.w+x)*c.n:][:cols*c.n], panel[r*c.n:], stretch, c.n)
		}
	}
	return nil
}

// turn writes all rows into s, from panels of whole columns.
func (c columns) turn(s *spool) error {
	tall := c.h * c.n
	cols := min(c.w, max(columnBytes/tall, 1))
	panel, row := make([]byte, cols*tall), make([]byte, cols*c.n)
	for p := range c.planes {
		for x := 0; x < c.w; x += cols {
			cols := min(cols, c.w-x)
			if err := c.read(panel[:cols*tall], p, x, 0); err != nil {
				return err
			}
			for y := range c.h {
				gatherElements(row[:cols*c.n], panel[y*c.n:], tall, c.n)
				if _, err := s.file.WriteAt(row[:cols*c.n], int64((p*c.h+y)*c.w+x)*int64(c.n)); err != nil {
					return &spoolError{err}
				}
			}
		}
	}
	s.done.Reach(c.planes * c.h * c.w * c.n)
	return nil
}

// read fills b from element y of column x of plane p on.
func (c columns) read(b []byte, p, x, y int) error {
	_, err := c.file.ReadAt(b, c.base+int64((p*c.w+x)*c.h+y)*int64(c.n))
	return cutOff(err)
}

// gatherElements sets dst to elements of n bytes that lie apart bytes from each
// other in src.
func gatherElements(dst, src []byte, apart, n int) {
	switch n {
	case 1:
		for i := range dst {
			dst[i] = src[i*apart]
		}
	case 2:
		for i := 0; i < len(dst); i += 2 {
			copy(dst[i:i+2], src[i/2*apart:])
		}
	case 4:
		for i := 0; i < len(dst); i += 4 {
			copy(dst[i:i+4], src[i/4*apart:])
		}
	case 8:
		for i := 0; i < len(dst); i += 8 {
			copy(dst[i:i+8], src[i/8*apart:])
		}
	default:
		for i := 0; i < len(dst); i += n {
			copy(dst[i:i+n], src[i/n*apart:])
		}
	}
}
