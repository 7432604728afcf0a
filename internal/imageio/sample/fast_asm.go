//go:build (amd64 || arm64) && !purego

package sample

import "unsafe"

// block is the number of samples that all functions in assembly do at a time.
const block = 32

// widenFast does whole blocks and returns how many samples that were.
func widenFast[T Float](dst []T, src []byte, order Order, full T) int {
	n := len(dst) / block * block
	if !fast || n == 0 {
		return 0
	}
	_ = src[n*order.Size()-1]
	if isSingle[T]() {
		loop := [...]func(*float32, *byte, int, float32){Byte: widen8To32, LE: widen16LETo32, BE: widen16BETo32}[order]
		loop((*float32)(unsafe.Pointer(&dst[0])), &src[0], n, float32(full))
	} else {
		loop := [...]func(*float64, *byte, int, float64){Byte: widen8To64, LE: widen16LETo64, BE: widen16BETo64}[order]
		loop((*float64)(unsafe.Pointer(&dst[0])), &src[0], n, float64(full))
	}
	return n
}

// narrowFast does whole blocks and returns how many samples that were, and
// whether there was a NaN.
func (s *Scale[T]) narrowFast(dst []byte, src []T, order Order) (n, clipped int, nan bool) {
	n = len(src) / block * block
	if !fast || n == 0 {
		return 0, 0, false
	}
	_ = dst[n*order.Size()-1]
	mask := ^uint64(0)
	if s.Abs {
		mask >>= 1
	}
	var good, nans int
	if isSingle[T]() {
		loop := [...]func(*byte, *float32, int, float32, float32, float32, float32, uint32) (int, int){Byte: narrow32To8, LE: narrow32To16LE, BE: narrow32To16BE}[order]
		good, nans = loop(&dst[0], (*float32)(unsafe.Pointer(&src[0])), n, float32(s.Full), float32(s.Lo), float32(s.Scale), float32(s.Shift), uint32(mask>>32))
	} else {
		loop := [...]func(*byte, *float64, int, float64, float64, float64, float64, uint64) (int, int){Byte: narrow64To8, LE: narrow64To16LE, BE: narrow64To16BE}[order]
		good, nans = loop(&dst[0], (*float64)(unsafe.Pointer(&src[0])), n, float64(s.Full), float64(s.Lo), float64(s.Scale), float64(s.Shift), mask)
	}
	return n, n - good, nans > 0
}
