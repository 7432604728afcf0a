package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set with an element type.
type isa struct {
	set   string
	width int // bytes in a vector
	elem  int // bytes in an element
}

func (v isa) lanes() int { return v.width / v.elem }

// radices are the butterflies that the registers hold: 8 complex vectors and
// their partial sums need more than AVX2's 16.
func (v isa) radices() []int {
	if v.width == 64 {
		return []int{4, 8}
	}
	return []int{2, 4}
}

func (v isa) goType() string {
	if v.elem == 4 {
		return "float32"
	}
	return "float64"
}

// begin starts a function; %[1]s in the signature is the element's type.
func (v isa) begin(name, signature string) {
	build.TEXT(fmt.Sprintf("%s%sf%d", name, v.set, 8*v.elem), attr.NOSPLIT, fmt.Sprintf(signature, v.goType()))
	build.Pragma("noescape")
}

func (v isa) end() {
	build.VZEROUPPER()
	build.RET()
}

func param(name string) reg.GPVirtual {
	r := build.GP64()
	build.Load(build.Param(name), r)
	return r
}

// again loads a parameter into a register that has been changed.
func again(name string, r reg.GPVirtual) { build.Load(build.Param(name), r) }

func (v isa) vector() reg.VecVirtual {
	if v.width == 64 {
		return build.ZMM()
	}
	return build.YMM()
}

func pick[F any](v isa, single, double F) F {
	if v.elem == 4 {
		return single
	}
	return double
}

func (v isa) load(at reg.Register) reg.VecVirtual {
	r := v.vector()
	pick(v, build.VMOVUPS, build.VMOVUPD)(operand.Mem{Base: at}, r)
	return r
}

func (v isa) storeAt(r reg.VecVirtual, at reg.Register) {
	pick(v, build.VMOVUPS, build.VMOVUPD)(r, operand.Mem{Base: at})
}

func (v isa) broadcast(m operand.Mem) reg.VecVirtual {
	r := v.vector()
	pick(v, build.VBROADCASTSS, build.VBROADCASTSD)(m, r)
	return r
}

func (v isa) add(a, b reg.VecVirtual) reg.VecVirtual {
	r := v.vector()
	pick(v, build.VADDPS, build.VADDPD)(b, a, r)
	return r
}

func (v isa) sub(a, b reg.VecVirtual) reg.VecVirtual {
	r := v.vector()
	pick(v, build.VSUBPS, build.VSUBPD)(b, a, r)
	return r
}

func (v isa) mul(a, b reg.VecVirtual) reg.VecVirtual {
	r := v.vector()
	pick(v, build.VMULPS, build.VMULPD)(b, a, r)
	return r
}

// mulAdd is a*b + c; c is lost.
func (v isa) mulAdd(a, b, c reg.VecVirtual) reg.VecVirtual {
	pick(v, build.VFMADD231PS, build.VFMADD231PD)(a, b, c)
	return c
}

// mulSub is a*b - c; c is lost.
func (v isa) mulSub(a, b, c reg.VecVirtual) reg.VecVirtual {
	pick(v, build.VFMSUB231PS, build.VFMSUB231PD)(a, b, c)
	return c
}

// negMulAdd is c - a*b; c is lost.
func (v isa) negMulAdd(a, b, c reg.VecVirtual) reg.VecVirtual {
	pick(v, build.VFNMADD231PS, build.VFNMADD231PD)(a, b, c)
	return c
}
