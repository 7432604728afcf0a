package imageio

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"

	"github.com/disintegration/imaging"
	_ "golang.org/x/image/webp" // for image.DecodeConfig and imaging.Decode

	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// pixelsPerByte is the most that a format can pack into a byte: a block of 64
// pixels into a bit of JPEG, a longest string into 12 bits of GIF. The size of a
// WebP is bounded already.
var pixelsPerByte = map[string]int{"jpg": 64 * 8, "gif": 4096 * 8 / 12}

// bytesPerPixel is about what a decoder and the conversion of its picture take.
func bytesPerPixel(format string, data []byte) int {
	switch {
	case format == "jpg" && bytes.Contains(data, []byte{0xff, 0xc2}):
		return 18 // a progressive one: coefficients of 4 bytes, three samples, and what follows
	case format == "gif":
		return 1 // indices; gifPage takes more, and asks for it
	case format == "webp" && len(data) > 16 && string(data[12:16]) == "VP8L":
		return 5 // NRGBA, and tables
	}
	return 7 // three samples as they are stored, and as RGB
}

// readPicture reads the formats that the imaging package knows, turned upright
// as their EXIF orientation says.
func readPicture(in *source.Input) (*raster.Picture, error) {
	frames := 0
	if in.Format == "webp" {
		var err error
		if frames, err = stillWebP(in); err != nil {
			return nil, err
		}
	}
	// Two looks are needed, at the size and at the picture.
	var head bytes.Buffer
	c, err := guard.Decode(func() (image.Config, error) {
		c, _, err := image.DecodeConfig(io.TeeReader(io.LimitReader(in, source.RoomAround), &head))
		return c, err
	})
	if err != nil {
		return nil, err
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(c.Height), int64(c.Width)); err != nil {
		return nil, err
	}
	data, err := in.All(int64(c.Height) * int64(c.Width))
	if err != nil {
		return nil, err
	}
	data = append(head.Bytes(), data...)
	var list []gifFrame
	if in.Format == "gif" {
		list = gifFrames(data)
		frames = len(list)
		if in.Options.Page > 0 || frames > 0 && !fillsScreen(data[list[0].from:], c) {
			m, err := gifPage(data, list, in.Options.Page)
			if err == nil {
				m.Pictures = frames
			}
			return m, err
		}
	}
	// The decoder would take the memory first.
	if most, ok := pixelsPerByte[in.Format]; ok && c.Height*c.Width/most > len(data) {
		return nil, io.ErrUnexpectedEOF
	}
	if err := memory.Need(memory.Times(c.Height, c.Width, bytesPerPixel(in.Format, data)), "a picture of %dx%d pixels", c.Height, c.Width); err != nil {
		return nil, err
	}
	img, err := guard.Decode(func() (image.Image, error) { return imaging.Decode(bytes.NewReader(data)) })
	if err != nil {
		return nil, err
	}
	var m *raster.Picture
	if in.Format == "webp" {
		m = fromWebP(img)
	}
	if m == nil {
		m, err = fromGo(img, c.ColorModel == color.GrayModel)
	}
	if err == nil && in.Format == "webp" && m.Alpha && !losslessAlpha(data) {
		m.Alpha = false
	}
	if err == nil && len(list) > 0 {
		unseenColours(m, list[0].colours)
	}
	if err == nil && m.Palette != nil && !m.Alpha {
		m.GreyPalette()
	}
	if err == nil && in.Format == "jpg" {
		m.Orient(exifOrientation(data))
	}
	if err == nil {
		m.Pictures = frames
	}
	return m, err
}

