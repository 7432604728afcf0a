package imageio

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// A pipe can be read only once and in order, but a result may need any row at
// any time: the last one first, say, where the border is circular. So what is
// large goes through a temporary file, which has no name from its beginning on
// and is gone when the process ends. Rows are computed while more arrive. The
// strips of a TIFF wait there as well, for a directory that must come first.

// spoolSize is the size from which data of a pipe leaves memory. It is a
// variable for the sake of small tests.
var spoolSize = largeBody

// spoolStep is how much is written at a time.
const spoolStep = 1 << 20

// spool is a temporary file that is being filled.
type spool struct {
	file *os.File
	done *progress // in bytes

	in, out int64 // of Write and Read
}

// newSpool makes an empty one.
func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "convkit-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return &spool{file: f, done: newProgress()}, nil
}

// fill copies bytes of r to bytes at to end-1 of the file, or all that come
// where end is negative, and returns where they end.
func (s *spool) fill(r io.Reader, at, end int64) (int64, error) {
	buf := make([]byte, spoolStep)
	for at != end {
		part := buf
		if end >= 0 {
			part = buf[:min(int64(len(buf)), end-at)]
		}
		k, err := io.ReadFull(r, part)
		if k > 0 {
			if _, err := s.file.WriteAt(part[:k], at); err != nil {
				return at, &spoolError{err}
			}
			at += int64(k)
			s.done.reach(int(at))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			if end < 0 {
				return at, nil
			}
			return at, io.ErrUnexpectedEOF
		}
		if err != nil {
			return at, err
		}
	}
	return at, nil
}

// spoolError says that the temporary file, not the input, is to blame.
type spoolError struct{ err error }

func (e *spoolError) Error() string {
	err := e.err
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		err = p.Err // without the name, which nobody knows
	}
	return fmt.Sprintf("cannot keep data in %s: %v (TMPDIR names another folder)", os.TempDir(), err)
}

func (e *spoolError) Unwrap() error { return e.err }

// ReadAt waits for the bytes that it reads.
func (s *spool) ReadAt(b []byte, off int64) (int, error) {
	if err := s.done.wait(int(off) + len(b) - 1); err != nil {
		return 0, err
	}
	return s.file.ReadAt(b, off)
}

// Write adds bytes for Read.
func (s *spool) Write(b []byte) (int, error) {
	n, err := s.file.WriteAt(b, s.in)
	s.in += int64(n)
	if err != nil {
		err = &spoolError{err}
	}
	return n, err
}

// Read gives what was written, from the beginning.
func (s *spool) Read(b []byte) (int, error) {
	n, err := s.file.ReadAt(b, s.out)
	s.out += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (s *spool) Name() string { return "<stdin>" }

// later is body for numbers that come through a pipe: the first are in a file,
// and the others on their way into it, when it returns. Where there is no room
// for a file, it returns nil.
func (in *input) later(n int) (*spool, error) {
	s, err := newSpool()
	if err != nil {
		return nil, nil
	}
	at, err := s.fill(in, 0, int64(min(n, spoolSize)))
	if err != nil {
		return nil, err
	}
	go func() {
		_, err := s.fill(in, at, int64(n))
		if err != nil {
			err = in.explain(err)
		}
		s.done.end(err)
	}()
	return s, nil
}

// onDisk gives the rest of the input as a file, where it is one of limit bytes
// or more, or comes from a pipe and is large. Either way it can still be read from in.
func (in *input) onDisk(limit int64) (f *os.File, at, left int64, err error) {
	if f, at, left := in.regular(); f != nil {
		if left < limit {
			f = nil
		}
		return f, at, left, nil
	}
	head := bytes.NewBuffer(make([]byte, 0, 64<<10))
	switch _, err := io.CopyN(head, in, int64(spoolSize)); err {
	case nil:
	case io.EOF:
		in.continueAt(head)
		return nil, 0, 0, nil
	default:
		return nil, 0, 0, err
	}
	rest := io.MultiReader(head, in.Reader)
	s, err := newSpool()
	if err != nil {
		in.Reader = bufio.NewReaderSize(rest, 64<<10)
		return nil, 0, 0, nil
	}
	if left, err = s.fill(rest, 0, -1); err != nil {
		return nil, 0, 0, err
	}
	in.continueAt(io.NewSectionReader(s.file, 0, left))
	return s.file, 0, left, nil
}

// continueAt reads from another source from now on.
func (in *input) continueAt(r io.Reader) {
	in.src = r
	in.Reset(readerFunc(in.read))
}
