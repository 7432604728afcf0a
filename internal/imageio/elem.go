package imageio

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/convkit/convkit/internal/tensor"
)

// elem is the type of a number at rest: how its bytes are read.
type elem uint8

const (
	elemBool elem = iota
	elemU8
	elemI8
	elemU16LE
	elemU16BE
	elemI16LE
	elemI16BE
	elemU32LE
	elemU32BE
	elemI32LE
	elemI32BE
	elemU64LE
	elemU64BE
	elemI64LE
	elemI64BE
	elemX64BE // unsigned, stored less 2^63, as FITS has it
	elemF32LE
	elemF32BE
	elemF64LE
	elemF64BE
	elemF16LE
	elemF16BE
)

var elemSizes = [...]int{1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8, 4, 4, 8, 8, 2, 2}

func (e elem) size() int { return elemSizes[e] }

// native gives the element type of T in this machine's memory. Both machines
// that Go runs on in numbers, amd64 and arm64, are little-endian; on a
// big-endian one nothing is lent, and all is converted.
func native[T tensor.Float]() elem {
	little := binary.NativeEndian.Uint16([]byte{1, 0}) == 1
	is32 := unsafe.Sizeof(T(0)) == 4
	switch {
	case little && is32:
		return elemF32LE
	case little:
		return elemF64LE
	case is32:
		return elemF32BE
	}
	return elemF64BE
}

// lent returns n elements of b as they lie, or nil where they are of another
// type or not aligned.
func lent[T tensor.Float](b []byte, e elem, n int) []T {
	if e != native[T]() || n == 0 {
		return nil
	}
	p := unsafe.Pointer(&b[0])
	if uintptr(p)%unsafe.Alignof(T(0)) != 0 {
		return nil
	}
	return unsafe.Slice((*T)(p), n)
}

// bytesOf gives the memory of s.
func bytesOf[T tensor.Float](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

// load sets dst[i] to the number at b[off+i*step:].
func load[T tensor.Float](dst []T, b []byte, off, step int, e elem) {
	le, be := binary.LittleEndian, binary.BigEndian
	switch e {
	case elemBool:
		each(dst, off, step, func(o int) T {
			if b[o] != 0 {
				return 1
			}
			return 0
		})
	case elemU8:
		for i := range dst {
			dst[i] = T(b[off+i*step])
		}
	case elemI8:
		each(dst, off, step, func(o int) T { return T(int8(b[o])) })
	case elemU16LE:
		for i := range dst {
			dst[i] = T(le.Uint16(b[off+i*step:]))
		}
	case elemU16BE:
		for i := range dst {
			dst[i] = T(be.Uint16(b[off+i*step:]))
		}
	case elemI16LE:
		each(dst, off, step, func(o int) T { return T(int16(le.Uint16(b[o:]))) })
	case elemI16BE:
		each(dst, off, step, func(o int) T { return T(int16(be.Uint16(b[o:]))) })
	case elemU32LE:
		each(dst, off, step, func(o int) T { return T(le.Uint32(b[o:])) })
	case elemU32BE:
		each(dst, off, step, func(o int) T { return T(be.Uint32(b[o:])) })
	case elemI32LE:
		each(dst, off, step, func(o int) T { return T(int32(le.Uint32(b[o:]))) })
	case elemI32BE:
		each(dst, off, step, func(o int) T { return T(int32(be.Uint32(b[o:]))) })
	default:
		loadWide(dst, b, off, step, e)
	}
}

// loadWide is load for the elements of eight bytes and the floats.
func loadWide[T tensor.Float](dst []T, b []byte, off, step int, e elem) {
	le, be := binary.LittleEndian, binary.BigEndian
	switch e {
	case elemU64LE:
		each(dst, off, step, func(o int) T { return T(le.Uint64(b[o:])) })
	case elemU64BE:
		each(dst, off, step, func(o int) T { return T(be.Uint64(b[o:])) })
	case elemI64LE:
		each(dst, off, step, func(o int) T { return T(int64(le.Uint64(b[o:]))) })
	case elemI64BE:
		each(dst, off, step, func(o int) T { return T(int64(be.Uint64(b[o:]))) })
	case elemX64BE:
		each(dst, off, step, func(o int) T { return T(be.Uint64(b[o:]) ^ 1<<63) })
	case elemF16LE:
		each(dst, off, step, func(o int) T { return T(half(le.Uint16(b[o:]))) })
	case elemF16BE:
		each(dst, off, step, func(o int) T { return T(half(be.Uint16(b[o:]))) })
	case elemF32LE:
		for i := range dst {
			dst[i] = T(math.Float32frombits(le.Uint32(b[off+i*step:])))
		}
	case elemF32BE:
		for i := range dst {
			dst[i] = T(math.Float32frombits(be.Uint32(b[off+i*step:])))
		}
	case elemF64LE:
		for i := range dst {
			dst[i] = T(math.Float64frombits(le.Uint64(b[off+i*step:])))
		}
	case elemF64BE:
		for i := range dst {
			dst[i] = T(math.Float64frombits(be.Uint64(b[off+i*step:])))
		}
	}
}

// half is the number of a binary16 of IEEE 754: a sign, 5 bits of exponent and
// 10 of fraction. The fraction and the exponent are moved to where float32 has
// them, and the product sets the exponent's bias right, subnormals too; an
// exponent of ones, which is an infinity or NaN, becomes one of ones.
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

// bigEndian is the type of T with the high byte first.
func bigEndian[T tensor.Float]() elem {
	if unsafe.Sizeof(T(0)) == 4 {
		return elemF32BE
	}
	return elemF64BE
}

// store sets the numbers at dst[i*step:] to src: floats as they are, unsigned
// whole numbers from values that fit already.
func store[T tensor.Float](dst []byte, step int, e elem, src []T) {
	le, be := binary.LittleEndian, binary.BigEndian
	for i, v := range src {
		d := dst[i*step:]
		switch e {
		case elemU8:
			d[0] = uint8(v)
		case elemU16LE:
			le.PutUint16(d, uint16(v))
		case elemU16BE:
			be.PutUint16(d, uint16(v))
		case elemF32LE:
			le.PutUint32(d, math.Float32bits(float32(v)))
		case elemF32BE:
			be.PutUint32(d, math.Float32bits(float32(v)))
		case elemF64LE:
			le.PutUint64(d, math.Float64bits(float64(v)))
		case elemF64BE:
			be.PutUint64(d, math.Float64bits(float64(v)))
		}
	}
}
