package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ridges is the whole rule of OpenCV's Canny but for the high threshold, a word
// of 64 elements at a time. A comparison gives a bit or a lane of ones for each; where
// both sides are compared with the same length one instruction serves both sets.
func (v isa) ridges() {
	p := v.begin("ridges", "sets bit i of bits where m is above low and a ridge; n is a multiple of 64.", "x, y, above, here, below", fmt.Sprintf(", bits *uint64, low, tan %s", v.goType()))
	bits := build.Load(build.Param("bits"), build.GP64()).(reg.GPVirtual)
	low, tan, abs := v.broadcast(memory("low")), v.broadcast(memory("tan")), v.absMask()
	one := v.vector() // 2^15
	scale := build.GP64()
	if v.elem == 4 {
		build.MOVL(U32(0x47000000), scale.As32())
		x := build.XMM()
		build.VMOVD(scale.As32(), x)
		build.VBROADCASTSS(x, one)
	} else {
		build.MOVQ(U64(0x40E0000000000000), scale)
		x := build.XMM()
		build.VMOVQ(scale, x)
		build.VBROADCASTSD(x, one)
	}
	left, i := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual), build.GP64()
	build.XORQ(i, i)
	build.Label("loop")
	word, k := build.GP64(), reg.RCX // which shifts
	build.XORQ(word, word)
	build.XORQ(k, k)
	build.Label("vector")
	m := v.load(at(p["here"], i, v.elem))
	x, y := v.load(at(p["x"], i, 0)), v.load(at(p["y"], i, 0))
	ax, ay := v.and(x, abs), v.and(y, abs)
	flat := v.mul(ax, tan)
	along := v.compare(greater, flat, v.mul(ay, one))                        // along x
	across := v.compare(greater, v.mul(v.sub(ay, v.add(ax, ax)), one), flat) // along y
	sides := func(strict bool, before, behind Mem) mask {
		second := greaterEqual
		if strict {
			second = greater
		}
		return v.both(v.compare(greater, m, v.load(before)), v.compare(second, m, v.load(behind)))
	}
	e := v.elem
	ridge := v.both(along, sides(false, at(p["here"], i, 0), at(p["here"], i, 2*e)))
	ridge = v.either(ridge, v.both(across, sides(false, at(p["above"], i, e), at(p["below"], i, e))))
	// The sign of the product tells the diagonals apart, where neither is 0.
	rising := v.negative(v.xor(x, y))
	falls := sides(true, at(p["above"], i, 0), at(p["below"], i, 2*e))
	rises := sides(true, at(p["above"], i, 2*e), at(p["below"], i, 0))
	diagonal := v.either(v.both(rising, rises), v.without(falls, rising))
	ridge = v.either(ridge, v.without(v.without(diagonal, along), across))
	ridge = v.both(ridge, v.compare(greater, m, low))
	some := v.bits(ridge)
	build.SHLQ(reg.CL, some)
	build.ORQ(some, word)
	build.ADDQ(U32(uint32(v.width)), i)
	build.ADDQ(U8(uint8(v.lanes())), k)
	build.CMPQ(k, U8(64))
	build.JL(LabelRef("vector"))
	build.MOVQ(word, Mem{Base: bits})
	build.ADDQ(U8(8), bits)
	build.SUBQ(U8(64), left)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}
