package vec

import "unsafe"

// Peak runs n rounds of nothing but independent fused multiply-adds and returns
// how many elements they multiplied and added: what the processor can do at
// most, for benchmarks to compare with. It returns 0 in plain Go.
func Peak[T Float](n int) float64 {
	im := active.Load()
	var t T
	rounds := im.peak64
	if unsafe.Sizeof(t) == 4 {
		rounds = im.peak32
	}
	if rounds == nil {
		return 0
	}
	rounds(n)
	return float64(n) * float64(im.chains) * float64(im.width/int(unsafe.Sizeof(t)))
}
