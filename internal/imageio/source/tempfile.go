package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// TempFileSize is the size from which data of a pipe goes to a temporary file. It
// is a variable so that tests can be small.
var TempFileSize = LargeBody

// copyStep is the number of bytes copied at a time.
const copyStep = 1 << 20

// TempFile is a temporary file that has no name: it is deleted when it is made,
// and gone when the process ends. Reading waits for bytes that are still on their
// way.
type TempFile struct {
	File    *os.File
	written *raster.Progress // in bytes

	// The bytes up to size are not said to be there before check has returned nil.
	size  int64
	check func() error

	in, out int64 // offsets of Write and Read
}

// NewTempFile returns an empty temporary file.
func NewTempFile() (*TempFile, error) {
	if err := faults.At(faults.Create, os.TempDir()); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "convkit-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return &TempFile{File: f, written: raster.NewProgress()}, nil
}

// fill copies r to the bytes from at to end-1 of the file.
func (s *TempFile) fill(r io.Reader, at, end int64) error {
	buf := make([]byte, copyStep)
	for at < end {
		part := buf[:min(copyStep, end-at)]
		if _, err := io.ReadFull(r, part); err != nil {
			return CutOff(err)
		}
		err := faults.At(faults.Write, s.File.Name())
		if err == nil {
			_, err = s.File.WriteAt(part, at)
		}
		if err != nil {
			return &TempError{err}
		}
		at += int64(len(part))
		if at == s.size {
			if err := s.check(); err != nil {
				return err
			}
		}
		s.written.Reach(int(at))
	}
	return nil
}

// TempError says that the temporary file failed, not the input.
type TempError struct{ Err error }

// Error returns the message, with the folder of temporary files.
func (e *TempError) Error() string {
	err := e.Err
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		err = p.Err // without the name, which means nothing to the user
	}
	return fmt.Sprintf("cannot keep data in %s: %v (TMPDIR names another folder)", os.TempDir(), err)
}

// Unwrap returns the cause.
func (e *TempError) Unwrap() error { return e.Err }

// ReadAt reads bytes, once they are there.
func (s *TempFile) ReadAt(b []byte, off int64) (int, error) {
	if err := s.written.Wait(int(off) + len(b) - 1); err != nil {
		return 0, err
	}
	if err := faults.At(faults.Read, s.File.Name()); err != nil {
		return 0, err
	}
	return s.File.ReadAt(b, off)
}

// Write appends bytes for Read.
func (s *TempFile) Write(b []byte) (int, error) {
	n, err := 0, faults.At(faults.Write, s.File.Name())
	if err == nil {
		n, err = s.File.WriteAt(b, s.in)
	}
	s.in += int64(n)
	if err != nil {
		err = &TempError{err}
	}
	return n, err
}

// Read returns what was written, from the beginning.
func (s *TempFile) Read(b []byte) (int, error) {
	if err := faults.At(faults.Read, s.File.Name()); err != nil {
		return 0, err
	}
	n, err := s.File.ReadAt(b, s.out)
	s.out += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// Name returns the name of the input that the file stands for.
func (s *TempFile) Name() string { return StdinName }

// later copies n bytes of r, which reads from in, to a temporary file. From a
// pipe it returns when the first bytes are there; the others follow. It returns
// nil if no temporary file can be made.
func (in *Input) later(r io.Reader, n int) (*TempFile, error) {
	s, err := NewTempFile()
	if err != nil {
		return nil, nil
	}
	s.size, s.check = int64(n), in.finish
	in.copying = true
	first := int64(min(n, TempFileSize))
	if f, _, _ := in.Regular(); f != nil {
		first = int64(n) // the bytes after it are looked at next
	}
	if err := s.fill(r, 0, first); err != nil {
		return nil, err
	}
	go func() {
		err := s.fill(r, first, int64(n))
		if err != nil {
			err = in.Explain(err)
		}
		s.written.End(err)
	}()
	return s, nil
}

// OnDisk returns the rest of the input as a file, if it is a file of at least
// limit bytes or a large pipe; else nil. The file of a pipe holds what has been
// read from in so far, and in continues as before.
func (in *Input) OnDisk(limit int64) (f *os.File, at int64, err error) {
	if f, at, left := in.Regular(); f != nil {
		if left < limit {
			f = nil
		}
		return f, at, nil
	}
	head := bytes.NewBuffer(make([]byte, 0, 64<<10))
	if _, err := io.CopyN(head, in, int64(TempFileSize)); err == io.EOF {
		in.ContinueAt(head)
		return nil, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	rest := io.MultiReader(head, in.rest())
	s, err := NewTempFile()
	if err != nil {
		in.ContinueAt(rest)
		return nil, 0, nil
	}
	in.ContinueAt(io.TeeReader(rest, s))
	return s.File, 0, nil
}

// Drain reads a pipe to its end and returns the size of the file that OnDisk
// gave. It stops with an error beyond the size that the allowed number of pixels
// can need.
func (in *Input) Drain() (int64, error) {
	if _, _, left := in.Regular(); left > 0 {
		return left, nil
	}
	most := 64*in.Options.PixelLimit() + growStep
	n, err := io.CopyN(io.Discard, in, most)
	if err == nil {
		return 0, raster.BadData("more than %d bytes", most)
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}
