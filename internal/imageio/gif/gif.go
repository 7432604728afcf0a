// Package gif reads frames of GIF by image/gif, one at a time, and draws what a
// viewer would show.
package gif

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"io"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// A GIF is a screen and blocks: of an introducer, what belongs to it, and data
// in parts of up to 255 bytes. A frame changes what the ones before it left.

// gifFrame is where a frame lies, and what becomes of it before the next one.
type gifFrame struct {
	from, to int // its bytes, with the extension before it
	pixels   int
	disposal byte
	colours  []byte // R, G and B each, its own or those of the screen
}

// colourTable is the size of the table of colours that flags announce.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// gifScreen is the size of what comes before the first block.
func gifScreen(b []byte) int {
	if len(b) < 13 {
		return len(b)
	}
	return min(13+colourTable(b[10]), len(b))
}

// gifFrames finds the frames. It stops where the file does.
func gifFrames(b []byte) (frames []gifFrame) {
	f := gifFrame{from: -1}
	for at := gifScreen(b); at < len(b); {
		begin, picture := at, false
		switch {
		case b[at] == 0x21: // an extension and its label
			if f.from < 0 {
				f.from = begin
			}
			if at+3 < len(b) && b[at+1] == 0xf9 {
				f.disposal = b[at+3] >> 2 & 7
			}
			at += 2
		case b[at] == 0x2c && at+10 < len(b): // a picture, its colours, and the size of codes
			f.colours = b[min(13, len(b)):gifScreen(b)]
			own := colourTable(b[at+9])
			f.pixels = (int(b[at+5]) | int(b[at+6])<<8) * (int(b[at+7]) | int(b[at+8])<<8)
			if at += 10; own > 0 {
				f.colours = b[at:min(at+own, len(b))]
			}
			at += own + 1
			picture = true
		default:
			return frames
		}
		for at < len(b) && b[at] != 0 {
			at += 1 + int(b[at])
		}
		at++
		if picture {
			if f.from < 0 {
				f.from = begin
			}
			f.to = min(at, len(b))
			frames = append(frames, f)
			f = gifFrame{from: -1}
		}
	}
	return frames
}

// fillsScreen reports whether the frame that begins in b is as large as the screen.
func fillsScreen(b []byte, c image.Config) bool {
	for len(b) > 9 && b[0] == 0x21 {
		at := 2
		for at < len(b) && b[at] != 0 {
			at += 1 + int(b[at])
		}
		b = b[min(at+1, len(b)):]
	}
	size := func(i int) int { return int(b[i]) | int(b[i+1])<<8 }
	return len(b) > 9 && size(1) == 0 && size(3) == 0 && size(5) == c.Width && size(7) == c.Height
}

// What becomes of a frame before the next one is drawn; others stay.
const (
	toBackground = 2 // which is transparent, as browsers have it
	toPrevious   = 3
)

// gifPage gives what is seen when frame number page has been drawn: one plane
// where all colours so far are greys, and alpha where something is transparent.
// Frames are unpacked one by one, so that it takes the memory of three.
func gifPage(b []byte, frames []gifFrame, page int) (*raster.Picture, error) {
	if page >= len(frames) {
		return nil, codec.NoPage(page, len(frames))
	}
	screen := b[:gifScreen(b)]
	c, err := guard.Decode(func() (image.Config, error) { return gif.DecodeConfig(bytes.NewReader(b)) })
	if err != nil {
		return nil, err
	}
	// The canvas, what a frame covered, and the indices of a frame.
	if err := memory.Need(memory.Times(c.Height, c.Width, 4+4+1), "a picture of %dx%d pixels", c.Height, c.Width); err != nil {
		return nil, err
	}
	seen := image.NewNRGBA(image.Rect(0, 0, c.Width, c.Height))
	var before []byte
	grey := true
	for i, f := range frames[:page+1] {
		if f.pixels/pixelsPerByte > f.to-f.from {
			return nil, io.ErrUnexpectedEOF // the decoder would take the memory first
		}
		file := append(append(append([]byte(nil), screen...), b[f.from:f.to]...), ';')
		img, err := guard.Decode(func() (image.Image, error) { return gif.Decode(bytes.NewReader(file)) })
		if err != nil {
			return nil, err
		}
		p, ok := img.(*image.Paletted)
		if !ok {
			return nil, raster.BadData("frame %d has no palette", i)
		}
		if f.disposal == toPrevious {
			before = copyRect(before, seen, p.Rect)
		}
		grey = drawFrame(seen, p) && grey
		if i == page {
			break
		}
		switch f.disposal {
		case toBackground:
			draw.Draw(seen, p.Rect, image.Transparent, image.Point{}, draw.Src)
		case toPrevious:
			putRect(seen, p.Rect, before)
		}
	}
	m, err := goimage.FromGo(seen, grey)
	if err == nil && seen.Opaque() {
		m.Alpha = false
	}
	return m, err
}

// copyRect gives the pixels of a part of a picture, in the memory of b; putRect
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
		Pages:  true,
	},
	Sniff: codec.Magic("GIF87a", "GIF89a"),
	Read:  readGIF,
}

// unseenColours gives the transparent entries of a palette the colours that
// the file has for them, R, G and B each: Go's decoder makes them black.
func unseenColours(m *raster.Picture, colours []byte) {
	if m.Palette == nil {
		return
	}
	for i := range min(256, len(colours)/3) {
		m.Palette[0][i], m.Palette[1][i], m.Palette[2][i] = colours[3*i], colours[3*i+1], colours[3*i+2]
	}
}

// pixelsPerByte is the most that GIF can pack: a longest string into 12 bits.
const pixelsPerByte = 4096 * 8 / 12

// readGIF reads a frame. The first one is decoded as it is if it fills the screen;
// it keeps its palette then.
func readGIF(in *source.Input) (*raster.Picture, error) {
	file, c, err := goimage.ReadAll(in)
	if err != nil {
		return nil, err
	}
	frames := gifFrames(file)
	if in.Options.Page > 0 || len(frames) > 0 && !fillsScreen(file[frames[0].from:], c) {
		m, err := gifPage(file, frames, in.Options.Page)
		if err == nil {
			m.Pictures = len(frames)
		}
		return m, err
	}
	img, err := goimage.Decode(file, c, pixelsPerByte, 1) // indices; gifPage asks for what it takes
	if err != nil {
		return nil, err
	}
	m, err := goimage.FromGo(img, false)
	if err != nil {
		return nil, err
	}
	if len(frames) > 0 {
		unseenColours(m, frames[0].colours)
	}
	if m.Palette != nil && !m.Alpha {
		m.GreyPalette()
	}
	m.Pictures = len(frames)
	return m, nil
}
