package imageio

import (
	"io"
	"os"
)

// WriteFile writes a file of any kind, whole or not at all.
func WriteFile(path string, write func(io.Writer) error) error {
	p, err := Prepare(path, write)
	if err != nil {
		return err
	}
	return p.Commit()
}

// Prepared is a file that is written already, but not in its place yet: of
// several files that belong together all are prepared before any takes its
// place.
type Prepared struct{ o *output }

// Prepare writes a file beside its place. It ends by Commit or Abort.
func Prepare(path string, write func(io.Writer) error) (*Prepared, error) {
	o, err := newOutput(path)
	if err != nil {
		return nil, err
	}
	if err := write(o); err != nil {
		o.abort()
		return nil, o.named(err)
	}
	if err := o.Flush(); err != nil {
		o.abort()
		return nil, err
	}
	return &Prepared{o}, nil
}

// Commit puts the file in its place.
func (p *Prepared) Commit() error { return p.o.close() }

// Abort leaves nothing behind. It does nothing after Commit, or on nil.
func (p *Prepared) Abort() {
	if p != nil {
		p.o.abort()
	}
}

// CheckFile tells why a file could not be written, and leaves all as it was.
func CheckFile(path string) error {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() && !st.IsDir() {
		return nil // opening a pipe would wait for its reader
	}
	o, err := newOutput(path)
	if err != nil {
		return err
	}
	o.abort()
	return nil
}
