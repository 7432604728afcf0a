package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// addProducts writes a += z*k, complex, for n elements, a multiple of the lanes.
func (v isa) addProducts() {
	v.begin("addProducts", "func(ar, ai, zr, zi, kr, ki *%[1]s, n int)")
	ar, ai, zr, zi, kr, ki, n := param("ar"), param("ai"), param("zr"), param("zi"), param("kr"), param("ki"), param("n")
	build.Label("loop")
	z, k := number{v.load(zr), v.load(zi)}, number{v.load(kr), v.load(ki)}
	re := v.mulAdd(z.re, k.re, v.load(ar))
	v.storeAt(v.negMulAdd(z.im, k.im, re), ar)
	im := v.mulAdd(z.re, k.im, v.load(ai))
	v.storeAt(v.mulAdd(z.im, k.re, im), ai)
	for _, r := range []operand.Op{ar, ai, zr, zi, kr, ki} {
		build.ADDQ(operand.U32(uint32(v.width)), r)
	}
	build.SUBQ(operand.Imm(uint64(v.lanes())), n)
	build.JG(operand.LabelRef("loop"))
	v.end()
}

// multiply writes dst = a*b for rows of one vector. Those of dst are a panel, those of
// a and b stand as and bs bytes apart.
func (v isa) multiply() {
	v.begin("multiply", "func(dst *%[1]s, a *%[1]s, as int, b *%[1]s, bs int, rows int)")
	dst, a, b := param("dst"), param("a"), param("b")
	as, bs, rows := param("as"), param("bs"), param("rows")
	build.Label("row")
	v.storeAt(v.mul(v.load(a), v.load(b)), dst)
	build.ADDQ(operand.U32(uint32(v.width)), dst)
	build.ADDQ(as, a)
	build.ADDQ(bs, b)
	build.DECQ(rows)
	build.JNZ(operand.LabelRef("row"))
	v.end()
}
