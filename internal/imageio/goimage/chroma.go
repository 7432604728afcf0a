package goimage

import (
	"image"
	"image/color"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// JPEG and lossy WebP store colour at half the resolution. Between its samples
// it is interpolated as the usual decoders do, so that the same file gives the
// same picture here and there: 3/4 of the nearer sample and 1/4 of the farther
// in each direction that was halved. Other ratios repeat samples.

// chroma gives rows of the Cb and Cr planes at full width.
type chroma struct {
	p      *image.YCbCr
	w, h   int // of the picture
	cw, ch int // of the planes
	narrow int // planes of no more columns are not interpolated
	sum    []int
}

func newChroma(p *image.YCbCr, narrow int) *chroma {
	c := &chroma{p: p, narrow: narrow, w: p.Rect.Dx(), h: p.Rect.Dy()}
	c.cw, c.ch = c.w, c.h
	switch p.SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		c.cw, c.ch = (c.w+1)/2, (c.h+1)/2
	case image.YCbCrSubsampleRatio422:
		c.cw = (c.w + 1) / 2
	case image.YCbCrSubsampleRatio440:
		c.ch = (c.h + 1) / 2
	}
	c.sum = make([]int, c.cw)
	return c
}

// smooth reports whether rows are interpolated. Very narrow planes of a JPEG are
// not, as in libjpeg.
func (c *chroma) smooth() bool {
	return (c.cw < c.w || c.ch < c.h) && (c.cw > c.narrow || c.cw == c.w)
}

// narrowJPEG is how many columns of colour are repeated and not interpolated.
const NarrowJPEG = 2

// row fills dst with row y of a plane.
func (c *chroma) row(dst, plane []byte, y int) {
	b := c.p.Rect.Min
	if !c.smooth() {
		for x := range dst {
			dst[x] = plane[c.p.COffset(b.X+x, b.Y+y)]
		}
		return
	}
	start := c.p.COffset(b.X, b.Y)
	at := func(y int) []byte { return plane[start+y*c.p.CStride:][:c.cw] }
	if c.ch == c.h {
		near := at(y)
		for i, v := range near {
			c.sum[i] = 4 * int(v)
		}
	} else {
		// The farther row lies above an even row and below an odd one.
		near, far := at(y/2), at(min(max(y/2-1+2*(y&1), 0), c.ch-1))
		for i, v := range near {
			c.sum[i] = 3*int(v) + int(far[i])
		}
	}
	if c.cw == c.w {
		for i, s := range c.sum {
			dst[i] = uint8((s + 1 + y&1) / 4)
		}
		return
	}
	// Halves are rounded to and fro, by turns, so that they make no bias: where
	// only columns were halved, sums count 4, and libjpeg begins downward.
	half := [2]int{8, 7}
	if c.ch == c.h {
		half = [2]int{4, 8}
	}
	for x := range dst {
		i := x / 2
		far := min(max(i-1+2*(x&1), 0), c.cw-1)
		dst[x] = uint8((3*c.sum[i] + c.sum[far] + half[x&1]) / 16)
	}
}

// rgbOf converts the picture to RGB, or to RGBA where alpha is not nil.
func RGBOf(p *image.YCbCr, alpha *image.NYCbCrA, narrow int, toRGB func(y, cb, cr uint8) (r, g, b uint8)) *raster.Picture {
	c := newChroma(p, narrow)
	channels := 3
	if alpha != nil {
		channels = 4
	}
	mem := make([]byte, c.h*c.w*channels)
	cb, cr := make([]byte, c.w), make([]byte, c.w)
	for y := range c.h {
		c.row(cb, p.Cb, y)
		c.row(cr, p.Cr, y)
		luma := p.Y[p.YOffset(p.Rect.Min.X, p.Rect.Min.Y+y):][:c.w]
		dst := mem[y*c.w*channels:]
		for x, v := range luma {
			d := dst[x*channels:][:channels]
			d[0], d[1], d[2] = toRGB(v, cb[x], cr[x])
			if alpha != nil {
				d[3] = alpha.A[alpha.AOffset(p.Rect.Min.X+x, p.Rect.Min.Y+y)]
			}
		}
	}
	return raster.NewPixels(mem, c.h, c.w, channels, 8, raster.U8)
}

// jpegRGB converts the colours of JFIF, to the nearest whole numbers of its
// formula and with libjpeg's constants; Go's own rounds otherwise, which is one
// off in a quarter of all samples.
func JPEGToRGB(y, cb, cr uint8) (r, g, b uint8) {
	luma, u, v := int(y)<<16+1<<15, int(cb)-128, int(cr)-128
	clip := func(v int) uint8 { return uint8(min(max(v>>16, 0), 255)) }
	return clip(luma + 91881*v), clip(luma - 22554*u - 46802*v), clip(luma + 116130*u)
}

// fromCMYK converts a picture in printing colours, without a profile.
func fromCMYK(p *image.CMYK) *raster.Picture {
	h, w := p.Rect.Dy(), p.Rect.Dx()
	mem := make([]byte, h*w*3)
	for y := range h {
		row := p.Pix[y*p.Stride:][:4*w]
		for x := range w {
			d := mem[(y*w+x)*3:][:3]
			d[0], d[1], d[2] = color.CMYKToRGB(row[4*x], row[4*x+1], row[4*x+2], row[4*x+3])
		}
	}
	return raster.NewPixels(mem, h, w, 3, 8, raster.U8)
}
