package fft

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The portable stage of radix 4 gives the bits of the definition.
func TestStage4(t *testing.T) {
	t.Run("float32", testStage4[float32])
	t.Run("float64", testStage4[float64])
}

func testStage4[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	random := func(n int) []T {
		s := make([]T, n)
		for i := range s {
			s[i] = T(r.Float64() - 0.5)
		}
		return s
	}
	const n, ss, ds = 64, goLanes + 3, goLanes
	for _, l := range []int{64, 16, 4} {
		for _, sign := range []float64{-1, 1} {
			for _, tw := range [][]T{nil, random(2 * 3 * l / 4)} {
				re, im := random(n*ss), random(n*ss)
				gotRe, gotIm, wantRe, wantIm := make([]T, n*ds), make([]T, n*ds), make([]T, n*ds), make([]T, n*ds)
				stage4Go(sign, gotRe, gotIm, ds, re, im, ss, n, l, tw)
				stageGo(4, sign, wantRe, wantIm, ds, re, im, ss, n, l, tw)
				if !slices.Equal(gotRe, wantRe) || !slices.Equal(gotIm, wantIm) {
					t.Fatalf("parts of %d, sign %v, twiddles %v: other bits", l, sign, tw != nil)
				}
			}
		}
	}
}
