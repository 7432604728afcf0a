package srgb_test

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/srgb"
)

// Values that anyone can look up.
func TestLinear(t *testing.T) {
	for s, want := range map[float64]float64{0: 0, 1: 1, 0.04045: 0.0031308, 0.5: 0.2140411, 188. / 255: 0.5028865} {
		if got := srgb.Linear(s); math.Abs(got-want) > 1e-7 {
			t.Errorf("%v gives %v, want %v", s, got, want)
		}
	}
}

// Stored undoes Linear for all samples of 16 bits, to a few units of rounding.
func TestStored(t *testing.T) {
	const rounding = 1e-15 // the powers err by one unit each
	for i := range 1 << 16 {
		s := float64(i) / (1<<16 - 1)
		if got := srgb.Stored(srgb.Linear(s)); math.Abs(got-s) > rounding {
			t.Fatalf("%v comes back as %v", s, got)
		}
	}
}
