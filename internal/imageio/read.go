package imageio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// stdinName is what messages call standard input.
const stdinName = "<stdin>"

// ReadFile reads the image at path, "-" being stdin.
func ReadFile(path string, stdin io.Reader, o ReadOptions) (*Image, error) {
	if path == "-" {
		return Decode(stdin, stdinName, o)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if st, err := f.Stat(); err == nil && st.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s: is a directory, not a file", path)
	}
	m, err := Decode(f, path, o)
	if err != nil || m.file == nil {
		f.Close()
	}
	return m, err
}

// Decode reads an image of any format. The name is for messages and, where the
// content has no signature, for the format.
func Decode(r io.Reader, name string, o ReadOptions) (m *Image, err error) {
	if o.Linear && o.Values == RawValues {
		return nil, badOption("leave one of them away", "linear light is of pixels over their full scale, not of raw values")
	}
	in := &input{src: r, name: name, o: o}
	in.Reader = bufio.NewReaderSize(readerFunc(in.read), 64<<10)
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, badData("damaged: the decoder gave up (%v)", p)
		}
		if err != nil {
			m, err = nil, in.explain(err)
		}
	}()
	f, err := in.format()
	if err != nil {
		return nil, err
	}
	if err := o.checkPage(f); err != nil {
		return nil, err
	}
	in.what = f.Name
	if m, err = decoders[f.Name](in); err != nil {
		return nil, err
	}
	// What a decoder gives is not always the size that its header has.
	if err := checkSize(o.maxPixels(), int64(m.n), int64(m.h), int64(m.w)); err != nil {
		return nil, err
	}
	if f.Sized && m.pictures == 0 {
		m.trailing = in.trailing(m)
	}
	m.format, m.opts = f.Name, o
	m.file, m.base = in.file, in.base
	return m, nil
}

// decoders has a reader for each format of the table that can be read.
var decoders = map[string]func(*input) (*Image, error){
	"csv": readText, "tsv": readText, "txt": readText,
	"json": readJSON,
	"npy":  readNPY,
	"png":  readPNG,
	"bmp":  readBMP,
	"jpg":  readPicture, "gif": readPicture, "webp": readPicture,
	"tif":  readTIFF,
	"fits": readFITS,
	"pbm":  readPNM, "pgm": readPNM, "ppm": readPNM, "pfm": readPFM,
}

// input is a file that is being read.
type input struct {
	*bufio.Reader
	src  io.Reader
	name string
	what string // the format
	o    ReadOptions
	err  error // the first error of src but io.EOF

	file heldFile // set where body leaves the data in a file
	base int64
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (in *input) read(p []byte) (int, error) {
	n, err := in.src.Read(p)
	if err != nil && err != io.EOF && in.err == nil {
		in.err = err
	}
	return n, err
}

// explain gives err the file's name, and tells a file that could not be read
// from one that was read and makes no sense.
func (in *input) explain(err error) error {
	if in.err != nil {
		if p := (*os.PathError)(nil); errors.As(in.err, &p) {
			return in.err
		}
		return fmt.Errorf("%s: %w", in.name, in.err)
	}
	if s := (*spoolError)(nil); errors.As(err, &s) {
		return err
	}
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return err // of what is read at its place in the file
	}
	if o := (*OptionError)(nil); errors.As(err, &o) {
		return err
	}
	var bad *DataError
	if errors.As(err, &bad) {
		if bad.Name == "" {
			bad.Name = in.name
		}
		return err
	}
	// Some decoders do not wrap the EOF that they met, only name it.
	if strings.HasSuffix(err.Error(), "EOF") {
		err = fmt.Errorf("the %s data ends too early: the file is cut off", in.what)
	}
	return &DataError{Name: in.name, Err: err}
}

// format finds the format: as asked, by signature, by name, and at last as
// text where the content could be text.
func (in *input) format() (Format, error) {
	in.fromUTF16()
	if in.o.Format != "" {
		f, ok := lookup(in.o.Format)
		if !ok || !f.Read {
			return f, badOption("formats that can be read: "+names(readable), "%s is not a format that can be read", in.o.Format)
		}
		if head, _ := in.Peek(headLen); f.Binary && !f.sniff(head) {
			if in.err != nil {
				return f, in.err
			}
			return f, badData("the content does not begin like %s", f.Name)
		}
		return f, nil
	}
	head, err := in.Peek(headLen)
	if len(head) == 0 {
		if in.err != nil {
			return Format{}, err
		}
		return Format{}, badData("the file is empty")
	}
	if f, ok := signature(head); ok {
		return f, nil
	}
	if err := foreign(head, in.name); err != nil {
		return Format{}, err
	}
	name, err := FormatOf(in.name)
	if err == nil {
		f, _ := lookup(name)
		if f.Binary {
			return f, badData("the name says %s, but the content does not begin like one", name)
		}
		return f, nil
	}
	f, _ := lookup("txt")
	return f, notText(head)
}

func dimString(dims []int64) string {
	s := make([]string, len(dims))
	for i, d := range dims {
		s[i] = strconv.FormatInt(d, 10)
	}
	return strings.Join(s, "x")
}
