package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// addProducts writes a += z*k, complex, for n elements, a multiple of the lanes.
func (v target) addProducts() {
	v.begin("addProducts", "func(ar, ai, zr, zi, kr, ki *%[1]s, n int)")
	ar, ai, zr, zi, kr, ki, n := isa.Param("ar"), isa.Param("ai"), isa.Param("zr"), isa.Param("zi"), isa.Param("kr"), isa.Param("ki"), isa.Param("n")
	build.Label("loop")
	z, k := number{v.load(zr), v.load(zi)}, number{v.load(kr), v.load(ki)}
	re := v.MulAdd(z.re, k.re, v.load(ar))
	v.storeAt(v.NegMulAdd(z.im, k.im, re), ar)
	im := v.MulAdd(z.re, k.im, v.load(ai))
	v.storeAt(v.MulAdd(z.im, k.re, im), ai)
	for _, r := range []operand.Op{ar, ai, zr, zi, kr, ki} {
		build.ADDQ(operand.U32(uint32(v.Width)), r)
	}
	build.SUBQ(operand.Imm(uint64(v.Lanes())), n)
	build.JG(operand.LabelRef("loop"))
	v.end()
}

// multiply writes dst = a*b for rows of one vector. Those of dst are a panel, those of
// a and b stand as and bs bytes apart.
func (v target) multiply() {
	v.begin("multiply", "func(dst *%[1]s, a *%[1]s, as int, b *%[1]s, bs int, rows int)")
	dst, a, b := isa.Param("dst"), isa.Param("a"), isa.Param("b")
	as, bs, rows := isa.Param("as"), isa.Param("bs"), isa.Param("rows")
	build.Label("row")
	v.storeAt(v.Mul(v.load(a), v.load(b)), dst)
	build.ADDQ(operand.U32(uint32(v.Width)), dst)
	build.ADDQ(as, a)
	build.ADDQ(bs, b)
	build.DECQ(rows)
	build.JNZ(operand.LabelRef("row"))
	v.end()
}
