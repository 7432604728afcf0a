package text

import (
	"io"
	"os"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// A large text file is read twice: once to count its rows and note where some
// of them begin, and then, as rows are asked for, block by block. So it takes
// little memory, and its numbers are parsed on all cores. A word that is no
// number is found when its row is needed.

// largeText is the size from which that is done: below it, the numbers, of which
// two bytes of text make eight, fit in memory anyway. It is a variable for the sake
// of small tests.
var LargeText int64 = 16 << 20

// textBlockBytes is about the size of a block in the file.
const textBlockBytes = 128 << 10

// textBlock is where a block begins.
type textBlock struct {
	off       int64
	line, row int // the line in the file from 1, and the row among all planes
}

// textFile is a file whose rows are parsed as they are needed.
type textFile struct {
	file   *os.File
	base   int64
	blocks []textBlock // and one that stands for the end
	delim  byte
	width  int
}

// readLargeText makes the index.
func readLargeText(in *source.Input, file *os.File, at int64) (*raster.Picture, error) {
	t := textReader{max: in.Options.PixelLimit(), line: 1, indexed: true}
	if err := t.read(in); err != nil {
		return nil, err
	}
	last := textBlock{off: t.pos, line: t.line, row: t.planes * t.height}
	f := textFile{file: file, base: at, blocks: append(t.blocks, last), delim: t.delim, width: t.width}
	starts := make([]int64, len(f.blocks))
	for k, b := range f.blocks {
		starts[k] = 8 * int64(b.row) * int64(f.width)
	}
	in.File = source.NewBlockFile(in, starts, f.parse)
	return t.image(nil), nil
}

// parse makes the numbers of block k, as memory has them.
func (f *textFile) parse(k int, mem []byte) error {
	from, to := f.blocks[k], f.blocks[k+1]
	n := len(mem) / 8
	values := raster.AsSlice[float64](mem, raster.Native[float64](), n)
	t := textReader{max: int64(n), line: from.line, delim: f.delim, width: f.width, values: values[:0:n], inside: true}
	if err := t.read(io.NewSectionReader(f.file, f.base+from.off, to.off-from.off)); err != nil {
		return err
	}
	if len(t.values) != n {
		return raster.BadText(from.line, 1, "the file changed while it was read")
	}
	return nil
}
