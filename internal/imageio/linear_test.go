package imageio

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/srgb"
)

// TestLinear: every sample of 8 and 16 bits to light and back.
func TestLinear(t *testing.T) {
	for _, channels := range []int{1, 2, 3, 4} {
		for _, depth := range []int{8, 16} {
			m := picture(channels, depth)
			m = with(m, func(o *raster.ReadOptions) { o.Linear = true })
			if got := floats(t, m)[1]; got != srgb.Linear(m.Samples().Sample(m.Samples().Offset+m.Samples().StrideX, 0)/m.Samples().Full) {
				t.Errorf("%d channels of %d bits: %v", channels, depth, got)
			}
			samplesEqual(t, m, decode(t, through[float32](t, m, WriteOptions{Format: "png"}), "x", raster.ReadOptions{}))
			samplesEqual(t, m, decode(t, through[float64](t, m, WriteOptions{Format: "png"}), "x", raster.ReadOptions{}))
		}
	}
}

// TestLinearMean: halfway between black and white light is a light grey.
func TestLinearMean(t *testing.T) {
	m := pixelsOf([]byte{0, 255}, 1, 2, 1, 8, raster.U8)
	m = with(m, func(o *raster.ReadOptions) { o.Linear = true })
	got := floats(t, m)
	e := raster.LightEncoderOf(255)
	if k := e.Sample((got[0] + got[1]) / 2); k != 188 {
		t.Errorf("got %d, want 188", k)
	}
}

// TestLinearAlpha: the colours of filtered alpha are multiplied as light.
func TestLinearAlpha(t *testing.T) {
	m := pixelsOf([]byte{188, 188, 188, 128}, 1, 1, 4, 8, raster.U8)
	m = m.Samples().View(raster.ReadOptions{Linear: true, Alpha: raster.AlphaFilter})
	want := srgb.Linear(188./255) * 128 / 255
	if got := floats(t, m); math.Abs(got[0]-want) > 1e-15 || got[3] != 128./255 {
		t.Errorf("got %v, want %v", got, want)
	}
	samplesEqual(t, m, func() *raster.Image {
		again := decode(t, through[float64](t, m, WriteOptions{Format: "png"}), "x", raster.ReadOptions{})
		return with(again, func(o *raster.ReadOptions) { o.Alpha = raster.AlphaFilter })
	}())
}
