package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type vector = reg.VecVirtual

// float is an element type by the number of its bits.
type float int

const (
	single float = 32
	double float = 64
)

// pick returns the instruction for single or double precision.
func pick[F any](f float, a, b F) F {
	if f == single {
		return a
	}
	return b
}

func (f float) name() string { return pick(f, "float32", "float64") }

// uint is the name of the whole numbers of its size.
func (f float) uint() string { return pick(f, "uint32", "uint64") }

// vectors is how many hold as many numbers as one does of 32 bits.
func (f float) vectors() int { return int(f) / 32 }

// param gives all lanes the value of a parameter.
func (f float) param(name string) vector {
	address, err := build.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	v := build.YMM()
	pick(f, build.VBROADCASTSS, build.VBROADCASTSD)(address.Addr, v)
	return v
}

// one gives all lanes 1.
func (f float) one() vector {
	v := build.YMM()
	if f == single {
		build.VBROADCASTSS(once("one32", 0x3f800000), v)
	} else {
		build.VBROADCASTSD(once("one64", 0, 0x3ff00000), v)
	}
	return v
}

func (f float) store(v vector, m operand.Mem) { pick(f, build.VMOVUPS, build.VMOVUPD)(v, m) }

// add, sub, mul, div, max and min set v to itself and the other.
func (f float) add(other, v vector) { pick(f, build.VADDPS, build.VADDPD)(other, v, v) }
func (f float) sub(other, v vector) { pick(f, build.VSUBPS, build.VSUBPD)(other, v, v) }
func (f float) mul(other, v vector) { pick(f, build.VMULPS, build.VMULPD)(other, v, v) }
func (f float) div(other, v vector) { pick(f, build.VDIVPS, build.VDIVPD)(other, v, v) }

// Where v is NaN, max and min give the other.
func (f float) max(other, v vector) { pick(f, build.VMAXPS, build.VMAXPD)(other, v, v) }
func (f float) min(other, v vector) { pick(f, build.VMINPS, build.VMINPD)(other, v, v) }

const (
	unordered  = 0x03
	less       = 0x11 // false for NaN
	notSmaller = 0x1d // false for NaN
)

// compare gives ones where v stands so to the other.
func (f float) compare(how uint8, v, other vector) vector {
	to := build.YMM()
	pick(f, build.VCMPPS, build.VCMPPD)(operand.U8(how), other, v, to)
	return to
}

// count adds the lanes of ones in v to a sum.
func (f float) count(v vector, sum reg.GPVirtual) {
	bits := build.GP32()
	pick(f, build.VMOVMSKPS, build.VMOVMSKPD)(v, bits)
	build.POPCNTL(bits, bits)
	build.ADDQ(bits.As64(), sum)
}

// fromInt gives the numbers of 8 whole numbers of 32 bits.
func (f float) fromInt(v vector) []vector {
	if f == single {
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
func (f float) toInt(v []vector) vector {
	if f == single {
		build.VCVTTPS2DQ(v[0], v[0])
		return v[0]
	}
	low, high := build.YMM(), build.XMM()
	build.VCVTTPD2DQY(v[0], low.AsX())
	build.VCVTTPD2DQY(v[1], high)
	build.VINSERTI128(operand.U8(1), high, low, low)
	return low
}
