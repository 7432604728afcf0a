package imageio

import (
	"bytes"
	"fmt"
	"testing"
)

// TestLosesAlpha: alpha is missed where it is seen, kept and has no place.
func TestLosesAlpha(t *testing.T) {
	for _, c := range []struct {
		format string
		mode   AlphaMode
		clear  bool
		want   bool
	}{
		{"jpg", AlphaKeep, true, true}, {"jpg", AlphaKeep, false, false}, {"jpg", AlphaDrop, true, false},
		{"ppm", AlphaFilter, true, true}, {"ppm", AlphaFilter, false, false}, {"csv", AlphaKeep, true, true},
		{"npy", AlphaKeep, true, true}, {"npy", AlphaFilter, true, false},
		{"png", AlphaKeep, true, false}, {"tif", AlphaFilter, true, false},
	} {
		for _, depth := range []int{8, 16} {
			m := picture(4, depth)
			for i := range m.h * m.w { // the samples of alpha, opaque but for the last pixel
				at := m.off + 3*m.sc + i*m.sx
				for b := range m.elem.size() {
					m.mem[at+b] = 255
				}
			}
			if c.clear {
				m.mem[m.off+3*m.sc+(m.h*m.w-1)*m.sx] = 254
			}
			m.opts.Alpha = c.mode
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
