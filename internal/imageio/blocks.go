package imageio

import (
	"io"
	"slices"
	"sort"
	"sync"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// blockFile is a file that is not there: the rows of a large image as they are read
// most easily, one after the other, of which the file on disk holds something else:
// text, packed strips or tiles, columns. It is made block by block when its bytes are
// asked for, and few of its blocks are kept, so that an image takes little memory
// however large it is.
type blockFile struct {
	in     *input // for messages
	starts []int64
	fill   func(k int, mem []byte) error // makes block k, of the size of mem

	mu    sync.Mutex
	kept  map[int]*fileBlock
	order []int // of kept, those used last at the end
	bytes int   // of kept
	free  [][]byte
}

// fileBlock is a block that is being made or used.
type fileBlock struct {
	once  sync.Once
	mem   []byte
	err   error
	users int
	gone  bool // it is not kept any more
}

const (
	// blockBytes is about the size of a block where any will do.
	blockBytes = 1 << 20
	// keptBytes bounds the blocks that are kept beside those in use: the rows that
	// two bands share, or both ends of an image with a circular border. Two blocks are
	// kept however large they are: goroutines whose bands lie on both sides of a seam
	// read row by row by turns, and would make both blocks again for every row.
	keptBytes = 12 << 20
)

// newBlockFile describes a file whose block k is the bytes from starts[k] on to
// starts[k+1]. What is wrong in one is told as in is.
func newBlockFile(in *input, starts []int64, fill func(k int, mem []byte) error) *blockFile {
	return &blockFile{in: &input{name: in.name, what: in.what}, starts: starts, fill: fill, kept: map[int]*fileBlock{}}
}

// blocksOfRows cuts planes of h rows of size bytes into blocks of whole rows, a
// multiple of unit of them, of most bytes where a unit has no more. Block k begins
// at row k%n*rows of plane k/n, with n the number of blocks in a plane.
func blocksOfRows(planes, h, size, unit, most int) (starts []int64, rows, n int) {
	rows = max(most/(size*unit), 1) * unit
	n = (h + rows - 1) / rows
	for p := range planes {
		for k := range n {
			starts = append(starts, (int64(p)*int64(h)+int64(k)*int64(rows))*int64(size))
		}
	}
	return append(starts, int64(planes)*int64(h)*int64(size)), rows, n
}

// Name is that of the file on disk.
func (f *blockFile) Name() string { return f.in.name }

// ReadAt makes the blocks that it reads, unless they are kept.
func (f *blockFile) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	for n < len(b) {
		at := off + int64(n)
		k := sort.Search(len(f.starts), func(k int) bool { return f.starts[k] > at }) - 1
		if k < 0 || k == len(f.starts)-1 {
			return n, io.EOF
		}
		block := f.use(k)
		block.once.Do(func() { block.err = f.make(k, block.mem) })
		err := block.err
		if err == nil {
			n += copy(b[n:], block.mem[at-f.starts[k]:])
		}
		f.leave(block)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// make fills a block. A decoder that panics is one that found the data damaged.
func (f *blockFile) make(k int, mem []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = raster.BadData("damaged: the decoder gave up (%v)", p)
		}
		if err != nil {
			err = f.in.explain(err)
		}
	}()
	return f.fill(k, mem)
}

// use finds block k among those kept, or takes memory for it.
func (f *blockFile) use(k int) *fileBlock {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.kept[k]
	if b != nil {
		f.order = slices.DeleteFunc(f.order, func(i int) bool { return i == k })
	} else {
		b = &fileBlock{mem: f.memory(int(f.starts[k+1] - f.starts[k]))}
		f.kept[k] = b
		f.bytes += len(b.mem)
	}
	f.order = append(f.order, k)
	b.users++
	return b
}

// memory lets go of what is kept beyond its bounds with n bytes more, but for the
// block used last, and gives n bytes, used ones where there are any.
func (f *blockFile) memory(n int) []byte {
	for len(f.order) > 1 && f.bytes+n > keptBytes {
		b := f.kept[f.order[0]]
		delete(f.kept, f.order[0])
		f.order = f.order[1:]
		f.bytes -= len(b.mem)
		b.gone = true
		f.spare(b)
	}
	for i := len(f.free) - 1; i >= 0; i-- {
		if mem := f.free[i]; cap(mem) >= n {
			f.free = slices.Delete(f.free, i, i+1)
			return mem[:n]
		}
	}
	f.free = nil // all too small
	return make([]byte, n)
}

// leave tells that a block is not used any more.
func (f *blockFile) leave(b *fileBlock) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b.users--
	f.spare(b)
}

// spare keeps the memory of a block that nobody needs for another.
func (f *blockFile) spare(b *fileBlock) {
	if b.gone && b.users == 0 {
		f.free = append(f.free, b.mem)
	}
}
