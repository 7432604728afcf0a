package report

import (
	"math"
	"testing"
)

// The lightness of rising colours grows with the value, and that of signed ones falls
// from 0 to both ends. So they keep their order in grey and for all eyes.
func TestLightness(t *testing.T) {
	up, both := rising(0, 1), signed(1)
	const n = 64
	for i := range n {
		a, b := float64(i)/n, float64(i+1)/n
		if luminance(colourOf(up, a)) > luminance(colourOf(up, b)) {
			t.Errorf("rising gets darker from %v to %v", a, b)
		}
		for _, sign := range []float64{-1, 1} {
			if luminance(colourOf(both, sign*a)) < luminance(colourOf(both, sign*b)) {
				t.Errorf("signed gets lighter from %v to %v", sign*a, sign*b)
			}
		}
	}
}

// Numbers have the contrast to their cells that WCAG 2 asks of text at level AA.
func TestContrast(t *testing.T) {
	const aa = 4.5
	for i := range 101 {
		for _, v := range []float64{float64(i) / 100, -float64(i) / 100} {
			ground := colourOf(signed(1), v)
			a, b := luminance(ground), luminance(inkOn(ground))
			if c := (max(a, b) + .05) / (min(a, b) + .05); c < aa {
				t.Errorf("contrast %v at %v", c, v)
			}
		}
	}
}

func TestBeyondTheScale(t *testing.T) {
	m := rising(0, 1)
	if colourOf(m, -5) != colourOf(m, 0) || colourOf(m, 7) != colourOf(m, 1) || colourOf(m, math.NaN()) != unknown {
		t.Error("values beyond the ends have other colours than the ends, or NaN has one")
	}
}
