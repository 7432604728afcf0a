package raster

import "testing"

// TestLightEncoder: every sample of a full scale goes to light and back.
func TestLightEncoder(t *testing.T) {
	for _, full := range []int{1, 255, 1000, 65535} {
		e := newLightEncoder(full)
		for k, v := range lights[float32](full) {
			if got := e.Sample(float64(v)); got != k {
				t.Fatalf("sample %d of %d came back as %d", k, full, got)
			}
		}
	}
}
