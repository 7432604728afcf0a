// Package sample turns rows of stored samples into float32 numbers and back:
// plain loops in Go, which are the reference, and the same for many at once
// where the processor can.
package sample

import "encoding/binary"

//go:generate sh -c "cd _asm && go run . -out ../sample_amd64.s -stubs ../stubs_amd64.go -pkg sample"

// Order is how a sample lies in its bytes.
type Order int

const (
	Byte Order = iota // 8 bits
	LE                // 16 bits, the low byte first
	BE                // 16 bits, the high byte first
)

// Widen sets dst[i] to sample i of src over full: one correctly rounded
// division, whatever the processor.
func Widen(dst []float32, src []byte, order Order, full float32) {
	n := widenFast(dst, src, order, full)
	widenGeneric(dst[n:], src, n, order, full)
}

func widenGeneric(dst []float32, src []byte, from int, order Order, full float32) {
	for i := range dst {
		switch order {
		case Byte:
			dst[i] = float32(src[from+i]) / full
		case LE:
			dst[i] = float32(binary.LittleEndian.Uint16(src[2*(from+i):])) / full
		case BE:
			dst[i] = float32(binary.BigEndian.Uint16(src[2*(from+i):])) / full
		}
	}
}

// Scale says how numbers become samples: the whole part of
//
//	(v - Lo)*Scale + Shift, or (|v| - Lo)*Scale + Shift where Abs is set,
//
// clipped to 0..Full, and NaN to 0. Each operation is rounded to float32, so
// that every implementation gives the same samples.
type Scale struct {
	Abs                    bool
	Lo, Scale, Shift, Full float32
}

// Narrow sets samples of 8 bits, or of 16 with the high byte first, from src,
// and returns how many had to be clipped: those below 0 and from Full+1 on.
func (s *Scale) Narrow(dst []byte, src []float32, order Order) (clipped int) {
	n, clipped := s.narrowFast(dst, src, order)
	return clipped + s.narrowGeneric(dst, src, n, order)
}

func (s *Scale) narrowGeneric(dst []byte, src []float32, from int, order Order) (clipped int) {
	top := s.Full + 1
	for i, v := range src[from:] {
		if s.Abs && v < 0 {
			v = -v
		}
		y := float32((v-s.Lo)*s.Scale) + s.Shift
		if !(y >= 0 && y < top) {
			clipped++
			if y >= top {
				y = s.Full
			} else {
				y = 0
			}
		}
		if order == Byte {
			dst[from+i] = uint8(y)
		} else {
			binary.BigEndian.PutUint16(dst[2*(from+i):], uint16(y))
		}
	}
	return clipped
}
