package vec

import "unsafe"

// MostChannels is how many output channels are computed together.
const MostChannels = 4

// slideCols is how many columns a kernel of several rows may have for its vectors
// to be shifted rather than loaded: 3x3 gains 17 % by it, 5x5 9 %, 7x7 1 %; of
// one row, 15 taps gain 58 % and 63 taps 72 %.
const slideCols = 5

// Mixes reports whether so many output channels of a group gain by being computed
// together. Two share too few loads to keep the arithmetic busy, unless the sums
// of several planes would go to memory and back each time (2048 x 2048 float32,
// one core, two channels of three: 2.8 instead of 4.2 ms with 3x3, but 6.8
// instead of 6.5 with 5x5). Three channels of three take 3.1 instead of 6.2 ms
// with 3x3, 13.7 instead of 16.6 with 7x7; 64 of 64, 128 x 128, 4.4 instead of
// 10.5, which is 98 % of the peak.
func Mixes(channels, in, kw int) bool { return channels > 2 || channels == 2 && in > 1 && kw <= 3 }

// Mixed is the kernels of 2 to 4 output channels for some input planes, made
// ready for the loops.
type Mixed[T Float] struct {
	each   [][]*Taps[T] // for each input plane, those of the channels
	packed []T          // for each of its taps, those of the channels side by side
}

// NewMixed packs kernels of one size: each[i] are those of input plane i.
func NewMixed[T Float](each [][]*Taps[T]) *Mixed[T] {
	m := &Mixed[T]{each: each}
	for _, kernels := range each {
		for i := range kernels[0].rows {
			for _, k := range kernels {
				m.packed = append(m.packed, k.rows[i])
			}
		}
	}
	return m
}

// Channels is how many output channels are mixed.
func (m *Mixed[T]) Channels() int { return len(m.each[0]) }

// CorrelateMixed is Correlate for several output channels of several input
// planes: the sum of the correlations of all x[i] goes to y[o] with bias[o]. Each
// input vector is loaded once for all channels. The sums are those of Correlate
// with one plane after the other, in the same order.
func CorrelateMixed[T Float](y [][]T, ys int, x [][]T, xs int, k *Mixed[T], dx, rows, cols int, bias []T, mode Mode) {
	if rows <= 0 || cols <= 0 {
		return
	}
	f := mixers[T](active.Load(), len(y))
	apartY, even := spacing(y)
	apartX, evenX := spacing(x)
	if f == nil || !even || !evenX {
		for o := range y {
			mode := mode
			for i := range x {
				Correlate(y[o], ys, x[i], xs, k.each[i][o], dx, rows, cols, bias[o], mode)
				mode |= Add
			}
		}
		return
	}
	one, size := k.each[0][0], int(unsafe.Sizeof(bias[0]))
	for _, out := range y {
		_ = out[(rows-1)*ys+cols-1]
	}
	for _, in := range x {
		_ = in[(rows+one.kh-2)*xs+(one.kw-1)*dx+cols-1]
	}
	_ = bias[len(y)-1]
	width := active.Load().width
	if at := int(uintptr(unsafe.Pointer(&y[0][0]))); (at|ys*size|apartY)%width != 0 {
		mode &^= Stream
	}
	for r := range rows {
		f(len(x), apartX, &x[0][r*xs], xs*size, &k.packed[0], one.kh, one.kw, dx*size, &y[0][r*ys], apartY, cols, &bias[0], int(mode))
	}
}

// spacing is the distance of the planes' memory in bytes, and whether it is the
// same for all.
func spacing[T Float](y [][]T) (apart int, even bool) {
	if len(y) == 1 {
		return 0, true
	}
	at := func(o int) int { return int(uintptr(unsafe.Pointer(&y[o][0]))) }
	apart, even = at(1)-at(0), true
	for o := 2; o < len(y); o++ {
		even = even && at(o)-at(o-1) == apart
	}
	return apart, even
}

// mixFunc computes a row of 2 to 4 channels of planes, apart bytes apart.
type mixFunc[T Float] func(in, apartX int, x *T, xs int, packed *T, kh, kw, dx int, y *T, apartY, cols int, bias *T, mode int)

// mixers is the function for so many channels, nil where there is none.
func mixers[T Float](im *implementation, channels int) mixFunc[T] {
	if f, ok := any(im.mix32[channels-2]).(mixFunc[T]); ok {
		return f
	}
	return any(im.mix64[channels-2]).(mixFunc[T])
}
