package webp

import (
	"math"
	"testing"
)

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
