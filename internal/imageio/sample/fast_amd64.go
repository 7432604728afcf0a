//go:build !purego

package sample

import (
	"golang.org/x/sys/cpu"
)

// haveAVX2 is a variable so that a test can run both ways.
var haveAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT

// block is the number of samples that all functions in assembly do at a time.
const block = 32

// widenFast does whole blocks and returns how many samples that were.
func widenFast(dst []float32, src []byte, order Order, full float32) int {
	n := len(dst) / block * block
	if !haveAVX2 || n == 0 {
		return 0
	}
	switch order {
	case Byte:
		_ = src[n-1]
		widen8(&dst[0], &src[0], n, full)
	case LE:
		_ = src[2*n-1]
		widen16LE(&dst[0], &src[0], n, full)
	case BE:
		_ = src[2*n-1]
		widen16BE(&dst[0], &src[0], n, full)
	}
	return n
}

// narrowFast does whole blocks and returns how many samples that were.
func (s *Scale) narrowFast(dst []byte, src []float32, order Order) (n, clipped int) {
	n = len(src) / block * block
	if !haveAVX2 || n == 0 {
		return 0, 0
	}
	mask := uint32(0xffffffff)
	if s.Abs {
		mask = 0x7fffffff
	}
	if order == Byte {
		_ = dst[n-1]
		return n, n - narrow8(&dst[0], &src[0], n, s.Full, s.Lo, s.Scale, s.Shift, mask)
	}
	_ = dst[2*n-1]
	return n, n - narrow16BE(&dst[0], &src[0], n, s.Full, s.Lo, s.Scale, s.Shift, mask)
}
