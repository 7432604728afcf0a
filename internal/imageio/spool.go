package imageio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/convkit/convkit/internal/imageio/raster"
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
	done *raster.Progress // in bytes

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
	return &spool{file: f, done: raster.NewProgress()}, nil
}

// fill copies bytes of r to bytes at to end-1 of the file.
func (s *spool) fill(r io.Reader, at, end int64) error {
	buf := make([]byte, spoolStep)
	for at < end {
		part := buf[:min(spoolStep, end-at)]
		if _, err := io.ReadFull(r, part); err != nil {
			return cutOff(err)
		}
		if _, err := s.file.WriteAt(part, at); err != nil {
			return &spoolError{err}
		}
		at += int64(len(part))
		s.done.Reach(int(at))
	}
	return nil
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
	if err := s.done.Wait(int(off) + len(b) - 1); err != nil {
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

func (s *spool) Name() string { return stdinName }

// later puts n bytes of r, which reads from in, into a file. From a pipe the
// first are there, and the others on their way, when it returns. Where there is no
// room for a file, it returns nil.
func (in *input) later(r io.Reader, n int) (*spool, error) {
	s, err := newSpool()
	if err != nil {
		return nil, nil
	}
	first := int64(min(n, spoolSize))
	if f, _, _ := in.regular(); f != nil {
		first = int64(n) // what follows is looked at
	}
	if err := s.fill(r, 0, first); err != nil {
		return nil, err
	}
	go func() {
		err := s.fill(r, first, int64(n))
		if err != nil {
			err = in.explain(err)
		}
		s.done.End(err)
	}()
	return s, nil
}

// onDisk gives the rest of the input as a file, where it is one of limit bytes
// or more, or comes from a pipe and is large; else nil. The file of a pipe
// holds what has been read from in, which goes on as before.
func (in *input) onDisk(limit int64) (f *os.File, at int64, err error) {
	if f, at, left := in.regular(); f != nil {
		if left < limit {
			f = nil
		}
		return f, at, nil
	}
	head := bytes.NewBuffer(make([]byte, 0, 64<<10))
	if _, err := io.CopyN(head, in, int64(spoolSize)); err == io.EOF {
		in.continueAt(head)
		return nil, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	ahead, _ := in.Peek(in.Buffered())
	rest := io.MultiReader(head, bytes.NewReader(bytes.Clone(ahead)), in.src)
	s, err := newSpool()
	if err != nil {
		in.continueAt(rest)
		return nil, 0, nil
	}
	in.continueAt(io.TeeReader(rest, s))
	return s.file, 0, nil
}

// drain reads a pipe to its end, and returns the size of the file that in
// stands for. Nobody has that much to say about as many pixels as are allowed.
func (in *input) drain() (int64, error) {
	if _, _, left := in.regular(); left > 0 {
		return left, nil
	}
	most := 64*in.o.PixelLimit() + growStep
	n, err := io.CopyN(io.Discard, in, most)
	if err == nil {
		return 0, raster.BadData("more than %d bytes", most)
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// continueAt reads from another source from now on.
func (in *input) continueAt(r io.Reader) {
	in.src = r
	in.Reset(readerFunc(in.read))
}
