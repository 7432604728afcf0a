package imageio

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
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

// growStep is how much memory is taken ahead of the data that fills it.
const growStep = 16 << 20

// readBytes reads exactly n bytes. Memory grows as data arrives: a header that
// lies about its size costs no more than growStep.
func readBytes(r io.Reader, n int) ([]byte, error) {
	buf := make([]byte, min(n, growStep))
	have := 0
	for {
		k, err := io.ReadFull(r, buf[have:])
		have += k
		if err == io.EOF && n > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil || have == n {
			return buf, err
		}
		next := make([]byte, min(n, 4*len(buf)))
		copy(next, buf)
		buf = next
	}
}

// room is above the bytes that a file of so many pixels can ever need.
func room(pixels int64) int64 { return roomAround + roomPerPixel*min(pixels, 1<<50) }

// all reads the rest of the file, as far as there is room for it: what follows
// is not looked at.
func (in *input) all(pixels int64) ([]byte, error) {
	limit := room(pixels)
	buf := make([]byte, 0, 64<<10)
	if f, _, left := in.regular(); f != nil && left < math.MaxInt32 {
		buf = make([]byte, 0, min(left, limit)+bytes.MinRead)
	}
	b := bytes.NewBuffer(buf)
	_, err := b.ReadFrom(io.LimitReader(in, limit))
	return b.Bytes(), err
}

const (
	// roomPerPixel is far above the bytes that a pixel takes in any file: four
	// samples of 16 bits, or JPEG's codes of its least gain.
	roomPerPixel = 64
	// roomAround is for profiles, previews and remarks.
	roomAround = 64 << 20
)

// largeBody is the size from which numbers stay in their file. Reading them
// again for each band costs less than a file of that size in memory.
const largeBody = 16 << 20

// body is bytes for numbers that will be read row by row: those of a large
// file stay there, those of a pipe go into one, and it returns nil.
func (in *input) body(n int) ([]byte, error) {
	f, at, left := in.regular()
	if f == nil {
		return in.gathered(in, n)
	}
	if n < largeBody {
		return readBytes(in, n)
	}
	if left < int64(n) {
		return nil, io.ErrUnexpectedEOF
	}
	in.file, in.base = f, at
	return nil, nil
}

// gathered is body for bytes that can be read only once and in order: r reads a
// pipe, or unpacks what in reads.
func (in *input) gathered(r io.Reader, n int) ([]byte, error) {
	if n >= spoolSize {
		s, err := in.later(r, n)
		if s != nil {
			in.file = s
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return readBytes(r, n)
}

// after is what follows a body of n bytes, as far as signatures look. It waits
// for no pipe.
func (in *input) after(n int) []byte {
	head := make([]byte, headLen)
	switch f := in.file.(type) {
	case nil:
		head, _ = in.Peek(min(headLen, in.Buffered()))
	case *os.File:
		k, _ := f.ReadAt(head, in.base+int64(n))
		head = head[:k]
	default:
		head = nil
	}
	return head
}

// regular gives the file that is being read, where in it reading has come to,
// and how many bytes are left; nil where it is a pipe or no file at all.
func (in *input) regular() (f *os.File, at, left int64) {
	f, ok := in.src.(*os.File)
	if !ok {
		return nil, 0, 0
	}
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		return nil, 0, 0
	}
	if at, err = f.Seek(0, io.SeekCurrent); err != nil {
		return nil, 0, 0
	}
	at -= int64(in.Buffered())
	return f, at, st.Size() - at
}

func dimString(dims []int64) string {
	s := make([]string, len(dims))
	for i, d := range dims {
		s[i] = strconv.FormatInt(d, 10)
	}
	return strings.Join(s, "x")
}
