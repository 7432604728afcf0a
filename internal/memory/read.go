package memory

import (
	"bytes"
	"io"
)

// ahead bounds the memory that is taken at once on the word of a file's size:
// a file may be all holes.
const ahead = 64 << 20

// ReadAll reads r to its end, of which size bytes are expected, 0 if unknown.
// Memory grows as data arrives, and never beyond the limit.
func ReadAll(r io.Reader, size int64) ([]byte, error) {
	if err := Need(size, "the file"); err != nil {
		return nil, err
	}
	b := make([]byte, 0, int(min(max(size, 64<<10), ahead))+bytes.MinRead)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
		if cap(b)-len(b) < bytes.MinRead {
			more := 2 * cap(b)
			if size > int64(len(b)) {
				more = int(min(int64(more), size+bytes.MinRead))
			}
			more = max(more, cap(b)+bytes.MinRead)
			if err := Need(int64(more), "the data"); err != nil {
				return b, err
			}
			next := make([]byte, len(b), more)
			copy(next, b)
			b = next
		}
	}
}
