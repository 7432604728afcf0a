package imageio

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// TestLosesAlpha: alpha is missed where it is seen, kept and has no place.
func TestLosesAlpha(t *testing.T) {
	for _, c := range []struct {
		format string
		mode   raster.AlphaMode
		clear  bool
		want   bool
	}{
		{"jpg", raster.AlphaKeep, true, true}, {"jpg", raster.AlphaKeep, false, false}, {"jpg", raster.AlphaDrop, true, false},
		{"ppm", raster.AlphaFilter, true, true}, {"ppm", raster.AlphaFilter, false, false}, {"csv", raster.AlphaKeep, true, true},
		{"npy", raster.AlphaKeep, true, true}, {"npy", raster.AlphaFilter, true, false},
		{"png", raster.AlphaKeep, true, false}, {"tif", raster.AlphaFilter, true, false},
	} {
		for _, depth := range []int{8, 16} {
			m := picture(4, depth)
			for i := range m.Samples().H * m.Samples().W { // the samples of alpha, opaque but for the last pixel
				at := m.Samples().Offset + 3*m.Samples().StrideC + i*m.Samples().StrideX
				for b := range m.Samples().Type.Size() {
					m.Samples().Mem[at+b] = 255
				}
			}
			if c.clear {
				m.Samples().Mem[m.Samples().Offset+3*m.Samples().StrideC+(m.Samples().H*m.Samples().W-1)*m.Samples().StrideX] = 254
			}
			m = with(m, func(o *raster.ReadOptions) { o.Alpha = c.mode })
			w, err := Create("-", &bytes.Buffer{}, m.Shape(), WriteOptions{Format: c.format, Like: m})
			if err != nil {
				t.Fatal(err)
			}
			if got := w.LosesAlpha(); got != c.want {
				t.Error(fmt.Sprint(c.format, depth, c.mode, c.clear), got)
			}
		}
	}
}
