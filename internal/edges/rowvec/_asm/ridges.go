package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ridges is the whole rule of OpenCV's Canny but for the high threshold, a word
// of 64 elements at a time. A comparison gives a bit or a lane of ones for each; where
// both sides are compared with the same length one instruction serves both sets.
func (v target) ridges() {
	p := v.begin("ridges", "sets bit i of bits where m is above low and a ridge; n is a multiple of 64.", "x, y, above, here, below", fmt.Sprintf(", bits *uint64, low, tan %s", v.GoType()))
	bits := build.Load(build.Param("bits"), build.GP64()).(reg.GPVirtual)
	low, tan, abs := v.Broadcast(isa.Memory("low")), v.Broadcast(isa.Memory("tan")), v.AbsMask()
	one := v.Vector() // 2^15
	scale := build.GP64()
	if v.Elem == 4 {
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
	m := v.Load(isa.At(p["here"], i, v.Elem))
	x, y := v.Load(isa.At(p["x"], i, 0)), v.Load(isa.At(p["y"], i, 0))
	ax, ay := v.And(x, abs), v.And(y, abs)
	flat := v.Mul(ax, tan)
	along := v.Compare(isa.Greater, flat, v.Mul(ay, one))                        // along x
	across := v.Compare(isa.Greater, v.Mul(v.Sub(ay, v.Add(ax, ax)), one), flat) // along y
	sides := func(strict bool, before, behind Mem) isa.Mask {
		second := isa.GreaterEqual
		if strict {
			second = isa.Greater
		}
		return v.Both(v.Compare(isa.Greater, m, v.Load(before)), v.Compare(second, m, v.Load(behind)))
	}
	e := v.Elem
	ridge := v.Both(along, sides(false, isa.At(p["here"], i, 0), isa.At(p["here"], i, 2*e)))
	ridge = v.Either(ridge, v.Both(across, sides(false, isa.At(p["above"], i, e), isa.At(p["below"], i, e))))
	// The sign of the product tells the diagonals apart, where neither is 0.
	rising := v.Negative(v.Xor(x, y))
	falls := sides(true, isa.At(p["above"], i, 0), isa.At(p["below"], i, 2*e))
	rises := sides(true, isa.At(p["above"], i, 2*e), isa.At(p["below"], i, 0))
	diagonal := v.Either(v.Both(rising, rises), v.Without(falls, rising))
	ridge = v.Either(ridge, v.Without(v.Without(diagonal, along), across))
	ridge = v.Both(ridge, v.Compare(isa.Greater, m, low))
	some := v.Bits(ridge)
	build.SHLQ(reg.CL, some)
	build.ORQ(some, word)
	build.ADDQ(U32(uint32(v.Width)), i)
	build.ADDQ(U8(uint8(v.Lanes())), k)
	build.CMPQ(k, U8(64))
	build.JL(LabelRef("vector"))
	build.MOVQ(word, Mem{Base: bits})
	build.ADDQ(U8(8), bits)
	build.SUBQ(U8(64), left)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}
