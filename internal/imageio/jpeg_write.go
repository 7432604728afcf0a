package imageio

import (
	"bytes"
	"image"
	"io"

	"github.com/disintegration/imaging"
)

// DefaultQuality of a JPEG keeps the loss below what an eye sees.
const DefaultQuality = 95

// jpegPacker writes grey or RGB of 8 bits, all rows at once.
type jpegPacker struct {
	c       *canvas
	quality int
}

func (p *jpegPacker) head(io.Writer) error { return nil }

func (p *jpegPacker) pack(_, _ int, rows []byte) (*packedRows, error) {
	c := p.c
	rect := image.Rect(0, 0, c.w, c.h)
	var img image.Image = &image.Gray{Pix: rows, Stride: c.w, Rect: rect}
	if c.channels == 3 {
		rgb := image.NewRGBA(rect)
		for i := range c.w * c.h {
			copy(rgb.Pix[4*i:], rows[3*i:3*i+3])
			rgb.Pix[4*i+3] = 255
		}
		img = rgb
	}
	quality := p.quality
	if quality == 0 {
		quality = DefaultQuality
	}
	var out bytes.Buffer
	err := imaging.Encode(&out, img, imaging.JPEG, imaging.JPEGQuality(quality))
	return &packedRows{data: out.Bytes()}, err
}

func (p *jpegPacker) add(w io.Writer, rows *packedRows) error {
	_, err := w.Write(rows.data)
	return err
}

func (p *jpegPacker) tail(io.Writer) error { return nil }
