package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type vector = reg.VecVirtual

// target is AVX2 with an element type.
type target struct{ isa.Set }

// bits is the size of an element.
func (f target) bits() int { return 8 * f.Elem }

// uint is the name of the whole numbers of its size.
func (f target) uint() string { return isa.Pick(f.Set, "uint32", "uint64") }

// vectors is how many hold as many numbers as one does of 32 bits.
func (f target) vectors() int { return f.Elem / 4 }

// param gives all lanes the value of a parameter.
func (f target) param(name string) vector { return f.Broadcast(isa.Memory(name)) }

// one gives all lanes 1.
func (f target) one() vector {
	if f.Elem == 4 {
		return f.Broadcast(words("one32", 0x3f800000))
	}
	return f.Broadcast(words("one64", 0, 0x3ff00000))
}

// count adds the lanes of ones in v to a sum.
func (f target) count(v vector, sum reg.GPVirtual) {
	bits := build.GP32()
	isa.Pick(f.Set, build.VMOVMSKPS, build.VMOVMSKPD)(v, bits)
	build.POPCNTL(bits, bits)
	build.ADDQ(bits.As64(), sum)
}

// fromInt gives the numbers of 8 whole numbers of 32 bits.
func (f target) fromInt(v vector) []vector {
	if f.Elem == 4 {
		build.VCVTDQ2PS(v, v)
		return []vector{v}
	}
	high, low := build.YMM(), build.YMM()
	build.VCVTDQ2PD(v.AsX(), low)
	build.VEXTRACTI128(operand.U8(1), v, high.AsX())
	build.VCVTDQ2PD(high.AsX(), high)
	return []vector{low, high}
}

// toInt gives the whole parts of 8 numbers.
func (f target) toInt(v []vector) vector {
	if f.Elem == 4 {
		build.VCVTTPS2DQ(v[0], v[0])
		return v[0]
	}
	low, high := build.YMM(), build.XMM()
	build.VCVTTPD2DQY(v[0], low.AsX())
	build.VCVTTPD2DQY(v[1], high)
	build.VINSERTI128(operand.U8(1), high, low, low)
	return low
}
