// Package gif reads frames of GIF by image/gif, one at a time, and draws what a
// viewer would show. The blocks are found here, because image/gif unpacks all
// frames at once: a hundred frames of 4 megapixels would take 400 MB.
package gif

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"io"
	"slices"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// album is the frames of a file. A frame changes what the ones before it left, so
// the screen is kept between frames that are read in order.
type album struct {
	data    []byte
	screen  image.Config
	frames  []frame
	entries []codec.Entry

	seen  *image.NRGBA // the screen after the frames before next, and their disposal
	next  int
	grey  bool // all colours so far are greys
	saved []byte
}

// openGIF finds the frames.
func openGIF(in *source.Input) (codec.Album, error) {
	data, c, err := goimage.ReadAll(in)
	if err != nil {
		return nil, err
	}
	a := &album{data: data, screen: c, frames: frames(data)}
	for range a.frames {
		a.entries = append(a.entries, codec.Entry{H: c.Height, W: c.Width, Planes: 3, Type: "uint8"})
	}
	return a, nil
}

func (a *album) Entries() []codec.Entry { return a.entries }

// Read reads what is seen when frame k has been drawn. The first frame keeps its
// palette if it fills the screen.
func (a *album) Read(k int) (*raster.Picture, error) {
	if k == 0 && a.frames[0].fills(a.screen) {
		return a.first()
	}
	return a.drawn(k)
}

// pixelsPerByte is the most that GIF can pack: a longest string into 12 bits.
const pixelsPerByte = 4096 * 8 / 12

// first decodes the first frame as it is.
func (a *album) first() (*raster.Picture, error) {
	img, err := goimage.Decode(a.data, a.screen, pixelsPerByte, 1)
	if err != nil {
		return nil, err
	}
	m, err := goimage.FromGo(img, false)
	if err != nil {
		return nil, err
	}
	unseenColours(m, a.frames[0].colours)
	if m.Palette != nil && !m.Alpha {
		m.GreyPalette()
	}
	return m, nil
}

// unseenColours gives the transparent entries of a palette the colours that the
// file has for them, R, G and B each: Go's decoder makes them black.
func unseenColours(m *raster.Picture, colours []byte) {
	if m.Palette == nil {
		return
	}
	for i := range min(256, len(colours)/3) {
		m.Palette[0][i], m.Palette[1][i], m.Palette[2][i] = colours[3*i], colours[3*i+1], colours[3*i+2]
	}
}

// What becomes of a frame before the next one is drawn; others stay.
const (
	toBackground = 2 // which is transparent, as browsers have it
	toPrevious   = 3
)

// drawn returns what is seen when frame k has been drawn: one plane where all
// colours so far are greys, and alpha where something is transparent.
func (a *album) drawn(k int) (*raster.Picture, error) {
	if a.seen == nil || k < a.next {
		// The screen, what a frame covered, the indices of a frame, and the result.
		if err := memory.Need(memory.Times(a.screen.Height, a.screen.Width, 4+4+1+4), "a picture of %dx%d pixels", a.screen.Height, a.screen.Width); err != nil {
			return nil, err
		}
		a.seen, a.next, a.grey = image.NewNRGBA(image.Rect(0, 0, a.screen.Width, a.screen.Height)), 0, true
	}
	for ; ; a.next++ {
		f := a.frames[a.next]
		p, err := a.decode(f)
		if err != nil {
			return nil, err
		}
		if f.disposal == toPrevious {
			a.saved = copyRect(a.saved, a.seen, p.Rect)
		}
		a.grey = drawFrame(a.seen, p) && a.grey
		var m *raster.Picture
		if a.next == k {
			if m, err = a.shown(); err != nil {
				return nil, err
			}
		}
		switch f.disposal {
		case toBackground:
			draw.Draw(a.seen, p.Rect, image.Transparent, image.Point{}, draw.Src)
		case toPrevious:
			putRect(a.seen, p.Rect, a.saved)
		}
		if m != nil {
			a.next++
			return m, nil
		}
	}
}

// shown returns a copy of the screen as a picture.
func (a *album) shown() (*raster.Picture, error) {
	now := *a.seen
	now.Pix = slices.Clone(a.seen.Pix)
	m, err := goimage.FromGo(&now, a.grey)
	if err == nil && now.Opaque() {
		m.Alpha = false
	}
	return m, err
}

// decode unpacks one frame.
func (a *album) decode(f frame) (*image.Paletted, error) {
	if f.pixels()/pixelsPerByte > f.to-f.from {
		return nil, io.ErrUnexpectedEOF // the decoder would take the memory first
	}
	file := slices.Concat(a.data[:screenLen(a.data)], a.data[f.from:f.to], []byte{';'})
	img, err := guard.Decode(func() (image.Image, error) { return gif.Decode(bytes.NewReader(file)) })
	if err != nil {
		return nil, err
	}
	p, ok := img.(*image.Paletted)
	if !ok {
		return nil, raster.BadData("a frame has no palette")
	}
	return p, nil
}

// copyRect returns the pixels of a part of a picture, in the memory of b; putRect
// puts them back. Frames may be many and small, and the picture large.
func copyRect(b []byte, m *image.NRGBA, r image.Rectangle) []byte {
	b = b[:0]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		b = append(b, m.Pix[m.PixOffset(r.Min.X, y):][:4*r.Dx()]...)
	}
	return b
}

func putRect(m *image.NRGBA, r image.Rectangle, b []byte) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		n := copy(m.Pix[m.PixOffset(r.Min.X, y):][:4*r.Dx()], b)
		b = b[n:]
	}
}

// drawFrame puts a frame over what is there, but for its transparent pixels, and
// reports whether all its colours are greys.
func drawFrame(seen *image.NRGBA, p *image.Paletted) (grey bool) {
	var colours [256]color.NRGBA
	grey = true
	for i, c := range p.Palette {
		colours[i] = goimage.NRGBA(c)
		grey = grey && colours[i].R == colours[i].G && colours[i].G == colours[i].B
	}
	r := p.Rect.Intersect(seen.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		dst, src := seen.Pix[seen.PixOffset(r.Min.X, y):], p.Pix[p.PixOffset(r.Min.X, y):]
		for x, v := range src[:r.Dx()] {
			if c := colours[v]; c.A != 0 {
				copy(dst[4*x:4*x+4], []byte{c.R, c.G, c.B, c.A})
			}
		}
	}
	return grey
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "gif", Extensions: []string{".gif"},
	Holds: codec.Holds{
		Reads:  "8 bits",
		Colour: true,
		Alpha:  true,
		Binary: true,
		Series: true,
	},
	Sniff: codec.Magic("GIF87a", "GIF89a"),
	Open:  openGIF,
}
