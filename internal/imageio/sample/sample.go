// Package sample turns rows of stored samples into floating point and back:
// plain loops in Go, which are the reference, and the same for many at once
// where the processor can.
package sample

import (
	"encoding/binary"
	"unsafe"
)

//go:generate sh -c "cd _asm && go run . -out ../sample_amd64.s -stubs ../stubs_amd64.go -pkg sample"
//go:generate sh -c "cd _asm && go run ./arm64 -out ../sample_arm64.s -stubs ../stubs_arm64.go -pkg sample"

// Order is how a sample lies in its bytes.
type Order int

const (
	Byte Order = iota // 8 bits
	LE                // 16 bits, the low byte first
	BE                // 16 bits, the high byte first
)

// Size is the number of bytes of a sample.
func (o Order) Size() int {
	if o == Byte {
		return 1
	}
	return 2
}

// Put sets sample i of b, which must fit.
func (o Order) Put(b []byte, i int, v uint16) {
	switch o {
	case Byte:
		b[i] = uint8(v)
	case LE:
		binary.LittleEndian.PutUint16(b[2*i:], v)
	case BE:
		binary.BigEndian.PutUint16(b[2*i:], v)
	}
}

// Float is the type of the numbers.
type Float interface{ float32 | float64 }

// isSingle reports whether T is float32.
func isSingle[T Float]() bool { return unsafe.Sizeof(T(0)) == 4 }

// Widen sets dst[i] to sample i of src over full: one correctly rounded
// division, whatever the processor.
func Widen[T Float](dst []T, src []byte, order Order, full T) {
	n := widenFast(dst, src, order, full)
	widenGeneric(dst[n:], src, n, order, full)
}

func widenGeneric[T Float](dst []T, src []byte, from int, order Order, full T) {
	for i := range dst {
		switch order {
		case Byte:
			dst[i] = T(src[from+i]) / full
		case LE:
			dst[i] = T(binary.LittleEndian.Uint16(src[2*(from+i):])) / full
		case BE:
			dst[i] = T(binary.BigEndian.Uint16(src[2*(from+i):])) / full
		}
	}
}

// Scale says how numbers become samples: the whole part of
//
//	(v - Lo)*Scale + Shift, or (|v| - Lo)*Scale + Shift where Abs is set,
//
// clipped to 0..Full, and NaN to 0. Each operation is rounded to T, so that
// every implementation gives the same samples.
type Scale[T Float] struct {
	Abs                    bool
	Lo, Scale, Shift, Full T
}

// Narrow sets the samples of dst from src, and returns how many had to be clipped,
// those below 0, from Full+1 on and NaN, and how many of them were NaN.
func (s *Scale[T]) Narrow(dst []byte, src []T, order Order) (clipped, nans int) {
	n, clipped, nan := s.narrowFast(dst, src, order)
	if nan {
		for _, v := range src[:n] {
			if v != v {
				nans++
			}
		}
	}
	c, k := s.narrowGeneric(dst, src, n, order)
	return clipped + c, nans + k
}

func (s *Scale[T]) narrowGeneric(dst []byte, src []T, from int, order Order) (clipped, nans int) {
	top := s.Full + 1
	for i, v := range src[from:] {
		if s.Abs && v < 0 {
			v = -v
		}
		y := T((v-s.Lo)*s.Scale) + s.Shift
		if !(y >= 0 && y < top) {
			clipped++
			switch {
			case v != v:
				nans++
				y = 0
			case y >= top:
				y = s.Full
			default:
				y = 0
			}
		}
		order.Put(dst, from+i, uint16(y))
	}
	return clipped, nans
}
