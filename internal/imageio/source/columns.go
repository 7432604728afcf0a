package source

import (
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/scratch"
)

// Columns are planes of an array stored column after column, as in Fortran.
// Element (y, x) of plane p is Size bytes at ((p*W + x)*H + y)*Size.
type Columns struct {
	file               raster.File
	base               int64
	Planes, H, W, Size int // Size is the number of bytes of an element
	rows, perPlane     int // rows of a block, and blocks of a plane
}

const (
	// columnBytes bounds the columns in memory at a time.
	columnBytes = 16 << 20
	// leastStretch is the least number of bytes to read from a column at once. If
	// blocks of rows hold less of each column, all columns are read once and the
	// rows go through a temporary file.
	leastStretch = 512
	// panelColumns is the number of columns that are read before their elements
	// are sorted into rows.
	panelColumns = 64
)

// ByRows returns the same planes row after row, from the file and place that in
// has.
func (c Columns) ByRows(in *Input) (raster.File, error) {
	c.file, c.base = in.File, in.Base
	starts, rows, n := RowBlocks(c.Planes, c.H, c.W*c.Size, 1, columnBytes)
	c.rows, c.perPlane = rows, n
	if rows < c.H && rows*c.Size < leastStretch {
		if s, err := NewTempFile(); err == nil {
			return s, c.turn(s)
		}
	}
	return NewBlockFile(in, starts, c.block), nil
}

// block decodes block k: the same stretch of every column.
func (c Columns) block(k int, mem []byte) error {
	p, y := k/c.perPlane, k%c.perPlane*c.rows
	stretch := len(mem) / c.W
	buf := scratch.Get()
	defer scratch.Put(buf)
	for x := 0; x < c.W; x += panelColumns {
		cols := min(panelColumns, c.W-x)
		panel := scratch.Sized(buf, cols*stretch)
		for i := range cols {
			if err := c.read(panel[i*stretch:(i+1)*stretch], p, x+i, y); err != nil {
				return err
			}
		}
		for r := range stretch / c.Size {
			gatherElements(mem[(r*c.W+x)*c.Size:][:cols*c.Size], panel[r*c.Size:], stretch, c.Size)
		}
	}
	return nil
}

// turn writes all rows to s, from panels of whole columns.
func (c Columns) turn(s *TempFile) error {
	tall := c.H * c.Size
	cols := min(c.W, max(columnBytes/tall, 1))
	panel, row := make([]byte, cols*tall), make([]byte, cols*c.Size)
	for p := range c.Planes {
		for x := 0; x < c.W; x += cols {
			cols := min(cols, c.W-x)
			if err := c.read(panel[:cols*tall], p, x, 0); err != nil {
				return err
			}
			for y := range c.H {
				gatherElements(row[:cols*c.Size], panel[y*c.Size:], tall, c.Size)
				if _, err := s.File.WriteAt(row[:cols*c.Size], int64((p*c.H+y)*c.W+x)*int64(c.Size)); err != nil {
					return &TempError{err}
				}
			}
		}
	}
	s.written.Reach(c.Planes * c.H * c.W * c.Size)
	return nil
}

// read fills b from element y of column x of plane p on.
func (c Columns) read(b []byte, p, x, y int) error {
	_, err := c.file.ReadAt(b, c.base+int64((p*c.W+x)*c.H+y)*int64(c.Size))
	return CutOff(err)
}

// gatherElements sets dst to elements of n bytes that are apart bytes apart in
// src.
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
