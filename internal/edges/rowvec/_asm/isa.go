package main

import (
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set with an element type.
type isa struct {
	set   string
	width int // bytes in a vector
	elem  int // bytes in an element
}

func (v isa) lanes() int { return v.width / v.elem }

func (v isa) goType() string { return map[int]string{4: "float32", 8: "float64"}[v.elem] }

func (v isa) vector() reg.VecVirtual {
	if v.width == 64 {
		return build.ZMM()
	}
	return build.YMM()
}

// pick returns the instruction for single or double precision.
func pick[F any](v isa, single, double F) F {
	if v.elem == 4 {
		return single
	}
	return double
}

func (v isa) load(m Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VMOVUPS, build.VMOVUPD)(m, to)
	return to
}

// broadcast fills a vector with one element.
func (v isa) broadcast(m Mem) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VBROADCASTSS, build.VBROADCASTSD)(m, to)
	return to
}

func (v isa) store(from, m Op) { pick(v, build.VMOVUPS, build.VMOVUPD)(from, m) }

func (v isa) add(a, b Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VADDPS, build.VADDPD)(b, a, to)
	return to
}

// sub is a - b.
func (v isa) sub(a, b Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VSUBPS, build.VSUBPD)(b, a, to)
	return to
}

func (v isa) mul(a, b Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VMULPS, build.VMULPD)(b, a, to)
	return to
}

func (v isa) sqrt(a Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VSQRTPS, build.VSQRTPD)(a, to)
	return to
}

// absMask is a vector whose AND takes the sign away.
func (v isa) absMask() reg.VecVirtual {
	m := v.vector()
	if v.width == 64 {
		build.VPTERNLOGD(U8(0xff), m, m, m)
	} else {
		build.VPCMPEQD(m, m, m)
	}
	if v.elem == 4 {
		build.VPSRLD(U8(1), m, m)
	} else {
		build.VPSRLQ(U8(1), m, m)
	}
	return m
}

func (v isa) and(a, b Op) reg.VecVirtual {
	to := v.vector()
	if v.width == 64 {
		build.VPANDD(b, a, to)
	} else {
		build.VPAND(b, a, to)
	}
	return to
}
