package png

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestSubtract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		a := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "b")
		c := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "c")
		dst, mean := make([]byte, n), make([]byte, n)
		subtract(dst, a, b)
		subtractMean(mean, a, b, c)
		for i := range dst {
			if dst[i] != a[i]-b[i] || mean[i] != a[i]-uint8((int(b[i])+int(c[i]))/2) {
				t.Fatalf("byte %d of %d, %d and %d gives %d and %d", i, a[i], b[i], c[i], dst[i], mean[i])
			}
		}
	})
}

func TestMagnitudes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.Just(byte(128)))).Draw(t, "b")
		b = bytes.Repeat(b, rapid.IntRange(0, 200).Draw(t, "times"))
		want := 0
		for _, v := range b {
			want += max(int(int8(v)), -int(int8(v)))
		}
		if got := magnitudes(b); got != want {
			t.Fatalf("%d bytes: got %d, want %d", len(b), got, want)
		}
	})
}
