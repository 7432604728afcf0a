package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// abreast is how many sums hide the latency of an addition.
const abreast = 4

// term adds what it makes of a vector of elements to a sum, lane by lane, and
// nothing for an element that is 0.
type term func(x, sum reg.VecVirtual)

// generateLook writes the functions that look at a block of elements.
func generateLook(v target) {
	v.scan("zeros", "", func() term {
		zero := v.Vector()
		v.Zero(zero)
		return func(x, sum reg.VecVirtual) { v.MulAdd(zero, x, sum) }
	})
	v.scan("squares", "", func() term {
		return func(x, sum reg.VecVirtual) { v.MulAdd(x, x, sum) }
	})
	v.scan("small", ", limit "+v.GoType(), v.small)
}

// small is 1 where 0 < x*x < limit and 0 elsewhere; NaN is no fault here.
func (v target) small() term {
	zero, one, limit := v.Vector(), v.Vector(), v.Vector()
	v.Zero(zero)
	v.BroadcastTo(v.ones(), one)
	v.BroadcastTo(isa.Memory("limit"), limit)
	return func(x, sum reg.VecVirtual) {
		square := v.Vector()
		isa.Pick(v.Set, build.VMULPS, build.VMULPD)(x, x, square)
		compare, add := isa.Pick(v.Set, build.VCMPPS, build.VCMPPD), isa.Pick(v.Set, build.VADDPS, build.VADDPD)
		if v.Width == 64 {
			some, both := build.K(), build.K()
			compare(U8(isa.Greater), zero, square, some)
			compare(U8(isa.Greater), square, limit, some, both)
			add(one, sum, both, sum)
			return
		}
		some := v.Vector()
		compare(U8(isa.Greater), zero, square, some)
		compare(U8(isa.Greater), square, limit, square)
		build.VANDPS(some, square, square)
		build.VANDPS(one, square, square)
		add(square, sum, sum)
	}
}

// ones is a one in memory.
func (v target) ones() Mem {
	return isa.Constant("one"+v.GoType(), isa.Pick[Constant](v.Set, F32(1), F64(1)))
}

// scan writes a function that sums a term over rows x cols elements, at least
// one of them, and stores the sums of the lanes. newTerm makes what the loop
// needs before it begins.
func (v target) scan(what, more string, newTerm func() term) {
	build.TEXT(what+v.Suffix(), attr.NOSPLIT, fmt.Sprintf("func(sum, x *%[1]s, xs, rows, cols int%[2]s)", v.GoType(), more))
	build.Pragma("noescape")
	x := build.Load(build.Param("x"), build.GP64())
	xs := build.Load(build.Param("xs"), build.GP64())
	rows := build.Load(build.Param("rows"), build.GP64())
	add := newTerm()
	sums := make([]reg.VecVirtual, abreast)
	for i := range sums {
		sums[i] = v.Vector()
		v.Zero(sums[i])
	}
	visit := func(at Mem, sum reg.VecVirtual) {
		value := v.Vector()
		v.LoadTo(at, value)
		add(value, sum)
	}
	at, left := build.GP64(), build.GP64()
	build.Label("row")
	build.MOVQ(x, at)
	build.Load(build.Param("cols"), left)
	build.Label("four")
	build.CMPQ(left, U32(uint32(abreast*v.Lanes())))
	build.JL(LabelRef("one"))
	for i, s := range sums {
		visit(Mem{Base: at, Disp: i * v.Width}, s)
	}
	build.ADDQ(U32(uint32(abreast*v.Width)), at)
	build.SUBQ(U32(uint32(abreast*v.Lanes())), left)
	build.JMP(LabelRef("four"))
	build.Label("one")
	build.CMPQ(left, U32(uint32(v.Lanes())))
	build.JL(LabelRef("rest"))
	visit(Mem{Base: at}, sums[0])
	build.ADDQ(U32(uint32(v.Width)), at)
	build.SUBQ(U32(uint32(v.Lanes())), left)
	build.JMP(LabelRef("one"))
	build.Label("rest")
	build.TESTQ(left, left)
	build.JZ(LabelRef("next"))
	value := v.Vector()
	v.LoadMasked(Mem{Base: at}, v.FirstLanes(left), value)
	add(value, sums[1])
	build.Label("next")
	build.ADDQ(xs, x)
	build.DECQ(rows)
	build.JNZ(LabelRef("row"))
	for _, s := range sums[1:] {
		isa.Pick(v.Set, build.VADDPS, build.VADDPD)(s, sums[0], sums[0])
	}
	to := build.Load(build.Param("sum"), build.GP64())
	v.Store(sums[0], Mem{Base: to})
	build.VZEROUPPER()
	build.RET()
}
