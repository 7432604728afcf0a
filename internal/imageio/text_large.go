package imageio

import (
	"os"
	"sort"
	"sync"

	"github.com/convkit/convkit/internal/tensor"
)

// A large text file is read twice: once to count its rows and note where some
// of them begin, and then, as rows are asked for, block by block. So it takes
// little memory, and its numbers are parsed on all cores. A word that is no
// number is found when its row is needed.

// largeText is the size from which that is done: below it, the numbers fit in
// memory anyway. It is a variable for the sake of small tests.
var largeText int64 = 64 << 20

const (
	// textBlockBytes is about the size of a block.
	textBlockBytes = 128 << 10
	// textCacheBytes bounds the blocks that are kept parsed, for the rows that
	// two bands share.
	textCacheBytes = 12 << 20
)

// textBlock is where a block begins.
type textBlock struct {
	off       int64
	line, row int // the line in the file from 1, and the row among all planes
}

// textFile is a file whose rows are parsed as they are needed.
type textFile struct {
	file   *os.File
	name   string
	base   int64
	blocks []textBlock // and one that stands for the end
	delim  byte
	width  int

	mu    sync.Mutex
	kept  map[int]*parsedBlock
	order []int // of kept, the oldest first
	bytes int
}

type parsedBlock struct {
	once   sync.Once
	values []float64
	err    error
}

// readLargeText makes the index.
func readLargeText(in *input, f *os.File, at int64) (*Image, error) {
	t := textReader{max: in.o.maxPixels(), line: 1, indexed: true}
	if err := t.read(in); err != nil {
		return nil, err
	}
	last := textBlock{off: t.pos, line: t.line, row: t.planes * t.height}
	file := &textFile{file: f, name: in.name, base: at, blocks: append(t.blocks, last), delim: t.delim, width: t.width, kept: map[int]*parsedBlock{}}
	m := t.image(nil)
	m.text = file
	in.file = f
	return m, nil
}

// row gives row i, counted through all planes.
func (f *textFile) row(i int) ([]float64, error) {
	k := sort.Search(len(f.blocks), func(k int) bool { return f.blocks[k].row > i }) - 1
	b := f.block(k)
	b.once.Do(func() { b.values, b.err = f.parse(k) })
	if b.err != nil {
		return nil, b.err
	}
	at := (i - f.blocks[k].row) * f.width
	return b.values[at : at+f.width : at+f.width], nil
}

// block finds block k among those kept, or makes room for it.
func (f *textFile) block(k int) *parsedBlock {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b := f.kept[k]; b != nil {
		return b
	}
	size := func(k int) int { return 8 * f.width * (f.blocks[k+1].row - f.blocks[k].row) }
	for len(f.order) > 0 && f.bytes+size(k) > textCacheBytes {
		f.bytes -= size(f.order[0])
		delete(f.kept, f.order[0])
		f.order = f.order[1:]
	}
	b := &parsedBlock{}
	f.kept[k] = b
	f.order = append(f.order, k)
	f.bytes += size(k)
	return b
}

// parse reads block k.
func (f *textFile) parse(k int) ([]float64, error) {
	from, to := f.blocks[k], f.blocks[k+1]
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	text := sized(buf, int(to.off-from.off))
	in := &input{name: f.name}
	if _, err := f.file.ReadAt(text, f.base+from.off); err != nil {
		return nil, in.explain(cutOff(err))
	}
	n := (to.row - from.row) * f.width
	t := textReader{max: int64(n), line: from.line, delim: f.delim, width: f.width, values: make([]float64, 0, n), inside: true}
	if err := t.lines(text); err != nil {
		return nil, in.explain(err)
	}
	if len(t.values) != n {
		return nil, in.explain(badText(from.line, 1, "the file changed while it was read"))
	}
	return t.values, nil
}

// textRow gives row y of plane p of a large text file.
func textRow[T tensor.Float](m *Image, p, y int, buf []T) ([]T, error) {
	row, err := m.text.row(p*m.h + y)
	if err != nil {
		return nil, err
	}
	if same, ok := any(row).([]T); ok {
		return same, nil
	}
	for i, v := range row {
		buf[i] = T(v)
	}
	return buf[:len(row)], nil
}
