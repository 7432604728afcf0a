package imageio

import (
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// TestStepAndScale: what a stored step and full scale mean in the values that
// were asked for.
func TestStepAndScale(t *testing.T) {
	grey := "P2\n2 1\n255\n0 255\n"
	ten := "P2\n2 1\n1000\n0 1000\n"
	colour := "P3\n1 1\n255\n1 2 3\n"
	for _, c := range []struct {
		data       string
		o          raster.ReadOptions
		step, high float64
	}{
		{grey, raster.ReadOptions{}, 1. / 255, 1},
		{grey, raster.ReadOptions{Values: raster.RawValues}, 1, 255},
		{ten, raster.ReadOptions{}, 1. / 1000, 1},
		{colour, raster.ReadOptions{}, 1. / 255, 1},
		{colour, raster.ReadOptions{Gray: true}, 0, 1},
		{grey, raster.ReadOptions{Linear: true}, 0, 1},
		{"1,2\n", raster.ReadOptions{}, 0, 0},
	} {
		m, err := Decode(strings.NewReader(c.data), "x", c.o)
		if err != nil {
			t.Fatal(err)
		}
		low, high, ok := m.Scale()
		if m.Step() != c.step || low != 0 || high != c.high || ok != (c.high > 0) {
			t.Errorf("%q %+v: step %v, scale %v to %v (%v); want %v and %v", c.data, c.o, m.Step(), low, high, ok, c.step, c.high)
		}
	}
}
