package imageio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// stdinName is what messages call standard input.
const stdinName = "<stdin>"

// ReadFile reads the image at path, "-" being stdin.
func ReadFile(path string, stdin io.Reader, o raster.ReadOptions) (*raster.Image, error) {
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
	if err != nil || m.Samples().File == nil {
		f.Close()
	}
	return m, err
}

// Decode reads an image of any format. The name is for messages and, where the
// content has no signature, for the format.
func Decode(r io.Reader, name string, o raster.ReadOptions) (m *raster.Image, err error) {
	if o.Linear && o.Values == raster.RawValues {
		return nil, raster.BadOption("leave one of them away", "linear light is of pixels over their full scale, not of raw values")
	}
	in := &input{src: r, name: name, o: o}
	in.Reader = bufio.NewReaderSize(readerFunc(in.read), 64<<10)
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, raster.BadData("damaged: the decoder gave up (%v)", p)
		}
		if err != nil {
			m, err = nil, in.explain(err)
		}
	}()
	f, err := in.format()
	if err != nil {
		return nil, err
	}
	if err := checkPage(o.Page, f); err != nil {
		return nil, err
	}
	in.what = f.Name
	p, err := decoders[f.Name](in)
	if err != nil {
		return nil, err
	}
	// What a decoder gives is not always the size that its header has.
	if err := raster.CheckSize(o.PixelLimit(), int64(p.N), int64(p.H), int64(p.W)); err != nil {
		return nil, err
	}
	if f.Sized && p.Pictures == 0 {
		p.Trailing = in.trailing(p)
	}
	p.Format = f.Name
	p.File, p.Base = in.file, in.base
	return p.View(o), nil
}

// decoders has a reader for each format of the table that can be read.
var decoders = map[string]func(*input) (*raster.Picture, error){
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
	o    raster.ReadOptions
	err  error // the first error of src but io.EOF

	file raster.File // set where body leaves the data in a file
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
	if o := (*raster.OptionError)(nil); errors.As(err, &o) {
		return err
	}
	var bad *raster.DataError
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
	return &raster.DataError{Name: in.name, Err: err}
}

// format finds the format: as asked, by signature, by name, and at last as
// text where the content could be text.
func (in *input) format() (Format, error) {
	in.fromUTF16()
	if in.o.Format != "" {
		f, ok := lookup(in.o.Format)
		if !ok || !f.Read {
			return f, raster.BadOption("formats that can be read: "+names(readable), "%s is not a format that can be read", in.o.Format)
		}
		if head, _ := in.Peek(headLen); f.Binary && !f.sniff(head) {
			if in.err != nil {
				return f, in.err
			}
			return f, raster.BadData("the content does not begin like %s", f.Name)
		}
		return f, nil
	}
	head, err := in.Peek(headLen)
	if len(head) == 0 {
		if in.err != nil {
			return Format{}, err
		}
		return Format{}, raster.BadData("the file is empty")
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
			return f, raster.BadData("the name says %s, but the content does not begin like one", name)
		}
		return f, nil
	}
	f, _ := lookup("txt")
	return f, notText(head)
}
