package isa

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// AddTo sets to to a + b.
func (v Set) AddTo(a, b operand.Op, to reg.VecVirtual) {
	Pick(v, build.VADDPS, build.VADDPD)(b, a, to)
}

// SubTo sets to to a - b.
func (v Set) SubTo(a, b operand.Op, to reg.VecVirtual) {
	Pick(v, build.VSUBPS, build.VSUBPD)(b, a, to)
}

// MulTo sets to to a * b.
func (v Set) MulTo(a, b operand.Op, to reg.VecVirtual) {
	Pick(v, build.VMULPS, build.VMULPD)(b, a, to)
}

// DivTo sets to to a / b.
func (v Set) DivTo(a, b operand.Op, to reg.VecVirtual) {
	Pick(v, build.VDIVPS, build.VDIVPD)(b, a, to)
}

// MaxTo sets to to the larger of a and b, or to b if one is NaN.
func (v Set) MaxTo(a, b operand.Op, to reg.VecVirtual) {
	Pick(v, build.VMAXPS, build.VMAXPD)(b, a, to)
}

// MinTo sets to to the smaller of a and b, or to b if one is NaN.
func (v Set) MinTo(a, b operand.Op, to reg.VecVirtual) {
	Pick(v, build.VMINPS, build.VMINPD)(b, a, to)
}

// Add returns a + b.
func (v Set) Add(a, b operand.Op) reg.VecVirtual { return v.fresh(v.AddTo, a, b) }

// Sub returns a - b.
func (v Set) Sub(a, b operand.Op) reg.VecVirtual { return v.fresh(v.SubTo, a, b) }

// Mul returns a * b.
func (v Set) Mul(a, b operand.Op) reg.VecVirtual { return v.fresh(v.MulTo, a, b) }

func (v Set) fresh(f func(a, b operand.Op, to reg.VecVirtual), a, b operand.Op) reg.VecVirtual {
	to := v.Vector()
	f(a, b, to)
	return to
}

// Sqrt returns the square roots of a.
func (v Set) Sqrt(a operand.Op) reg.VecVirtual {
	to := v.Vector()
	Pick(v, build.VSQRTPS, build.VSQRTPD)(a, to)
	return to
}

// Neg returns 0 - a.
func (v Set) Neg(a reg.VecVirtual) reg.VecVirtual {
	zero := v.Vector()
	v.Zero(zero)
	return v.Sub(zero, a)
}

// MulAdd turns c into a*b + c, rounded once, and returns it.
func (v Set) MulAdd(a, b operand.Op, c reg.VecVirtual) reg.VecVirtual {
	Pick(v, build.VFMADD231PS, build.VFMADD231PD)(a, b, c)
	return c
}

// MulSub turns c into a*b - c, rounded once, and returns it.
func (v Set) MulSub(a, b operand.Op, c reg.VecVirtual) reg.VecVirtual {
	Pick(v, build.VFMSUB231PS, build.VFMSUB231PD)(a, b, c)
	return c
}

// NegMulAdd turns c into c - a*b, rounded once, and returns it.
func (v Set) NegMulAdd(a, b operand.Op, c reg.VecVirtual) reg.VecVirtual {
	Pick(v, build.VFNMADD231PS, build.VFNMADD231PD)(a, b, c)
	return c
}

// And returns the bits that a and b share.
func (v Set) And(a, b operand.Op) reg.VecVirtual {
	to := v.Vector()
	if v.Width == 64 {
		build.VPANDD(b, a, to)
	} else {
		build.VPAND(b, a, to)
	}
	return to
}

// Xor returns the bits in which a and b differ.
func (v Set) Xor(a, b operand.Op) reg.VecVirtual {
	to := v.Vector()
	if v.Width == 64 {
		build.VPXORD(b, a, to)
	} else {
		build.VPXOR(b, a, to)
	}
	return to
}

// AbsMask returns the bits of an element without its sign.
func (v Set) AbsMask() reg.VecVirtual {
	m := v.Vector()
	if v.Width == 64 {
		build.VPTERNLOGD(operand.U8(0xff), m, m, m)
	} else {
		build.VPCMPEQD(m, m, m)
	}
	Pick(v, build.VPSRLD, build.VPSRLQ)(operand.U8(1), m, m)
	return m
}
