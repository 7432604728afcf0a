package text

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestQuickNumber: the short way gives what strconv gives, or nothing.
func TestQuickNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[+-]?[0-9]{0,20}\.?[0-9]{0,20}([eE][+-]?[0-9]{0,4})?[a-z ,]?`).Draw(t, "word")
		v, n := QuickNumber([]byte(word))
		if n == 0 {
			return
		}
		want, err := strconv.ParseFloat(word[:n], 64)
		if err != nil || v != want || math.Signbit(v) != math.Signbit(want) {
			t.Fatalf("%q: got %v, strconv %v (%v)", word[:n], v, want, err)
		}
	})
}

func TestNumbersReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		got, err := strconv.ParseFloat(string(AppendNumber(nil, v, -1)), 64)
		if err != nil || got != v {
			t.Fatalf("%v became %v (%v)", v, got, err)
		}
		f := rapid.Float32().Draw(t, "f")
		wide, err := strconv.ParseFloat(string(AppendNumber(nil, f, -1)), 32)
		if err != nil || float32(wide) != f {
			t.Fatalf("%v became %v (%v)", f, wide, err)
		}
	})
}

func TestAppendNumber(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   string
	}{
		{0, -1, "0"}, {math.Copysign(0, -1), -1, "0"}, {-0.0001, 2, "0.00"}, {0.1, -1, "0.1"}, {-1, -1, "-1"},
		{1e15, -1, "1e+15"}, {123456, -1, "123456"}, {1.5, 3, "1.500"}, {-1.5, 0, "-2"}, {math.NaN(), 2, "NaN"},
		{math.Inf(1), -1, "Inf"}, {math.Inf(-1), -1, "-Inf"}, {5e-324, -1, "5e-324"},
	} {
		if got := string(AppendNumber(nil, c.v, c.digits)); got != c.want {
			t.Errorf("%v with %d digits: got %s, want %s", c.v, c.digits, got, c.want)
		}
	}
	if got := string(AppendNumber(nil, float32(0.1), -1)); got != "0.1" {
		t.Errorf("float32 0.1: got %s", got)
	}
}
