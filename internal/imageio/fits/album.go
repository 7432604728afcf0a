package fits

import (
	"io"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// album is the parts (HDUs) of a file, the primary one first.
type album struct {
	in      *source.Input
	file    *source.Whole
	parts   []part
	entries []codec.Entry
}

// part is a header and where it and its data begin.
type part struct {
	header fitsCards
	at     int64
	data   int64
}

// openFITS lists the parts. The list ends where the file makes no sense any more,
// but for the first part, without which there is no file.
func openFITS(in *source.Input) (codec.Album, error) {
	file, err := in.Whole(source.LargeBody)
	if err != nil {
		return nil, err
	}
	a := &album{in: in, file: file}
	for at := int64(0); at < file.Size(); {
		r := io.NewSectionReader(file, at, file.Size()-at)
		h, _, err := fitsHeader(r)
		if err != nil && len(a.parts) > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		read, _ := r.Seek(0, io.SeekCurrent)
		a.parts = append(a.parts, part{h, at, at + read})
		a.entries = append(a.entries, h.entry())
		skip, err := h.skip()
		if err != nil || skip > file.Size()-at-read {
			break // whoever reads this part meets the error
		}
		at += read + skip
	}
	return a, nil
}

// entry says what a part is.
func (h fitsCards) entry() codec.Entry {
	e := codec.Entry{Name: h.word("EXTNAME")}
	if v, err := h.integer("EXTVER", 0); err == nil {
		e.Version = v
	}
	kind := strings.ToLower(h.word("XTENSION"))
	switch {
	case !h.isImage() && (kind == "" || kind == "image"):
		e.Other = codec.Empty
		return e
	case !h.isImage() && strings.HasSuffix(kind, "table"):
		e.Other = "a table"
		return e
	case !h.isImage():
		e.Other = "an extension of type " + strconv.Quote(kind)
		return e
	}
	e.H, e.W, e.Planes, e.Type = h.size()
	return e
}

// size returns what the header says of an image, 0 where it is wrong.
func (h fitsCards) size() (height, width, planes int, kind string) {
	axes, err := h.axes()
	depth := "BITPIX"
	if h.isTiled() {
		axes, err = h.tileAxes()
		depth = "ZBITPIX"
	}
	if err != nil || len(axes) == 0 {
		return 0, 0, 0, ""
	}
	height, width, planes = 1, axes[0], 1
	for i, n := range axes[1:] {
		if i == 0 {
			height = n
		} else {
			planes *= n
		}
	}
	bits, err := h.integer(depth, 0)
	switch {
	case err != nil:
	case bits == 8:
		kind = "uint8"
	case bits > 0:
		kind = "int" + strconv.Itoa(bits)
	default:
		kind = "float" + strconv.Itoa(-bits)
	}
	return height, width, planes, kind
}

// word returns a value between quotes, or "".
func (h fitsCards) word(key string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.Trim(h[key], "'"), "''", "'"))
}

func (a *album) Entries() []codec.Entry { return a.entries }

// Read reads the image of a part. Numbers are physical values, BZERO +
// BSCALE*stored, and NaN where stored is BLANK.
func (a *album) Read(k int) (*raster.Picture, error) {
	p := a.parts[k]
	_, cards, err := fitsHeader(io.NewSectionReader(a.file, p.at, p.data-p.at))
	if err != nil {
		return nil, err
	}
	if err := a.file.Rewind(p.data); err != nil {
		return nil, err
	}
	m, err := p.header.image(a.in)
	if err == nil {
		m.Header = descriptive(cards, p.header.isTiled())
	}
	return m, err
}
