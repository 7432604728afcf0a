package main

import "testing"

// TestRounded: a distance has so many decimals and no more, a score as many as
// it takes to be there at all; no zero is negative.
func TestRounded(t *testing.T) {
	for _, c := range []struct {
		v              float64
		digits         int
		rounded, whole string
	}{
		{-0.0004961710047519429, -1, "0", "-0.0004961710047519429"},
		{0.0004961710047519429, 6, "0.000496", "0.000496"},
		{-0.0006, -1, "-0.001", "-0.001"},
		{0.04512, -1, "0.045", "0.045"},
		{-3, -1, "-3", "-3"},
		{-1e-12, 2, "0.00", "0.00"},
	} {
		if got := rounded(c.v, 3, c.digits).String(); got != c.rounded {
			t.Errorf("rounded(%v) with --digits %d is %s, want %s", c.v, c.digits, got, c.rounded)
		}
		if got := shortest(c.v, 3, c.digits).String(); got != c.whole {
			t.Errorf("shortest(%v) with --digits %d is %s, want %s", c.v, c.digits, got, c.whole)
		}
	}
}
