//go:build amd64 && !purego

package vec

import "testing"

// each runs a test with every implementation that this processor has.
func each(t *testing.T, f func(*testing.T)) {
	t.Helper()
	avx512, avx2 := haveAVX512, haveAVX2
	defer func() { haveAVX512, haveAVX2 = avx512, avx2 }()
	if avx512 {
		t.Run("AVX-512", f)
	}
	haveAVX512 = false
	if avx2 {
		t.Run("AVX2", f)
	}
	haveAVX2 = false
	t.Run("Go", f)
}

// The two assemblies give the same bits.
func TestSameBits(t *testing.T) {
	if !haveAVX512 {
		t.Skip("this processor has no AVX-512")
	}
	defer func() { haveAVX512 = true }()
	var sums [2][]float64
	for i := range sums {
		haveAVX512 = i == 0
		sums[i] = make([]float64, 5*13)
		DotLags(sums[i], 5, 13, numbers(5*200, 5*200, 1), 200, 187, numbers(240, 240, 2))
		r := numbers(77, 77, 3)
		SubLags(r, numbers(7, 7, 4), numbers(90, 90, 5))
		sums[i] = append(sums[i], r...)
		d := numbers(48, 48, 6)
		OuterLags(d, 16, numbers(3, 3, 7), numbers(20, 20, 8))
		sums[i] = append(sums[i], d...)
	}
	for i, v := range sums[0] {
		if v != sums[1][i] {
			t.Fatalf("number %d: %v with AVX-512, %v with AVX2", i, v, sums[1][i])
		}
	}
}
