package imageio

// columns are planes of an array that lie column after column, as Fortran has them:
// element (y, x) of plane p is size bytes at ((p*w + x)*h + y)*size.
type columns struct {
	file           heldFile
	base           int64
	planes, h, w   int
	size           int
	rows, perPlane int // of a block, and blocks in a plane
}

// panelColumns is how many columns are read before their elements are sorted into
// rows, of each of which they are a stretch.
const panelColumns = 64

// shortColumn is the size of a column from which on it takes less time to read only
// what a block needs of it: a call of the system costs as much as so many bytes.
const shortColumn = 8 << 10

// of sets the file: that of in.
func (c columns) of(in *input) columns {
	c.file, c.base = in.file, in.base
	return c
}

// byRows is a file in which the same planes lie row after row.
func (c columns) byRows(in *input) *blockFile {
	starts, rows, n := blocksOfRows(c.planes, c.h, c.w*c.size, 1)
	c.rows, c.perPlane = rows, n
	return newBlockFile(in, starts, c.block)
}

// block gathers block k: of each column the same stretch.
func (c columns) block(k int, mem []byte) error {
	p, y := k/c.perPlane, k%c.perPlane*c.rows
	rows := len(mem) / (c.w * c.size)
	tall := c.h * c.size // a column in the file
	stretch := rows * c.size
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	for x := 0; x < c.w; x += panelColumns {
		n := min(panelColumns, c.w-x)
		first := c.base + int64(p*c.w+x)*int64(tall) + int64(y*c.size)
		apart := tall
		if tall < shortColumn {
			if err := c.read(sized(buf, (n-1)*tall+stretch), first); err != nil {
				return err
			}
		} else {
			apart = stretch
			panel := sized(buf, n*stretch)
			for i := range n {
				if err := c.read(panel[i*stretch:(i+1)*stretch], first+int64(i*tall)); err != nil {
					return err
				}
			}
		}
		for r := range rows {
			gatherElements(mem[(r*c.w+x)*c.size:][:n*c.size], (*buf)[r*c.size:], apart, c.size)
		}
	}
	return nil
}

// read fills b, which the file holds.
func (c columns) read(b []byte, off int64) error {
	_, err := c.file.ReadAt(b, off)
	return cutOff(err)
}

// gatherElements sets dst to elements of size bytes that lie apart bytes from each other in src.
func gatherElements(dst, src []byte, apart, size int) {
	switch size {
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
		for i := 0; i < len(dst); i += size {
			copy(dst[i:i+size], src[i/size*apart:])
		}
	}
}
