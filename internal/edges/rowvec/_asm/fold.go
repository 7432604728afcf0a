package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// fold takes two vectors at a time where it can, which hides the latency of a sum.
func (v target) fold() {
	name := "fold" + v.Suffix()
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(dst *%[1]s, n int, rows **%[1]s, taps *%[1]s, reach int)", v.GoType()))
	build.Pragma("noescape")
	build.Doc(name + " sets dst to rows[reach]*taps[0] and adds (rows[reach-k]+rows[reach+k])*taps[k], k from reach down to 1.")
	param := func(s string) reg.GPVirtual { return build.Load(build.Param(s), build.GP64()).(reg.GPVirtual) }
	dst, left, rows, taps, reach := param("dst"), param("n"), param("rows"), param("taps"), param("reach")
	i := build.GP64()
	build.XORQ(i, i)
	loop := func(label string, wide int, after string) {
		build.Label(label)
		build.CMPQ(left, U32(uint32(wide*v.Lanes())))
		build.JL(LabelRef(after))
		tap, row := v.Vector(), build.GP64()
		broadcast := func(m Mem) { isa.Pick(v.Set, build.VBROADCASTSS, build.VBROADCASTSD)(m, tap) }
		broadcast(Mem{Base: taps})
		build.MOVQ(Mem{Base: rows, Index: reach, Scale: 8}, row)
		sums := make([]reg.VecVirtual, wide)
		for k := range sums {
			sums[k] = v.Vector()
			isa.Pick(v.Set, build.VMULPS, build.VMULPD)(isa.At(row, i, k*v.Width), tap, sums[k])
		}
		k, first, last, other := build.GP64(), build.GP64(), build.GP64(), build.GP64()
		build.MOVQ(reach, k)
		build.MOVQ(rows, first)
		build.LEAQ(Mem{Base: rows, Index: reach, Scale: 8}, last)
		build.LEAQ(Mem{Base: last, Index: reach, Scale: 8}, last)
		build.Label(label + "taps")
		build.TESTQ(k, k)
		build.JZ(LabelRef(label + "store"))
		broadcast(Mem{Base: taps, Index: k, Scale: uint8(v.Elem)})
		build.MOVQ(Mem{Base: first}, row)
		build.MOVQ(Mem{Base: last}, other)
		for j, s := range sums {
			t := v.Load(isa.At(row, i, j*v.Width))
			isa.Pick(v.Set, build.VADDPS, build.VADDPD)(isa.At(other, i, j*v.Width), t, t)
			isa.Pick(v.Set, build.VMULPS, build.VMULPD)(tap, t, t)
			isa.Pick(v.Set, build.VADDPS, build.VADDPD)(t, s, s)
		}
		build.ADDQ(U8(8), first)
		build.SUBQ(U8(8), last)
		build.DECQ(k)
		build.JMP(LabelRef(label + "taps"))
		build.Label(label + "store")
		for j, s := range sums {
			v.Store(s, isa.At(dst, i, j*v.Width))
		}
		build.ADDQ(U32(uint32(wide*v.Width)), i)
		build.SUBQ(U32(uint32(wide*v.Lanes())), left)
		build.JMP(LabelRef(label))
	}
	loop("four", 4, "one")
	loop("one", 1, "done")
	build.Label("done")
	build.VZEROUPPER()
	build.RET()
}
