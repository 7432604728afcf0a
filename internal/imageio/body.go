package imageio

import (
	"bytes"
	"io"
	"math"
	"os"
)

// growStep is how much memory is taken ahead of the data that fills it.
const growStep = 16 << 20

// readBytes reads exactly n bytes. Memory grows as data arrives: a header that
// lies about its size costs no more than growStep.
func readBytes(r io.Reader, n int) ([]byte, error) {
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

// room is above the bytes that a file of so many pixels can ever need.
func room(pixels int64) int64 { return roomAround + roomPerPixel*min(pixels, 1<<50) }

// all reads the rest of the file, as far as there is room for it: what follows
// is not looked at.
func (in *input) all(pixels int64) ([]byte, error) {
	limit := room(pixels)
	buf := make([]byte, 0, 64<<10)
	if f, _, left := in.regular(); f != nil && left < math.MaxInt32 {
		buf = make([]byte, 0, min(left, limit)+bytes.MinRead)
	}
	b := bytes.NewBuffer(buf)
	_, err := b.ReadFrom(io.LimitReader(in, limit))
	return b.Bytes(), err
}

const (
	// roomPerPixel is far above the bytes that a pixel takes in any file: four
	// samples of 16 bits, or JPEG's codes of its least gain.
	roomPerPixel = 64
	// roomAround is for profiles, previews and remarks.
	roomAround = 64 << 20
)

// largeBody is the size from which numbers stay in their file. Reading them
// again for each band costs less than a file of that size in memory.
const largeBody = 16 << 20

// body is bytes for numbers that will be read row by row: those of a large
// file stay there, those of a pipe go into one, and it returns nil.
func (in *input) body(n int) ([]byte, error) {
	f, at, left := in.regular()
	if f == nil {
		return in.gathered(in, n)
	}
	if n < largeBody {
		return readBytes(in, n)
	}
	if left < int64(n) {
		return nil, io.ErrUnexpectedEOF
	}
	in.file, in.base = f, at
	return nil, nil
}

// gathered is body for bytes that can be read only once and in order: r reads a
// pipe, or unpacks what in reads.
func (in *input) gathered(r io.Reader, n int) ([]byte, error) {
	if n >= spoolSize {
		s, err := in.later(r, n)
		if s != nil {
			in.file = s
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return readBytes(r, n)
}

// after is what follows a body of n bytes, as far as signatures look. It waits
// for no pipe.
func (in *input) after(n int) []byte {
	head := make([]byte, headLen)
	switch f := in.file.(type) {
	case nil:
		head, _ = in.Peek(min(headLen, in.Buffered()))
	case *os.File:
		k, _ := f.ReadAt(head, in.base+int64(n))
		head = head[:k]
	default:
		head = nil
	}
	return head
}

// regular gives the file that is being read, where in it reading has come to,
// and how many bytes are left; nil where it is a pipe or no file at all.
func (in *input) regular() (f *os.File, at, left int64) {
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
