package imageio

import (
	"bytes"
	"image"
	"io"

	"github.com/disintegration/imaging"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// DefaultQuality of a JPEG keeps the loss below what an eye sees.
const DefaultQuality = 95

// jpegPacker writes grey or RGB of 8 bits, all rows at once.
type jpegEncoder struct {
	codec.Result
}

func (p *jpegEncoder) Begin(io.Writer) error { return nil }

func (p *jpegEncoder) Pack(_, _ int, rows []byte) (*codec.Segment, error) {
	c := p.Result
	rect := image.Rect(0, 0, c.W, c.H)
	var img image.Image = &image.Gray{Pix: rows, Stride: c.W, Rect: rect}
	if c.Channels == 3 {
		rgb := image.NewRGBA(rect)
		for i := range c.W * c.H {
			copy(rgb.Pix[4*i:], rows[3*i:3*i+3])
			rgb.Pix[4*i+3] = 255
		}
		img = rgb
	}
	quality := p.Quality
	if quality == 0 {
		quality = DefaultQuality
	}
	var out bytes.Buffer
	err := imaging.Encode(&out, img, imaging.JPEG, imaging.JPEGQuality(quality))
	return &codec.Segment{Data: out.Bytes()}, err
}

func (p *jpegEncoder) Add(w io.Writer, rows *codec.Segment) error {
	_, err := w.Write(rows.Data)
	return err
}

func (p *jpegEncoder) End(io.Writer) error { return nil }

func newJPEGEncoder(r codec.Result) (codec.Encoder, error) {
	if r.W > 65535 || r.H > 65535 {
		return codec.Encoder{}, raster.BadOption("png and tif do", "jpg holds at most 65535 rows and columns, not %dx%d", r.H, r.W)
	}
	return codec.Encoder{Segments: &jpegEncoder{r}, Rows: r.H}, nil
}
