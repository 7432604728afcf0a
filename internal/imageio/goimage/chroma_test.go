package goimage

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// TestChroma: interpolated colours lie within rounding of 3/4 and 1/4 of the
// nearest samples in each direction that was halved.
func TestChroma(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440,
	} {
		for h := 1; h < 8; h++ {
			for w := 5; w < 10; w++ {
				p := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
				for i := range p.Cb {
					p.Cb[i] = uint8(rng.Uint32())
				}
				c := newChroma(p, 2)
				got := make([]byte, w)
				for y := range h {
					c.row(got, p.Cb, y)
					for x := range w {
						want := between(y, h, c.ch, func(j int) float64 {
							return between(x, w, c.cw, func(i int) float64 { return float64(p.Cb[j*p.CStride+i]) })
						})
						if math.Abs(float64(got[x])-want) > 0.75 {
							t.Fatalf("%v %dx%d (%d, %d): %d, want %v", ratio, h, w, y, x, got[x], want)
						}
					}
				}
			}
		}
	}
}

// TestChromaRounding has the sums of libjpeg's h2v1_fancy_upsample and
// h2v2_fancy_upsample, which round to and fro.
func TestChromaRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const w, h = 12, 2
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420} {
		p := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
		for i := range p.Cb {
			p.Cb[i] = uint8(rng.Uint32())
		}
		c, got := newChroma(p, 2), make([]byte, w)
		c.row(got, p.Cb, 0)
		for i := 1; i < w/2-1; i++ {
			left, near, right := int(p.Cb[i-1]), int(p.Cb[i]), int(p.Cb[i+1])
			want := [2]int{(3*near + left + 1) >> 2, (3*near + right + 2) >> 2}
			if ratio == image.YCbCrSubsampleRatio420 { // the first row has itself as neighbour
				want = [2]int{(3*4*near + 4*left + 8) >> 4, (3*4*near + 4*right + 7) >> 4}
			}
			if int(got[2*i]) != want[0] || int(got[2*i+1]) != want[1] {
				t.Errorf("%v, sample %d: %d %d, want %d", ratio, i, got[2*i], got[2*i+1], want)
			}
		}
	}
}

// TestJPEGRGB: colours are the nearest to those of JFIF's formula.
func TestJPEGRGB(t *testing.T) {
	for i := range 1 << 18 {
		y, cb, cr := uint8(i>>12<<2), uint8(i>>6<<2), uint8(i<<2)
		r, g, b := JPEGToRGB(y, cb, cr)
		u, v := float64(cb)-128, float64(cr)-128
		want := [3]float64{1.402 * v, -0.344136286*u - 0.714136286*v, 1.772 * u}
		for k, got := range [3]uint8{r, g, b} {
			if w := min(max(float64(y)+want[k], 0), 255); math.Abs(float64(got)-w) > 0.502 {
				t.Fatalf("%d %d %d gives %d %d %d, want %v", y, cb, cr, r, g, b, want)
			}
		}
	}
}

// between gives sample x of n from m, which are as many or half as many.
func between(x, n, m int, at func(int) float64) float64 {
	if n == m {
		return at(x)
	}
	return 0.75*at(x/2) + 0.25*at(min(max(x/2-1+2*(x%2), 0), m-1))
}
