package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// above fills a word of 64 bits at a time, the last vector first.
func (v target) above() {
	p := v.begin("above", "sets bit i of bits where m[i] > low; n is a multiple of 64.", "m", fmt.Sprintf(", bits *uint64, low %s", v.GoType()))
	bits := build.Load(build.Param("bits"), build.GP64()).(reg.GPVirtual)
	low := v.Broadcast(isa.Memory("low"))
	left, i := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual), build.GP64()
	build.XORQ(i, i)
	build.Label("loop")
	word := build.GP64()
	build.XORQ(word, word)
	for k := 64/v.Lanes() - 1; k >= 0; k-- {
		build.SHLQ(U8(uint8(v.Lanes())), word)
		some := v.Bits(v.Compare(isa.Greater, v.Load(isa.At(p["m"], i, k*v.Width)), low))
		build.ORQ(some, word)
	}
	build.MOVQ(word, Mem{Base: bits})
	build.ADDQ(U8(8), bits)
	build.ADDQ(U32(uint32(64*v.Elem)), i)
	build.SUBQ(U8(64), left)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}
