package imageio

import (
	"math"
	"testing"
)

// TestLinear: samples that anyone can look up, and every one of 8 and 16 bits
// to light and back.
func TestLinear(t *testing.T) {
	for s, want := range map[float64]float64{0: 0, 1: 1, 0.04045: 0.0031308, 0.5: 0.2140411, 188. / 255: 0.5028865} {
		if got := linearLight(s); math.Abs(got-want) > 1e-7 {
			t.Errorf("%v gives %v, want %v", s, got, want)
		}
	}
	for _, channels := range []int{1, 2, 3, 4} {
		for _, depth := range []int{8, 16} {
			m := picture(channels, depth)
			m.opts.Linear = true
			if got := floats(t, m)[1]; got != linearLight(m.stored(m.off+m.sx, 0)/m.full) {
				t.Errorf("%d channels of %d bits: %v", channels, depth, got)
			}
			samplesEqual(t, m, decode(t, through[float32](t, m, WriteOptions{Format: "png"}), "x", ReadOptions{}))
			samplesEqual(t, m, decode(t, through[float64](t, m, WriteOptions{Format: "png"}), "x", ReadOptions{}))
		}
	}
	for _, full := range []int{1, 255, 1000, 65535} {
		e := newEncoder(full)
		for k, v := range lights[float32](full) {
			if got := e.sample(float64(v)); got != k {
				t.Fatalf("sample %d of %d came back as %d", k, full, got)
			}
		}
	}
}

// TestLinearMean: halfway between black and white light is a light grey.
func TestLinearMean(t *testing.T) {
	m := newPixels([]byte{0, 255}, 1, 2, 1, 8, elemU8)
	m.opts.Linear = true
	got := floats(t, m)
	e := encoderOf(255)
	if k := e.sample((got[0] + got[1]) / 2); k != 188 {
		t.Errorf("got %d, want 188", k)
	}
}

// TestLinearAlpha: the colours of filtered alpha are multiplied as light.
func TestLinearAlpha(t *testing.T) {
	m := newPixels([]byte{188, 188, 188, 128}, 1, 1, 4, 8, elemU8)
	m.opts = ReadOptions{Linear: true, Alpha: AlphaFilter}
	want := linearLight(188./255) * 128 / 255
	if got := floats(t, m); math.Abs(got[0]-want) > 1e-15 || got[3] != 128./255 {
		t.Errorf("got %v, want %v", got, want)
	}
	samplesEqual(t, m, func() *Image {
		again := decode(t, through[float64](t, m, WriteOptions{Format: "png"}), "x", ReadOptions{})
		again.opts.Alpha = AlphaFilter
		return again
	}())
}
