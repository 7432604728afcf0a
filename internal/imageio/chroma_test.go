package imageio

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

// between gives sample x of n from m, which are as many or half as many.
func between(x, n, m int, at func(int) float64) float64 {
	if n == m {
		return at(x)
	}
	return 0.75*at(x/2) + 0.25*at(min(max(x/2-1+2*(x%2), 0), m-1))
}

// TestVideoRGB: black, white, and the primaries in the range of video.
func TestVideoRGB(t *testing.T) {
	for in, want := range map[[3]uint8][3]uint8{
		{16, 128, 128}: {0, 0, 0}, {235, 128, 128}: {255, 255, 255}, {126, 128, 128}: {128, 128, 128},
		{81, 90, 240}: {254, 0, 0}, {145, 54, 34}: {0, 255, 1}, {41, 240, 110}: {0, 0, 255},
	} {
		r, g, b := videoRGB(in[0], in[1], in[2])
		for k, v := range [3]uint8{r, g, b} {
			if math.Abs(float64(v)-float64(want[k])) > 1 {
				t.Errorf("%v gives %d %d %d, want %v", in, r, g, b, want)
				break
			}
		}
	}
}
