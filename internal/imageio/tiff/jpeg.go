package tiff

import (
	"bytes"
	"image"
	"image/jpeg"

	"github.com/convkit/convkit/internal/imageio/goimage"
	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// JPEG in TIFF (technical note 2): each strip or tile is a file of its own,
// whose tables may stand in the directory, once for all.

// jpegGain is what JPEG packs into a byte at most: a block of 64 pixels, three
// samples each, into a bit.
const jpegGain = 64 * 8 * 3

// unpackJPEG fills rows of a strip or tile, which hold blockW pixels each.
func (t *tiffFile) unpackJPEG(dst, packed []byte) error {
	var end = []byte("\xff\xd9")
	file := packed
	if n := len(t.tables); n > 4 && len(packed) > 2 {
		file = append(bytes.TrimSuffix(bytes.Clone(t.tables), end), packed[2:]...) // one beginning is enough
	}
	c, err := guard.Decode(func() (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(file)) })
	if err != nil {
		return err
	}
	// The last blocks of 16 x 16 may stand out.
	channels := t.samples / t.planes()
	rows := len(dst) / (t.blockW * channels)
	if c.Width < t.blockW || c.Width >= t.blockW+16 || c.Height < rows || c.Height >= t.blockH+16 {
		return raster.BadData("a JPEG of %dx%d in a strip or tile of %dx%d", c.Height, c.Width, rows, t.blockW)
	}
	img, err := guard.Decode(func() (image.Image, error) { return jpeg.Decode(bytes.NewReader(file)) })
	if err != nil {
		return err
	}
	m, err := t.jpegColours(img)
	if err != nil {
		return err
	}
	if m.Colours != channels {
		return raster.BadData("a JPEG of %d samples a pixel in a TIFF of %d", m.Colours, channels)
	}
	for y := range rows {
		row := m.Mem[m.Offset+y*m.StrideY:]
		if m.StrideX == channels {
			copy(dst[y*t.blockW*channels:][:t.blockW*channels], row)
			continue
		}
		for x := range t.blockW {
			copy(dst[(y*t.blockW+x)*channels:][:channels], row[x*m.StrideX:])
		}
	}
	return nil
}

// jpegColours gives the samples as the directory calls them: RGB is not
// converted, whatever the decoder takes it for.
func (t *tiffFile) jpegColours(img image.Image) (*raster.Picture, error) {
	p, ok := img.(*image.YCbCr)
	if !ok {
		return goimage.FromGo(img, false)
	}
	if t.photometric == photometricYCbCr {
		return goimage.RGBOf(p, nil, goimage.NarrowJPEG, goimage.JPEGToRGB), nil
	}
	if p.SubsampleRatio != image.YCbCrSubsampleRatio444 {
		return nil, raster.BadData("colours of RGB at different resolutions")
	}
	return goimage.RGBOf(p, nil, goimage.NarrowJPEG, func(r, g, b uint8) (uint8, uint8, uint8) { return r, g, b }), nil
}

// tablesOf gives the tables that all strips or tiles share.
func (t *tiffFile) tablesOf() []byte {
	tables := make([]byte, 0, len(t.tags[tagJPEGTables]))
	for _, v := range t.tags[tagJPEGTables] {
		tables = append(tables, byte(v))
	}
	return tables
}
