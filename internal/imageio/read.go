package imageio

import (
	"fmt"
	"io"
	"os"

	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/imageio/packed"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// ReadFile reads the image at path, "-" being stdin.
func ReadFile(path string, stdin io.Reader, o raster.ReadOptions) (*raster.Image, error) {
	if path == "-" {
		return Decode(stdin, source.StdinName, o)
	}
	if err := faults.At(faults.Open, path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return ReadOpened(f, path, o)
}

// ReadOpened reads the image in an open file, of which the path is for messages.
// The file is closed, or becomes a part of the image.
func ReadOpened(f *os.File, path string, o raster.ReadOptions) (*raster.Image, error) {
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
	in := source.New(r, name, o)
	defer func() {
		if err != nil {
			m, err = nil, in.Explain(err)
		}
	}()
	f, err := detect(in)
	if err != nil {
		return nil, err
	}
	if err := checkPage(o.Page, f); err != nil {
		return nil, err
	}
	in.Format = f.Name
	p, err := f.Read(in)
	if err != nil {
		return nil, err
	}
	// What a decoder gives is not always the size that its header has.
	if err := raster.CheckSize(o.PixelLimit(), int64(p.N), int64(p.H), int64(p.W)); err != nil {
		return nil, err
	}
	if f.Sized && p.Pictures == 0 {
		p.Trailing = in.TrailingBytes(p)
	}
	if err := in.Finish(); err != nil {
		return nil, err
	}
	p.Format = f.Name
	p.File, p.Base = in.File, in.Base
	return p.View(o), nil
}

// format finds the format: as asked, by signature, by name, and at last as
// text where the content could be text.
func detect(in *source.Input) (Format, error) {
	in.Unpack()
	in.DecodeUTF16()
	if in.Options.Format != "" {
		f, ok := lookup(in.Options.Format)
		if !ok || !f.CanRead() {
			return f, raster.BadOption("formats that can be read: "+names(readable), "%s is not a format that can be read", in.Options.Format)
		}
		if head, _ := in.Peek(source.HeadLen); f.Binary && !f.Sniff(head) {
			if in.Err() != nil {
				return f, in.Err()
			}
			return f, raster.BadData("the content does not begin like %s", f.Name)
		}
		return f, nil
	}
	head, err := in.Peek(source.HeadLen)
	if len(head) == 0 {
		if in.Err() != nil {
			return Format{}, err
		}
		return Format{}, raster.BadData("the file is empty")
	}
	if f, ok := signature(head); ok {
		return f, nil
	}
	if err := unsupported(head, in.Name); err != nil {
		return Format{}, err
	}
	name, err := formatOf(packed.Inner(in.Name))
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
