// Package atomicfile writes files that appear whole or not at all.
//
// A file is written under another name beside its place and renamed when all went
// well. What is replaced keeps its mode, its ACL and its owner, as far as the
// system permits. Files that belong together form a Set: all are written before
// the first is renamed, and all or none take their places.
//
// Ready-made packages rename one file; none of them keeps ACLs, commits several
// files together or limits who may read the result, so this is by hand.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/imageio/packed"
)

// File is a file being written. It ends by Close or Abort.
type File struct {
	*bufio.Writer
	file  *os.File // nil for a stream, and after the last byte
	tmp   string   // "" if there is nothing to rename
	old   string   // a second name of the file that is replaced, or ""
	path  string
	given string // the path as given, before links
	set   *Set   // that commits the file, or nil

	layers []layer // what is written goes through them, the last one first

	replaces bool // there was a file at path
	waits    bool // for Commit
}

// layer changes what is written, and writes it into another buffer.
type layer struct {
	io.WriteCloser
	into *bufio.Writer
}

// Through lets all that is written pass open's writer, which Close closes. It must
// come before the first byte.
func (o *File) Through(open func(io.Writer) (io.WriteCloser, error)) error {
	w, err := open(o.Writer)
	if err != nil {
		return err
	}
	o.layers = append(o.layers, layer{w, o.Writer})
	o.Writer = bufio.NewWriterSize(w, bufferSize)
	return nil
}

// flush writes out what the buffers of all layers hold, and ends the layers.
func (o *File) flush() error {
	err := o.Flush()
	for ; err == nil && len(o.layers) > 0; o.layers = o.layers[:len(o.layers)-1] {
		top := o.layers[len(o.layers)-1]
		if err = top.Close(); err == nil {
			o.Writer = top.into
			err = o.Flush()
		}
	}
	return err
}

const bufferSize = 256 << 10

// ErrProtected says that the existing file may not be written. Renaming over it
// would succeed all the same.
var ErrProtected error = protectedError{}

type protectedError struct{}

func (protectedError) Error() string { return "the file is write-protected" }
func (protectedError) ExitCode() int { return exit.Failed }
func (protectedError) Advice() string {
	return "write into another file, or let this one be written: chmod u+w"
}

// Stream writes to w. Close flushes and leaves w open.
func Stream(w io.Writer) *File {
	return &File{Writer: bufio.NewWriterSize(w, bufferSize)}
}

// Create begins a file at path. Close puts it there. A device or a pipe is
// written as it is. A link is followed.
func Create(path string) (*File, error) { return create(path, nil) }

// Check reports why Create would fail for path, and changes nothing.
func Check(path string) error {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() && !st.IsDir() {
		return nil // opening a pipe would wait for its reader
	}
	f, err := create(path, nil)
	if err != nil {
		return err
	}
	f.Abort()
	return nil
}

// create packs a file whose name ends like a packed one.
func create(path string, s *Set) (*File, error) {
	p, _, ok := packed.Named(path)
	if ok && !p.CanWrite() {
		return nil, fmt.Errorf("%s: %s can be unpacked but not written", path, p.Name)
	}
	f, err := open(path, s)
	if err != nil || !ok {
		return f, err
	}
	if err := f.Through(p.NewWriter); err != nil {
		f.Abort()
		return nil, err
	}
	return f, nil
}

func open(path string, s *Set) (*File, error) {
	st, err := os.Stat(path)
	switch {
	case err == nil && st.IsDir():
		return nil, fmt.Errorf("%s: is a directory, not a file", path)
	case err == nil && !st.Mode().IsRegular():
		if err := faults.At(faults.Open, path); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return newFile(f, "", path, s), nil
	case err == nil:
		return replace(path, st, s)
	case errors.Is(err, syscall.ELOOP):
		return nil, fmt.Errorf("%s: the link leads back to itself", path)
	}
	path = BehindLinks(path)
	f, tmp, err := openBeside(path, s.newMode())
	if err != nil {
		return nil, err
	}
	if err := s.restrict(f); err != nil {
		discard(f, tmp)
		return nil, named(err, path)
	}
	return newFile(f, tmp, path, s), nil
}

