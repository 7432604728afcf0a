package imageio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// output is a file that appears whole or not at all: it is written beside its
// place under another name, and takes its place when all went well. A device
// or a pipe has no place to take and is written as it is.
type output struct {
	*bufio.Writer
	file *os.File // nil for a stream
	tmp  string   // "" where there is nothing to rename
	path string
}

const outputBuffer = 256 << 10

// longestBase is how much of a name the temporary one begins with: file systems
// take names of 255 bytes.
const longestBase = 200

func newStream(w io.Writer) *output {
	return &output{Writer: bufio.NewWriterSize(w, outputBuffer)}
}

func newFileOutput(f *os.File, tmp, path string) *output {
	o := &output{file: f, tmp: tmp, path: path}
	o.Writer = bufio.NewWriterSize(fileWriter{o}, outputBuffer)
	return o
}

// fileWriter writes to the file of an output; its errors name the target.
type fileWriter struct{ o *output }

func (w fileWriter) Write(b []byte) (int, error) {
	n, err := w.o.file.Write(b)
	return n, w.o.named(err)
}

// newOutput opens the temporary file. A link is followed, so that it stays one.
func newOutput(path string) (*output, error) {
	mode := fs.FileMode(0o666) // less the umask, as for any new file
	exists := false
	if st, err := os.Stat(path); err == nil {
		if st.IsDir() {
			return nil, fmt.Errorf("%s: is a directory, not a file", path)
		}
		if !st.Mode().IsRegular() {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return nil, err
			}
			return newFileOutput(f, "", path), nil
		}
		if mode, exists = st.Mode().Perm(), true; mode&0o222 == 0 {
			return nil, fmt.Errorf("%s: %w", path, ErrProtected)
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
	} else if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("%s: the link leads back to itself", path)
	} else {
		path = BehindLinks(path)
	}
	base := filepath.Base(path)
	base = base[:min(len(base), longestBase)]
	for range 100 {
		tmp := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x.tmp", base, rand.Uint32()))
		f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, cannotCreate(path, err)
		}
		if exists {
			// The umask may have taken bits that the old file has.
			if err := f.Chmod(mode); err != nil {
				f.Close()
				os.Remove(tmp)
				return nil, err
			}
		}
		return newFileOutput(f, tmp, path), nil
	}
	return nil, fmt.Errorf("%s: no free name for a temporary file beside it", path)
}

// ErrProtected says that nobody may write the file that is there, which a file
// that took its place would pass over.
var ErrProtected = errors.New("the file is write-protected")

// mostLinks is how many links lead on at most; systems allow no more.
const mostLinks = 40

// BehindLinks is the file that a link means which is not there yet: where an output
// goes.
func BehindLinks(path string) string {
	at := path
	for range mostLinks {
		to, err := os.Readlink(at)
		if err != nil {
			return at
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(at), to)
		}
		at = to
	}
	return path
}

// cannotCreate names the target, not the temporary file nobody asked for.
func cannotCreate(path string, err error) error {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return err
	}
	if _, missing := os.Stat(filepath.Dir(path)); errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("%s: the folder %s does not exist", path, filepath.Dir(path))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: the folder %s takes no new files", path, filepath.Dir(path))
	}
	return &fs.PathError{Op: "create", Path: path, Err: p.Err}
}

// canRewrite says whether what was written can be written again.
func (o *output) canRewrite() bool { return o.tmp != "" }

// rewrite replaces the first bytes of a file.
func (o *output) rewrite(b []byte) error {
	if err := o.Flush(); err != nil {
		return err
	}
	_, err := o.file.WriteAt(b, 0)
	return o.named(err)
}

// close flushes, closes and takes the file's place.
func (o *output) close() error {
	err := o.Flush()
	if o.file == nil {
		return err
	}
	if e := o.file.Close(); err == nil {
		err = e
	}
	o.file = nil
	if o.tmp == "" {
		return o.named(err)
	}
	if err == nil {
		err = os.Rename(o.tmp, o.path)
	}
	if err != nil {
		os.Remove(o.tmp)
	}
	o.tmp = ""
	return o.named(err)
}

// abort leaves nothing behind. It does nothing after close.
func (o *output) abort() {
	if o.file == nil {
		return
	}
	o.file.Close()
	o.file = nil
	if o.tmp != "" {
		os.Remove(o.tmp)
		o.tmp = ""
	}
}

// named puts the target's name into an error that names the temporary file.
func (o *output) named(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) && o.path != "" {
		return &fs.PathError{Op: p.Op, Path: o.path, Err: p.Err}
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return &fs.PathError{Op: l.Op, Path: o.path, Err: l.Err}
	}
	return err
}
