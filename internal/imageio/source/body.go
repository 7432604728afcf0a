package source

import (
	"io"
	"os"

	"github.com/convkit/convkit/internal/memory"
)

// growStep is the memory that is taken before data arrives to fill it.
const growStep = 16 << 20

// ReadBytes reads the next n bytes of r into memory, for pictures that are held as a
// whole.
func ReadBytes(r io.Reader, n int) ([]byte, error) { return readBytes(r, n) }

// readBytes reads exactly n bytes. Memory grows as data arrives, so a header with
// a false size costs at most growStep.
func readBytes(r io.Reader, n int) ([]byte, error) {
	if err := memory.Need(int64(n), "the data"); err != nil {
		return nil, err
	}
	buf := make([]byte, min(n, growStep))
	have := 0
	for {
		k, err := io.ReadFull(r, buf[have:])
		have += k
		if err == io.EOF && n > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil || have == n {
			return buf, err
		}
		next := make([]byte, min(n, 4*len(buf)))
		copy(next, buf)
		buf = next
	}
}

// Room returns more bytes than a file of so many pixels can need.
func Room(pixels int64) int64 { return RoomAround + roomPerPixel*min(pixels, 1<<50) }

// All reads the rest of the file, but no more than Room(pixels) bytes.
func (in *Input) All(pixels int64) ([]byte, error) {
	limit, size := Room(pixels), int64(0)
	if f, _, left := in.Regular(); f != nil {
		size = min(left, limit)
	}
	return memory.ReadAll(io.LimitReader(in, limit), size)
}

const (
	// roomPerPixel is far above the bytes of a pixel in any file: four samples of
	// 16 bits, or the longest codes of JPEG.
	roomPerPixel = 64
	// RoomAround is for profiles, previews and comments.
	RoomAround = 64 << 20
)

// LargeBody is the size from which samples stay in their file. Reading them again
// for each band costs less than holding them in memory.
const LargeBody = 16 << 20

// Body returns the next n bytes, which are samples. If they are many and in a
// file, it returns nil and sets File and Base. Large samples from a pipe go to a
// temporary file.
func (in *Input) Body(n int) ([]byte, error) {
	f, at, left := in.Regular()
	if f == nil {
		return in.Gather(in, n)
	}
	if n < LargeBody && !(in.kept && n >= TempFileSize) {
		return readBytes(in, n)
	}
	if left < int64(n) {
		return nil, io.ErrUnexpectedEOF
	}
	in.File, in.Base = f, at
	return nil, nil
}

// Gather is Body for bytes that can be read only once and in order: r reads from
// in, unpacking it perhaps.
func (in *Input) Gather(r io.Reader, n int) ([]byte, error) {
	if n >= TempFileSize {
		s, err := in.later(r, n)
		if s != nil {
			in.File = s
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return readBytes(r, n)
}

// After returns the bytes after a body of n bytes, at most HeadLen. It does not
// wait for a pipe.
func (in *Input) After(n int) []byte {
	head := make([]byte, HeadLen)
	switch f := in.File.(type) {
	case nil:
		head, _ = in.Peek(min(HeadLen, in.Buffered()))
	case *os.File:
		k, _ := f.ReadAt(head, in.Base+int64(n))
		head = head[:k]
	default:
		head = nil
	}
	return head
}

// Regular returns the file that is being read, the offset of the next byte, and
// the number of bytes left. The file is nil for pipes and for anything but a
// regular file.
func (in *Input) Regular() (f *os.File, at, left int64) {
	f, ok := in.src.(*os.File)
	if !ok {
		return nil, 0, 0
	}
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		return nil, 0, 0
	}
	if at, err = f.Seek(0, io.SeekCurrent); err != nil {
		return nil, 0, 0
	}
	at -= int64(in.Buffered())
	return f, at, st.Size() - at
}
