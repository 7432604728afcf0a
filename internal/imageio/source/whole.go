package source

import (
	"bytes"
	"io"
	"os"
)

// Whole is all of an input, to be read in any order: in memory, or in a file. The
// file is the input itself or, of a pipe, a temporary one.
type Whole struct {
	in   *Input
	data []byte
	file *os.File
	base int64
	size int64
}

// Whole returns the rest of the input. What is smaller than limit is read into
// memory. A pipe is read to its end.
func (in *Input) Whole(limit int64) (*Whole, error) {
	w := &Whole{in: in}
	f, at, err := in.OnDisk(limit)
	if err != nil {
		return nil, err
	}
	if f == nil {
		w.data, err = in.All(in.Options.PixelLimit())
		w.size = int64(len(w.data))
	} else {
		w.file, w.base = f, at
		w.size, err = in.Drain()
	}
	original, _, _ := in.Regular()
	in.kept = w.file != nil && original != w.file
	in.packed = false // the end has been seen
	return w, err
}

// Size returns the number of bytes.
func (w *Whole) Size() int64 { return w.size }

// ReadAt reads bytes from off on.
func (w *Whole) ReadAt(b []byte, off int64) (int, error) {
	if w.file != nil {
		return w.file.ReadAt(b, w.base+off)
	}
	return bytes.NewReader(w.data).ReadAt(b, off)
}

// Rewind lets the input continue at byte off.
func (w *Whole) Rewind(off int64) error {
	if w.file == nil {
		w.in.ContinueAt(bytes.NewReader(w.data[min(off, w.size):]))
		return nil
	}
	if _, err := w.file.Seek(w.base+off, io.SeekStart); err != nil {
		return err
	}
	w.in.ContinueAt(w.file)
	return nil
}
