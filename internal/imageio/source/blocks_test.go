package source

import (
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// counted is a block file of 40 blocks, of which the bytes of a block are its
// number; it counts what is made.
func counted(made *atomic.Int64) *BlockFile {
	starts, _, _ := RowBlocks(1, 40*BlockBytes>>10, 1<<10, 1, BlockBytes)
	return NewBlockFile(New(nil, "name", raster.ReadOptions{}), starts, func(k int, mem []byte) error {
		made.Add(1)
		for i := range mem {
			mem[i] = byte(k)
		}
		return nil
	})
}

// TestBlockFile: bytes come from their blocks, each of which is made once for those
// who read on, and their memory is that of few, also where several do.
func TestBlockFile(t *testing.T) {
	var made atomic.Int64
	f := counted(&made)
	blocks := len(f.starts) - 1
	readOn := func() {
		b := make([]byte, 1<<10)
		for k := range blocks {
			for row := range int64(10) {
				if _, err := f.ReadAt(b, f.starts[k]+row<<10); err != nil || b[0] != byte(k) || b[len(b)-1] != byte(k) {
					t.Errorf("block %d: %d…%d, %v", k, b[0], b[len(b)-1], err)
				}
			}
		}
	}
	readOn()
	if n := made.Load(); n != int64(blocks) {
		t.Errorf("%d blocks were made of %d", n, blocks)
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(readOn)
	}
	all.Wait()
	memory := 0
	for _, b := range f.kept {
		memory += len(b.mem)
	}
	for _, mem := range f.free {
		memory += cap(mem)
	}
	if memory != f.bytes+len(f.free)*BlockBytes || memory > keptBytes+3*BlockBytes {
		t.Errorf("%d bytes are held, %d of them kept", memory, f.bytes)
	}
}

// TestBlockFileSeam: who reads by turns on both sides of a seam makes two blocks,
// however large they are.
func TestBlockFileSeam(t *testing.T) {
	made := 0
	f := NewBlockFile(New(nil, "name", raster.ReadOptions{}), []int64{0, keptBytes, 2 * keptBytes, 3 * keptBytes}, func(int, []byte) error {
		made++
		return nil
	})
	b := make([]byte, 10)
	for i := range int64(10) {
		for _, at := range []int64{keptBytes - 100 + 10*i, keptBytes + 10*i} {
			if _, err := f.ReadAt(b, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if made != 2 {
		t.Errorf("2 blocks were made %d times", made)
	}
}

// TestBlockFileEdges: what spans blocks, ends beyond the last, or cannot be made.
func TestBlockFileEdges(t *testing.T) {
	var made atomic.Int64
	f := counted(&made)
	b := make([]byte, 10)
	if n, err := f.ReadAt(b, f.starts[1]-4); n != 10 || err != nil || b[3] != 0 || b[4] != 1 {
		t.Errorf("across two blocks: %v, %d, %v", b, n, err)
	}
	if n, err := f.ReadAt(b, f.starts[len(f.starts)-1]-4); n != 4 || err != io.EOF {
		t.Errorf("across the end: %d, %v", n, err)
	}
	f.fill = func(int, []byte) error { return io.ErrUnexpectedEOF }
	_, err := f.ReadAt(b, f.starts[7])
	if bad := (*raster.DataError)(nil); !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), "name: ") {
		t.Errorf("the error is %v", err)
	}
}
