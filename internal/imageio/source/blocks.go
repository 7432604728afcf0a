package source

import (
	"io"
	"slices"
	"sort"
	"sync"
)

// BlockFile presents decoded blocks as one contiguous file of rows. The file on
// disk holds something else: text, packed strips or tiles, columns. A block is
// decoded when its bytes are read, and few blocks are kept, so a large image
// takes little memory.
type BlockFile struct {
	in     *Input // name and format, for messages
	starts []int64
	fill   func(k int, mem []byte) error // decodes block k into mem

	mu    sync.Mutex
	kept  map[int]*fileBlock
	order []int // of kept, least recently used first
	bytes int   // in kept
	free  [][]byte
}

// fileBlock is a block that is being decoded or used.
type fileBlock struct {
	once  sync.Once
	mem   []byte
	err   error
	users int
	gone  bool // no longer in kept
}

const (
	// BlockBytes is the usual size of a block.
	BlockBytes = 1 << 20
	// keptBytes bounds the blocks kept beside those in use: the rows that two
	// bands share, or both ends of an image with a circular border. Two blocks
	// are kept whatever their size. Goroutines with bands on both sides of a
	// boundary read rows in turns, and would otherwise decode both blocks again
	// for every row.
	keptBytes = 12 << 20
)

// NewBlockFile returns a file whose block k holds the bytes starts[k] to
// starts[k+1]. Errors of fill are explained as those of in are.
func NewBlockFile(in *Input, starts []int64, fill func(k int, mem []byte) error) *BlockFile {
	return &BlockFile{in: &Input{Name: in.Name, Format: in.Format}, starts: starts, fill: fill, kept: map[int]*fileBlock{}}
}

// RowBlocks cuts planes of h rows of size bytes into blocks of whole rows: a
// multiple of unit rows, and at most most bytes unless unit rows are larger.
// Block k begins at row k%n*rows of plane k/n; n is the number of blocks in a
// plane.
func RowBlocks(planes, h, size, unit, most int) (starts []int64, rows, n int) {
	rows = max(most/(size*unit), 1) * unit
	n = (h + rows - 1) / rows
	for p := range planes {
		for k := range n {
			starts = append(starts, (int64(p)*int64(h)+int64(k)*int64(rows))*int64(size))
		}
	}
	return append(starts, int64(planes)*int64(h)*int64(size)), rows, n
}

// Name returns the name of the file on disk.
func (f *BlockFile) Name() string { return f.in.Name }

// ReadAt decodes the blocks that it reads, unless they are kept.
func (f *BlockFile) ReadAt(b []byte, off int64) (int, error) {
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

// make decodes a block.
func (f *BlockFile) make(k int, mem []byte) error {
	if err := f.fill(k, mem); err != nil {
		return f.in.Explain(err)
	}
	return nil
}

// use returns block k, kept or new, and marks it as used.
func (f *BlockFile) use(k int) *fileBlock {
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

// memory drops blocks, except the one used last, until n bytes more fit into
// keptBytes. It returns n bytes, reusing memory if it can.
func (f *BlockFile) memory(n int) []byte {
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

// leave says that a block is no longer used.
func (f *BlockFile) leave(b *fileBlock) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b.users--
	f.spare(b)
}

// spare keeps the memory of a dropped block that nobody uses, for the next one.
func (f *BlockFile) spare(b *fileBlock) {
	if b.gone && b.users == 0 {
		f.free = append(f.free, b.mem)
	}
}
