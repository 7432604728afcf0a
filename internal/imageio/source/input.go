// Package source is where the bytes of a picture come from: a file, a pipe, or
// memory.
//
// A pipe can be read only once and in order, but a result may need any row at any
// time. Large data of a pipe therefore goes through a temporary file, and large
// files stay where they are: readers return where the rows lie, and rows are read
// when they are needed.
package source

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	utf "golang.org/x/text/encoding/unicode"

	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/imageio/packed"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/memory"
)

// StdinName is the name of standard input in messages.
const StdinName = "<stdin>"

// Input is a file that is being read: its bytes in order, its name, and the
// options of the user.
type Input struct {
	*bufio.Reader
	src     io.Reader
	Name    string
	Format  string // its name, for messages
	Options raster.ReadOptions
	err     error // the first error of src but io.EOF
	packed  bool  // src unpacks the file
	kept    bool  // src is a temporary file that holds a pipe
	copying bool  // samples are still being copied; whoever does it finishes

	// A reader whose samples stay in a file sets File, and Base to the place of the
	// first sample in it.
	File raster.File
	Base int64
}

// New returns the input that r reads, with the name of its file.
func New(r io.Reader, name string, o raster.ReadOptions) *Input {
	in := &Input{src: r, Name: name, Format: o.Format, Options: o}
	in.Reader = bufio.NewReaderSize(readerFunc(in.read), 64<<10)
	return in
}

// Err returns the error of the file itself, or nil if it could be read.
func (in *Input) Err() error { return in.err }

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (in *Input) read(p []byte) (int, error) {
	n, err := 0, faults.At(faults.Read, in.Name)
	if err == nil {
		n, err = in.src.Read(p)
	}
	if err != nil && err != io.EOF && in.err == nil {
		in.err = err
	}
	return n, err
}

// Explain adds the name of the file to err. It keeps apart files that could not
// be read and files whose content is wrong, which are DataErrors.
func (in *Input) Explain(err error) error {
	if bad := (*raster.DataError)(nil); errors.As(in.err, &bad) {
		err = in.err // of a packed file
	} else if in.err != nil {
		if p := (*os.PathError)(nil); errors.As(in.err, &p) {
			return in.err
		}
		return fmt.Errorf("%s: %w", in.Name, in.err)
	}
	if s := (*TempError)(nil); errors.As(err, &s) {
		return err
	}
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return err // of a part that was read later
	}
	if m := (*memory.Error)(nil); errors.As(err, &m) {
		return fmt.Errorf("%s: %w", in.Name, err)
	}
	if o := (*raster.OptionError)(nil); errors.As(err, &o) {
		return err
	}
	var bad *raster.DataError
	if errors.As(err, &bad) {
		if bad.Name == "" {
			bad.Name = in.Name
		}
		return err
	}
	// Some decoders put the text of io.EOF into an error instead of wrapping it.
	if strings.HasSuffix(err.Error(), "EOF") {
		err = fmt.Errorf("the %s data ends too early: the file is cut off", in.Format)
	}
	return &raster.DataError{Name: in.Name, Err: err}
}

// ContinueAt makes r the source of the bytes that follow.
func (in *Input) ContinueAt(r io.Reader) {
	in.src = r
	in.Reset(readerFunc(in.read))
}

// Member returns the input of a file inside of this one, which r reads. What is
// wrong with r is wrong with the data of the file. Finish reads r to its end.
func (in *Input) Member(r io.Reader) *Input {
	m := New(inside{r}, in.Name, in.Options)
	m.Format, m.packed = in.Format, true
	return m
}

// inside reads from an archive. Errors of the file itself stay what they are.
type inside struct{ r io.Reader }

func (i inside) Read(b []byte) (int, error) {
	n, err := i.r.Read(b)
	var file *os.PathError
	if err != nil && err != io.EOF && !errors.As(err, &file) {
		err = raster.BadData("damaged: %w", err)
	}
	return n, err
}

// Unpack unpacks a file that is packed as a whole, by gzip, bzip2 or zstd: the
// input then is its content, like that of a pipe.
func (in *Input) Unpack() {
	head, _ := in.Peek(packed.HeadLen)
	if p, ok := packed.Of(head); ok {
		in.packed = true
		in.ContinueAt(p.NewReader(in.rest()))
	}
}

// Finish reads a packed file to its end, where it shows whether it is whole. It
// reads no more than a picture of the largest size can need.
func (in *Input) Finish() error {
	if in.copying {
		return nil
	}
	return in.finish()
}

func (in *Input) finish() error {
	if !in.packed {
		return nil
	}
	_, err := io.CopyN(io.Discard, in, Room(in.Options.PixelLimit()))
	if err == io.EOF {
		err = nil
	}
	return err
}

// rest returns what is left to read, so that something else can be put between.
func (in *Input) rest() io.Reader {
	ahead, _ := in.Peek(in.Buffered())
	return io.MultiReader(bytes.NewReader(bytes.Clone(ahead)), in.src)
}

// DecodeUTF16 converts text to UTF-8 if it begins with the mark of UTF-16, which
// spreadsheets and PowerShell write.
func (in *Input) DecodeUTF16() {
	head, _ := in.Peek(4)
	if len(head) < 2 || len(head) == 4 && string(head[2:]) == "\x00\x00" { // UTF-32
		return
	}
	if mark := string(head[:2]); mark != "\xff\xfe" && mark != "\xfe\xff" {
		return
	}
	utf16 := utf.UTF16(utf.BigEndian, utf.UseBOM)
	in.ContinueAt(utf16.NewDecoder().Reader(in.rest()))
}

// ShellWord returns a name, quoted if a shell would otherwise split or change it.
func ShellWord(name string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-+,:@%=/", r)
	}
	if !strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// CutOff returns err, or io.ErrUnexpectedEOF for io.EOF: data was still to come.
func CutOff(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// HeadLen is the number of bytes at the beginning of a file that tell its format,
// including formats that are not supported.
const HeadLen = 512
