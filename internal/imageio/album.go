package imageio

import (
	"fmt"
	"io"
	"os"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Entry is one thing that a file holds; see codec.Entry.
type Entry = codec.Entry

// Album is an open file and the pictures of it that were chosen. It is used by one
// goroutine at a time; the pictures that it gives may be read from many.
type Album struct {
	in      *source.Input
	format  Format
	inner   codec.Album
	entries []Entry
	chosen  []int
	closer  io.Closer // the file, or nil
}

// OpenAlbum opens a file of any format and chooses pictures by o.Select; without a
// selection all of them. If r can be closed, Close closes it, and so does an error.
func OpenAlbum(r io.Reader, name string, o raster.ReadOptions) (a *Album, err error) {
	if o.Linear && o.Values == raster.RawValues {
		return nil, raster.BadOption("leave one of them away", "linear light is of pixels over their full scale, not of raw values")
	}
	if f, ok := r.(*os.File); ok {
		if st, err := f.Stat(); err == nil && st.IsDir() {
			f.Close()
			return nil, fmt.Errorf("%s: is a directory, not a file", name)
		}
	}
	a = &Album{in: source.New(r, name, o)}
	a.closer, _ = r.(io.Closer)
	if err := a.open(); err != nil {
		a.Close()
		return nil, a.in.Explain(err)
	}
	return a, nil
}

func (a *Album) open() (err error) {
	if a.format, err = detect(a.in); err != nil {
		return err
	}
	a.in.Format = a.format.Name
	if a.format.Open == nil {
		a.entries = []Entry{{}}
	} else {
		if a.inner, err = a.format.Open(a.in); err != nil {
			return err
		}
		a.entries = a.inner.Entries()
	}
	if err := a.slice(); err != nil {
		return err
	}
	return a.choose(a.in.Options.Select)
}

// slice makes pages of an array of rank 3, if --layout nhw asks for it.
func (a *Album) slice() error {
	if a.in.Options.Layout != raster.LayoutPages || a.format.Kind != raster.Numbers {
		return nil
	}
	pictures := codec.Pictures(a.entries)
	if len(pictures) != 1 {
		return nil
	}
	p, err := a.read(pictures[0])
	if err != nil {
		return err
	}
	a.inner = codec.Slices(p)
	a.entries = a.inner.Entries()
	return nil
}

// read reads the picture of an entry, and checks all that the file says of it.
func (a *Album) read(k int) (p *raster.Picture, err error) {
	in := a.in
	in.File, in.Base = nil, 0
	if a.inner == nil {
		p, err = a.format.Read(in)
	} else {
		p, err = a.inner.Read(k)
	}
	if err != nil {
		return nil, err
	}
	// What a decoder gives is not always the size that its header has.
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(p.N), int64(p.H), int64(p.W)); err != nil {
		return nil, err
	}
	if a.format.Sized && p.Pictures == 0 && a.inner == nil {
		p.Trailing = in.TrailingBytes(p)
	}
	if v := in.Options.NoData; v != nil {
		if p.Kind == raster.Pixels {
			return nil, raster.BadOption("leave it out, or convert the picture to numbers first", "--nodata is for numbers, and %s holds pixels", in.Name)
		}
		p.NoData = v
	}
	if p.File == nil {
		p.File, p.Base = in.File, in.Base
	}
	return p, in.Finish()
}

// Choose chooses other pictures.
func (a *Album) Choose(sel Selection) error {
	if err := a.choose(sel); err != nil {
		return a.in.Explain(err)
	}
	return nil
}

func (a *Album) choose(sel Selection) (err error) {
	a.in.Options.Select = sel
	a.chosen, err = codec.Pick(sel, a.entries)
	return a.explain(err)
}

// explain says of which formats other pictures than the first can be read.
func (a *Album) explain(err error) error {
	if err == nil || a.format.Pages() {
		return err
	}
	e := raster.BadData("there is no page %s: of %s the first picture is read", a.in.Options.Select, a.format.Name).(*raster.DataError)
	e.Hint = "[N] and --page choose among the pages of tif, the frames of gif and the parts of fits"
	return e
}

// Len returns the number of pictures that were chosen.
func (a *Album) Len() int { return len(a.chosen) }

// Number returns the number that chosen picture i has in the file.
func (a *Album) Number(i int) int { return a.chosen[i] }

// Entries returns all that the file holds.
func (a *Album) Entries() []Entry { return a.entries }

// IsStack reports whether the chosen pictures belong together: they were chosen
// as a range, or are the pages of one size of a format of stacks.
func (a *Album) IsStack() bool {
	if a.in.Options.Select.Given() {
		return true
	}
	first := a.entries[a.chosen[0]]
	for _, k := range a.chosen {
		if e := a.entries[k]; e.Name != "" || e.H != first.H || e.W != first.W || e.Planes != first.Planes || e.Type != first.Type {
			return false
		}
	}
	return a.format.Series || a.in.Options.Layout == raster.LayoutPages
}

// Several returns the error for a file of several pictures where one is needed.
func (a *Album) Several() error {
	return a.in.Explain(codec.Several(a.in.Name, a.entries))
}

// Read reads chosen picture i. If its samples stay in the file, the album must
// stay open.
func (a *Album) Read(i int) (m *raster.Image, err error) {
	defer func() {
		if err != nil {
			m, err = nil, a.in.Explain(err)
		}
	}()
	p, err := a.read(a.chosen[i])
	if err != nil {
		return nil, err
	}
	if a.inner != nil {
		p.Pictures = len(codec.Pictures(a.entries))
		p.OtherData = a.hasOtherData()
	}
	p.Format = a.format.Name
	return p.View(a.in.Options), nil
}

// hasOtherData reports whether the file holds something that is no picture.
func (a *Album) hasOtherData() bool {
	for _, e := range a.entries {
		if e.Other != "" && e.Other != codec.Empty {
			return true
		}
	}
	return false
}

// One reads the only chosen picture, and closes the file unless samples stay there.
// Several pictures are an error.
func (a *Album) One() (*raster.Image, error) {
	if a.Len() > 1 {
		a.Close()
		return nil, a.Several()
	}
	m, err := a.Read(0)
	if err != nil || m.Samples().File == nil {
		a.Close()
	}
	return m, err
}

// Close closes the file. Pictures whose samples are there can no longer be read.
func (a *Album) Close() error {
	if a.closer == nil {
		return nil
	}
	return a.closer.Close()
}