// replace begins a file that takes the place of another, which st describes.
// Until it has the permissions of the other, only its owner can read it.
func replace(path string, st fs.FileInfo, s *Set) (*File, error) {
	if st.Mode().Perm()&0o222 == 0 || !mayWrite(path) {
		return nil, fmt.Errorf("%s: %w", path, ErrProtected)
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	f, tmp, err := openBeside(path, 0o600)
	if err != nil {
		return nil, err
	}
	err = faults.At(faults.Chmod, path)
	if err == nil {
		err = keep(f, path, st)
	}
	if err != nil {
		discard(f, tmp)
		return nil, named(err, path)
	}
	o := newFile(f, tmp, path, s)
	o.replaces = true
	return o, nil
}

func discard(f *os.File, tmp string) {
	f.Close()
	remove(tmp)
}

func newFile(f *os.File, tmp, path string, s *Set) *File {
	o := &File{file: f, tmp: tmp, path: path, set: s}
	o.Writer = bufio.NewWriterSize(fileWriter{o}, bufferSize)
	return o
}

// fileWriter writes to the temporary file. Its errors name the target.
type fileWriter struct{ o *File }

func (w fileWriter) Write(b []byte) (int, error) {
	if err := faults.At(faults.Write, w.o.path); err != nil {
		return 0, err
	}
	n, err := w.o.file.Write(b)
	return n, w.o.Named(err)
}

// CanRewrite reports whether bytes that were written can be written again.
func (o *File) CanRewrite() bool { return o.tmp != "" && len(o.layers) == 0 }

// Rewrite replaces the first bytes of the file.
func (o *File) Rewrite(b []byte) error {
	if err := o.Flush(); err != nil {
		return err
	}
	if err := faults.At(faults.Write, o.path); err != nil {
		return err
	}
	_, err := o.file.WriteAt(b, 0)
	return o.Named(err)
}

// Close writes the last bytes. A file of a set then waits for Commit; any other
// takes its place. After an error nothing is left behind.
func (o *File) Close() error {
	err := o.finish()
	if err != nil || o.set == nil {
		return o.place(err)
	}
	o.waits = true
	return nil
}

// finish flushes and closes the temporary file.
func (o *File) finish() error {
	if o.file == nil && o.path != "" {
		return nil
	}
	err := o.flush()
	if o.file == nil {
		return err
	}
	if e := faults.At(faults.Close, o.path); err == nil {
		err = e
	}
	if e := o.file.Close(); err == nil {
		err = e
	}
	o.file = nil
	return o.Named(err)
}

// place renames the finished file, or after err removes it.
func (o *File) place(err error) error {
	if o.tmp == "" {
		return err
	}
	if err == nil {
		err = rename(o.tmp, o.path)
	}
	if err != nil {
		remove(o.tmp)
	}
	o.tmp = ""
	return o.Named(err)
}

// Abort removes what was written. It does nothing after Close, or on nil.
func (o *File) Abort() {
	if o != nil && !o.waits {
		o.drop()
	}
}

// drop removes the file, also one that waits for Commit.
func (o *File) drop() {
	if o.file != nil {
		o.file.Close()
		o.file = nil
	}
	if o.tmp != "" {
		remove(o.tmp)
		o.tmp = ""
	}
}

// Named puts the name of the target into an error that names the temporary file,
// for which nobody asked.
func (o *File) Named(err error) error {
	if o.path == "" {
		return err
	}
	return named(err, o.path)
}

func named(err error, path string) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return &fs.PathError{Op: p.Op, Path: path, Err: p.Err}
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return &fs.PathError{Op: l.Op, Path: path, Err: l.Err}
	}
	return err
}
