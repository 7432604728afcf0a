package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// abreast is how many sums hide the latency of an addition.
const abreast = 4

// generateFinite writes a sum of 0*x over rows x cols elements, cols at least
// one vector: a vector whose lanes are zero or NaN. The last columns of a row
// are visited by a vector that ends there, so that some elements count twice.
func generateFinite(v isa) {
	build.TEXT(v.name("zeros"), attr.NOSPLIT, fmt.Sprintf("func(sum, x *%[1]s, xs, rows, cols int)", v.goType()))
	build.Pragma("noescape")
	x := build.Load(build.Param("x"), build.GP64())
	xs := build.Load(build.Param("xs"), build.GP64())
	rows := build.Load(build.Param("rows"), build.GP64())
	zero := v.vector()
	v.zero(zero)
	sums := make([]reg.VecVirtual, abreast)
	for i := range sums {
		sums[i] = v.vector()
		v.zero(sums[i])
	}
	visit := func(at Mem, sum reg.VecVirtual) {
		value := v.vector()
		v.load(at, value)
		v.fma(zero, value, sum)
	}
	at, left := build.GP64(), build.GP64()
	build.Label("row")
	build.MOVQ(x, at)
	build.Load(build.Param("cols"), left)
	build.Label("four")
	build.CMPQ(left, U32(uint32(abreast*v.lanes())))
	build.JL(LabelRef("one"))
	for i, s := range sums {
		visit(Mem{Base: at, Disp: i * v.width}, s)
	}
	build.ADDQ(U32(uint32(abreast*v.width)), at)
	build.SUBQ(U32(uint32(abreast*v.lanes())), left)
	build.JMP(LabelRef("four"))
	build.Label("one")
	build.CMPQ(left, U32(uint32(v.lanes())))
	build.JL(LabelRef("rest"))
	visit(Mem{Base: at}, sums[0])
	build.ADDQ(U32(uint32(v.width)), at)
	build.SUBQ(U32(uint32(v.lanes())), left)
	build.JMP(LabelRef("one"))
	build.Label("rest")
	build.TESTQ(left, left)
	build.JZ(LabelRef("next"))
	visit(Mem{Base: at, Index: left, Scale: uint8(v.elem), Disp: -v.width}, sums[1])
	build.Label("next")
	build.ADDQ(xs, x)
	build.DECQ(rows)
	build.JNZ(LabelRef("row"))
	for _, s := range sums[1:] {
		pick(v, build.VADDPS, build.VADDPD)(s, sums[0], sums[0])
	}
	to := build.Load(build.Param("sum"), build.GP64())
	v.store(sums[0], Mem{Base: to})
	build.VZEROUPPER()
	build.RET()
}
