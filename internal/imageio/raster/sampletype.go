package raster

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/convkit/convkit/internal/tensor"
)

// SampleType is the type of a stored number: its size, its byte order, and
// whether it is signed or floating-point.
type SampleType uint8

const (
	Bool SampleType = iota
	U8
	I8
	U16LE
	U16BE
	I16LE
	I16BE
	U32LE
	U32BE
	I32LE
	I32BE
	U64LE
	U64BE
	I64LE
	I64BE
	OffsetU64BE // unsigned, stored less 2^63, as FITS has it
	F32LE
	F32BE
	F64LE
	F64BE
	F16LE
	F16BE
)

var sampleSizes = [...]int{1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8, 4, 4, 8, 8, 2, 2}

// Size returns the number of bytes of a sample.
func (e SampleType) Size() int { return sampleSizes[e] }

// Native returns the SampleType of T in the memory of this machine.
func Native[T tensor.Float]() SampleType {
	little := binary.NativeEndian.Uint16([]byte{1, 0}) == 1
	is32 := unsafe.Sizeof(T(0)) == 4
	switch {
	case little && is32:
		return F32LE
	case little:
		return F64LE
	case is32:
		return F32BE
	}
	return F64BE
}

// AsSlice returns the first n samples of b as a []T that shares its memory. It
// returns nil if they are of another type or not aligned.
func AsSlice[T tensor.Float](b []byte, e SampleType, n int) []T {
	if e != Native[T]() || n == 0 {
		return nil
	}
	p := unsafe.Pointer(&b[0])
	if uintptr(p)%unsafe.Alignof(T(0)) != 0 {
		return nil
	}
	return unsafe.Slice((*T)(p), n)
}

// BytesOf returns the memory of s as bytes.
func BytesOf[T tensor.Float](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

// Load sets dst[i] to the number of type e at b[off+i*step:].
func Load[T tensor.Float](dst []T, b []byte, off, step int, e SampleType) {
	le, be := binary.LittleEndian, binary.BigEndian
	switch e {
	case Bool:
		each(dst, off, step, func(o int) T {
			if b[o] != 0 {
				return 1
			}
			return 0
		})
	case U8:
		for i := range dst {
			dst[i] = T(b[off+i*step])
		}
	case I8:
		each(dst, off, step, func(o int) T { return T(int8(b[o])) })
	case U16LE:
		for i := range dst {
			dst[i] = T(le.Uint16(b[off+i*step:]))
		}
	case U16BE:
		for i := range dst {
			dst[i] = T(be.Uint16(b[off+i*step:]))
		}
	case I16LE:
		each(dst, off, step, func(o int) T { return T(int16(le.Uint16(b[o:]))) })
	case I16BE:
		each(dst, off, step, func(o int) T { return T(int16(be.Uint16(b[o:]))) })
	case U32LE:
		each(dst, off, step, func(o int) T { return T(le.Uint32(b[o:])) })
	case U32BE:
		each(dst, off, step, func(o int) T { return T(be.Uint32(b[o:])) })
	case I32LE:
		each(dst, off, step, func(o int) T { return T(int32(le.Uint32(b[o:]))) })
	case I32BE:
		each(dst, off, step, func(o int) T { return T(int32(be.Uint32(b[o:]))) })
	default:
		loadWide(dst, b, off, step, e)
	}
}

// loadWide is Load for types of eight bytes and for floats.
func loadWide[T tensor.Float](dst []T, b []byte, off, step int, e SampleType) {
	le, be := binary.LittleEndian, binary.BigEndian
	switch e {
	case U64LE:
		each(dst, off, step, func(o int) T { return T(le.Uint64(b[o:])) })
	case U64BE:
		each(dst, off, step, func(o int) T { return T(be.Uint64(b[o:])) })
	case I64LE:
		each(dst, off, step, func(o int) T { return T(int64(le.Uint64(b[o:]))) })
	case I64BE:
		each(dst, off, step, func(o int) T { return T(int64(be.Uint64(b[o:]))) })
	case OffsetU64BE:
		each(dst, off, step, func(o int) T { return T(be.Uint64(b[o:]) ^ 1<<63) })
	case F16LE:
		each(dst, off, step, func(o int) T { return T(half(le.Uint16(b[o:]))) })
	case F16BE:
		each(dst, off, step, func(o int) T { return T(half(be.Uint16(b[o:]))) })
	case F32LE:
		for i := range dst {
			dst[i] = T(math.Float32frombits(le.Uint32(b[off+i*step:])))
		}
	case F32BE:
		for i := range dst {
			dst[i] = T(math.Float32frombits(be.Uint32(b[off+i*step:])))
		}
	case F64LE:
		for i := range dst {
			dst[i] = T(math.Float64frombits(le.Uint64(b[off+i*step:])))
		}
	case F64BE:
		for i := range dst {
			dst[i] = T(math.Float64frombits(be.Uint64(b[off+i*step:])))
		}
	}
}

// half returns the number of an IEEE 754 binary16: a sign, 5 bits of exponent, 10
// of fraction. It moves them to the places of a float32 and multiplies to correct
// the bias of the exponent, which is exact for subnormals too. An exponent of
// ones (infinity, NaN) stays one of ones.
func half(h uint16) float32 {
	const bias = 0x1p112 // 127 - 15
	v := math.Float32frombits(uint32(h&0x7fff)<<13) * bias
	bits := math.Float32bits(v) | uint32(h&0x8000)<<16
	if h&0x7c00 == 0x7c00 {
		bits |= 0xff << 23
	}
	return math.Float32frombits(bits)
}

func each[T tensor.Float](dst []T, off, step int, at func(o int) T) {
	for i := range dst {
		dst[i] = at(off + i*step)
	}
}

// BigEndian returns the SampleType of T with the high byte first.
func BigEndian[T tensor.Float]() SampleType {
	if unsafe.Sizeof(T(0)) == 4 {
		return F32BE
	}
	return F64BE
}

// Store writes src to dst[i*step:] as type e, which is a float or an unsigned
// type. Unsigned samples are truncated; src must be in their range.
func Store[T tensor.Float](dst []byte, step int, e SampleType, src []T) {
	le, be := binary.LittleEndian, binary.BigEndian
	for i, v := range src {
		d := dst[i*step:]
		switch e {
		case U8:
			d[0] = uint8(v)
		case U16LE:
			le.PutUint16(d, uint16(v))
		case U16BE:
			be.PutUint16(d, uint16(v))
		case F32LE:
			le.PutUint32(d, math.Float32bits(float32(v)))
		case F32BE:
			be.PutUint32(d, math.Float32bits(float32(v)))
		case F64LE:
			le.PutUint64(d, math.Float64bits(float64(v)))
		case F64BE:
			be.PutUint64(d, math.Float64bits(float64(v)))
		}
	}
}

// wideInteger reports whether a type holds whole numbers of 64 bits, of which those
// above 2^53 have no float64 of their own.
func (e SampleType) wideInteger() bool {
	switch e {
	case U64LE, U64BE, I64LE, I64BE, OffsetU64BE:
		return true
	}
	return false
}
