// Package goimage takes over pictures that decoders of the Go standard library
// and its relatives return, without a copy where their memory can be used as it
// is.
package goimage

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"

	"github.com/disintegration/imaging"

	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// ReadAll returns the whole file, and what its header says, whose size it checks.
func ReadAll(in *source.Input) (file []byte, c image.Config, err error) {
	// Two looks are needed, at the size and at the picture.
	var head bytes.Buffer
	c, err = guard.Decode(func() (image.Config, error) {
		c, _, err := image.DecodeConfig(io.TeeReader(io.LimitReader(in, source.RoomAround), &head))
		return c, err
	})
	if err != nil {
		return nil, c, err
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(c.Height), int64(c.Width)); err != nil {
		return nil, c, err
	}
	data, err := in.All(int64(c.Height) * int64(c.Width))
	if err != nil {
		return nil, c, err
	}
	return append(head.Bytes(), data...), c, nil
}

// Decode decodes a file of a format that package imaging knows, and whose header
// is c. It first checks what the decoder would not: that the file is long enough
// for its size, if the format can pack at most pixelsPerByte into a byte (0 means
// any number), and that there is memory for bytesPerPixel, which is about what the
// decoder and the conversion of its picture take.
func Decode(file []byte, c image.Config, pixelsPerByte, bytesPerPixel int) (image.Image, error) {
	if pixelsPerByte > 0 && c.Height*c.Width/pixelsPerByte > len(file) {
		return nil, io.ErrUnexpectedEOF
	}
	if err := memory.Need(memory.Times(c.Height, c.Width, bytesPerPixel), "a picture of %dx%d pixels", c.Height, c.Width); err != nil {
		return nil, err
	}
	return guard.Decode(func() (image.Image, error) { return imaging.Decode(bytes.NewReader(file)) })
}

// fromGo takes over the memory of a picture decoded elsewhere, or converts it
// where colours stand in another form. Pictures known to be grey keep one
// colour plane. Alpha is never multiplied in: At().RGBA() would do that.
func FromGo(img image.Image, grey bool) (*raster.Picture, error) {
	b := img.Bounds()
	h, w := b.Dy(), b.Dx()
	switch p := img.(type) {
	case *image.Gray:
		return raster.WithStride(raster.NewPixels(p.Pix, h, w, 1, 8, raster.U8), p.Stride), nil
	case *image.Gray16:
		return raster.WithStride(raster.NewPixels(p.Pix, h, w, 1, 16, raster.U16BE), p.Stride), nil
	case *image.NRGBA:
		m := raster.WithStride(raster.NewPixels(p.Pix, h, w, 4, 8, raster.U8), p.Stride)
		return greyOnly(m, grey), nil
	case *image.NRGBA64:
		m := raster.WithStride(raster.NewPixels(p.Pix, h, w, 4, 16, raster.U16BE), p.Stride)
		return greyOnly(m, grey), nil
	case *image.RGBA:
		if !p.Opaque() {
			return unpremultiplied(p), nil
		}
		return opaque(raster.WithStride(raster.NewPixels(p.Pix, h, w, 4, 8, raster.U8), p.Stride)), nil
	case *image.RGBA64:
		if !p.Opaque() {
			return nil, fmt.Errorf("premultiplied 16-bit colour is not supported")
		}
		return opaque(raster.WithStride(raster.NewPixels(p.Pix, h, w, 4, 16, raster.U16BE), p.Stride)), nil
	case *image.Paletted:
		return paletted(p), nil
	case *image.YCbCr:
		return RGBOf(p, nil, NarrowJPEG, JPEGToRGB), nil
	case *image.CMYK:
		return fromCMYK(p), nil
	}
	return nil, fmt.Errorf("pixels of type %T are not supported", img)
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
	m := raster.WithStride(raster.NewPixels(p.Pix, h, w, 1, 8, raster.U8), p.Stride)
	m.Colours, m.Rank, m.StrideC = 3, 3, 0
	m.Palette = new([4][256]uint8)
	for i := range 256 {
		c := color.NRGBA{A: 255}
		if i < len(p.Palette) {
			c = NRGBA(p.Palette[i])
		}
		for k, v := range [4]uint8{c.R, c.G, c.B, c.A} {
			m.Palette[k][i] = v
		}
		m.Alpha = m.Alpha || c.A != 255
	}
	return m
}

func NRGBA(c color.Color) color.NRGBA {
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
			c := NRGBA(p.RGBAAt(x, y))
			mem = append(mem, c.R, c.G, c.B, c.A)
		}
	}
	return raster.NewPixels(mem, h, w, 4, 8, raster.U8)
}
