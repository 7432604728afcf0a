package vec

import "unsafe"

// MostChannels is how many output channels are computed together.
const MostChannels = 4

// slideCols is how many columns a kernel of several rows may have for its vectors
// to be shifted rather than loaded: 3x3 gains 17 % by it, 5x5 9 %, 7x7 1 %; of
// one row, 15 taps gain 58 % and 63 taps 72 %.
const slideCols = 5

// Mixes tells whether channels gain by being computed together. Three channels
// into three, 2048 x 2048 float32, one core: 7x7 takes 16.1 instead of 17.2 ms,
// but 3x3, whose vectors are shifted one channel at a time, 7.6 instead of 6.7.
func Mixes(kh, kw int) bool { return kh > 1 && kw > slideCols }

// Mixed is the kernels of 2 to 4 output channels for one input plane, made ready
// for the loops.
type Mixed[T Float] struct {
	each   []*Taps[T]
	packed []T // for each tap, those of the channels side by side
}

// NewMixed packs kernels of one size.
func NewMixed[T Float](each []*Taps[T]) *Mixed[T] {
	m := &Mixed[T]{each: each}
	for i := range each[0].rows {
		for _, k := range each {
			m.packed = append(m.packed, k.rows[i])
		}
	}
	return m
}

// CorrelateMixed is Correlate for several output channels of one input plane:
// channel o goes to y[o] with bias[o]. Each input vector is loaded once for all
// of them. The sums are those of Correlate, in the same order.
func CorrelateMixed[T Float](y [][]T, ys int, x []T, xs int, k *Mixed[T], dx, rows, cols int, bias []T, mode Mode) {
	if rows <= 0 || cols <= 0 {
		return
	}
	f := mixers[T](active.Load(), len(y))
	size := int(unsafe.Sizeof(bias[0]))
	apart, even := spacing(y)
	if f == nil || !even {
		for o := range y {
			Correlate(y[o], ys, x, xs, k.each[o], dx, rows, cols, bias[o], mode)
		}
		return
	}
	one := k.each[0]
	for _, out := range y {
		_ = out[(rows-1)*ys+cols-1]
	}
	_, _ = x[(rows+one.kh-2)*xs+(one.kw-1)*dx+cols-1], bias[len(y)-1]
	for r := range rows {
		f(&x[r*xs], xs*size, &k.packed[0], one.kh, one.kw, dx*size, &y[0][r*ys], apart, cols, &bias[0], int(mode&Add))
	}
}

// spacing is the distance of the channels' memory in bytes, and whether it is
// the same for all.
func spacing[T Float](y [][]T) (apart int, even bool) {
	at := func(o int) int { return int(uintptr(unsafe.Pointer(&y[o][0]))) }
	apart, even = at(1)-at(0), true
	for o := 2; o < len(y); o++ {
		even = even && at(o)-at(o-1) == apart
	}
	return apart, even
}

// mixFunc computes a row of 2 to 4 channels, apart bytes apart.
type mixFunc[T Float] func(x *T, xs int, packed *T, kh, kw, dx int, y *T, apart, cols int, bias *T, mode int)

// mixers is the function for so many channels, nil where there is none.
func mixers[T Float](im *implementation, channels int) mixFunc[T] {
	if f, ok := any(im.mix32[channels-2]).(mixFunc[T]); ok {
		return f
	}
	return any(im.mix64[channels-2]).(mixFunc[T])
}