// fromWebP converts lossy pictures, whose colours have the range of video; nil
// for others.
func fromWebP(img image.Image) *raster.Picture {
	switch p := img.(type) {
	case *image.YCbCr:
		return rgbOf(p, nil, 0, videoRGB)
	case *image.NYCbCrA:
		return rgbOf(&p.YCbCr, p, 0, videoRGB)
	}
	return nil
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

// fromGo takes over the memory of a picture decoded elsewhere, or converts it
// where colours stand in another form. Pictures known to be grey keep one
// colour plane. Alpha is never multiplied in: At().RGBA() would do that.
func fromGo(img image.Image, grey bool) (*raster.Picture, error) {
	b := img.Bounds()
	h, w := b.Dy(), b.Dx()
	switch p := img.(type) {
	case *image.Gray:
		return WithStride(raster.NewPixels(p.Pix, h, w, 1, 8, raster.U8), p.Stride), nil
	case *image.Gray16:
		return WithStride(raster.NewPixels(p.Pix, h, w, 1, 16, raster.U16BE), p.Stride), nil
	case *image.NRGBA:
		m := WithStride(raster.NewPixels(p.Pix, h, w, 4, 8, raster.U8), p.Stride)
		return greyOnly(m, grey), nil
	case *image.NRGBA64:
		m := WithStride(raster.NewPixels(p.Pix, h, w, 4, 16, raster.U16BE), p.Stride)
		return greyOnly(m, grey), nil
	case *image.RGBA:
		if !p.Opaque() {
			return unpremultiplied(p), nil
		}
		return opaque(WithStride(raster.NewPixels(p.Pix, h, w, 4, 8, raster.U8), p.Stride)), nil
	case *image.RGBA64:
		if !p.Opaque() {
			return nil, fmt.Errorf("premultiplied 16-bit colour is not supported")
		}
		return opaque(WithStride(raster.NewPixels(p.Pix, h, w, 4, 16, raster.U16BE), p.Stride)), nil
	case *image.Paletted:
		return paletted(p), nil
	case *image.YCbCr:
		return rgbOf(p, nil, narrowJPEG, jpegRGB), nil
	case *image.CMYK:
		return fromCMYK(p), nil
	}
	return nil, fmt.Errorf("pixels of type %T are not supported", img)
}

func WithStride(m *raster.Picture, stride int) *raster.Picture {
	m.StrideY, m.StrideN = stride, stride*m.H
	return m
}

// opaque forgets an alpha plane that the file does not have.
func opaque(m *raster.Picture) *raster.Picture {
	m.Alpha = false
	return m
}

// greyOnly leaves the first colour and the alpha of R = G = B pixels.
func greyOnly(m *raster.Picture, grey bool) *raster.Picture {
	if !grey {
		return m
	}
	m.Colours, m.Rank = 1, 2
	m.StrideC *= 3 // alpha is plane 1, three samples on
	return m
}

// paletted keeps the indices; indices beyond the palette are black, as
// decoders agree.
func paletted(p *image.Paletted) *raster.Picture {
	h, w := p.Rect.Dy(), p.Rect.Dx()
	m := WithStride(raster.NewPixels(p.Pix, h, w, 1, 8, raster.U8), p.Stride)
	m.Colours, m.Rank, m.StrideC = 3, 3, 0
	m.Palette = new([4][256]uint8)
	for i := range 256 {
		c := color.NRGBA{A: 255}
		if i < len(p.Palette) {
			c = nrgba(p.Palette[i])
		}
		for k, v := range [4]uint8{c.R, c.G, c.B, c.A} {
			m.Palette[k][i] = v
		}
		m.Alpha = m.Alpha || c.A != 255
	}
	return m
}

func nrgba(c color.Color) color.NRGBA {
	switch c := c.(type) {
	case color.NRGBA:
		return c
	case color.RGBA:
		if c.A == 255 {
			return color.NRGBA(c)
		}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// unpremultiplied divides alpha out, which 8 bits hold only roughly.
func unpremultiplied(p *image.RGBA) *raster.Picture {
	h, w := p.Rect.Dy(), p.Rect.Dx()
	mem := make([]byte, 0, 4*w*h)
	for y := p.Rect.Min.Y; y < p.Rect.Max.Y; y++ {
		for x := p.Rect.Min.X; x < p.Rect.Max.X; x++ {
			c := nrgba(p.RGBAAt(x, y))
			mem = append(mem, c.R, c.G, c.B, c.A)
		}
	}
	return raster.NewPixels(mem, h, w, 4, 8, raster.U8)
}
