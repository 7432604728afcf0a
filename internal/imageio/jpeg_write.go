package imageio

import (
	"image"
	"io"

	"github.com/disintegration/imaging"
)

// jpegQuality keeps the loss below what an eye sees.
const jpegQuality = 95

// writeJPEG writes grey or RGB of 8 bits.
func writeJPEG(w io.Writer, b *pixelBuffer) error {
	if b.w > 65535 || b.h > 65535 {
		return badOption("png and tif do", "jpg holds at most 65535 rows and columns, not %dx%d", b.h, b.w)
	}
	var img image.Image = &image.Gray{Pix: b.mem, Stride: b.w, Rect: image.Rect(0, 0, b.w, b.h)}
	if b.channels == 3 {
		p := image.NewRGBA(image.Rect(0, 0, b.w, b.h))
		for i := range b.w * b.h {
			copy(p.Pix[4*i:], b.mem[3*i:3*i+3])
			p.Pix[4*i+3] = 255
		}
		img = p
	}
	return imaging.Encode(w, img, imaging.JPEG, imaging.JPEGQuality(jpegQuality))
}
