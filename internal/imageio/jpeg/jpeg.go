// Package jpeg reads and writes JPEG by github.com/disintegration/imaging, and
// turns pictures upright as their EXIF block says.
package jpeg

import (
	"bytes"
	"image"
	"image/color"
	"io"

	"github.com/disintegration/imaging"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
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

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "jpg", Extensions: []string{".jpg", ".jpeg"},
	Holds: codec.Holds{
		Reads:  "8 bits",
		Depths: []int{8},
		Colour: true,
		Binary: true,
	},
	Sniff:      codec.Magic("\xff\xd8\xff"),
	Read:       readJPEG,
	NewEncoder: newJPEGEncoder,
}

// pixelsPerByte is the most that JPEG can pack: a block of 64 pixels into a bit.
const pixelsPerByte = 64 * 8

// readJPEG reads a picture and turns it upright as its EXIF block says.
func readJPEG(in *source.Input) (*raster.Picture, error) {
	file, c, err := goimage.ReadAll(in)
	if err != nil {
		return nil, err
	}
	img, err := goimage.Decode(file, c, pixelsPerByte, bytesPerPixel(file))
	if err != nil {
		return nil, err
	}
	m, err := goimage.FromGo(img, c.ColorModel == color.GrayModel)
	if err == nil {
		m.Orient(exifOrientation(file))
	}
	return m, err
}

// bytesPerPixel is about what the decoder takes: three samples as they are stored
// and as RGB, and the coefficients of a progressive picture, of 4 bytes each.
func bytesPerPixel(file []byte) int {
	if bytes.Contains(file, []byte{0xff, 0xc2}) {
		return 18
	}
	return 7
}
