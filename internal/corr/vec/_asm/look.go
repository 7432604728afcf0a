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

// term adds what it makes of a vector of elements to a sum, lane by lane, and
// nothing for an element that is 0.
type term func(x, sum reg.VecVirtual)

// generateLook writes the functions that look at a block of elements.
func generateLook(v isa) {
	v.scan("zeros", "", func() term {
		zero := v.vector()
		v.zero(zero)
		return func(x, sum reg.VecVirtual) { v.fma(zero, x, sum) }
	})
	v.scan("squares", "", func() term {
		return func(x, sum reg.VecVirtual) { v.fma(x, x, sum) }
	})
	v.scan("small", ", limit "+v.goType(), v.small)
}

// small is 1 where 0 < x*x < limit and 0 elsewhere.
func (v isa) small() term {
	const greater = 30 // false for NaN, which is no fault
	zero, one, limit := v.vector(), v.vector(), v.vector()
	v.zero(zero)
	v.broadcast(v.ones(), one)
	parameter, err := build.Param("limit").Resolve()
	if err != nil {
		panic(err)
	}
	v.broadcast(parameter.Addr, limit)
	return func(x, sum reg.VecVirtual) {
		square := v.vector()
		pick(v, build.VMULPS, build.VMULPD)(x, x, square)
		compare, add := pick(v, build.VCMPPS, build.VCMPPD), pick(v, build.VADDPS, build.VADDPD)
		if v.width == 64 {
			some, both := build.K(), build.K()
			compare(U8(greater), zero, square, some)
			compare(U8(greater), square, limit, some, both)
			add(one, sum, both, sum)
			return
		}
		some := v.vector()
		compare(U8(greater), zero, square, some)
		compare(U8(greater), square, limit, square)
		build.VANDPS(some, square, square)
		build.VANDPS(one, square, square)
		add(square, sum, sum)
	}
}

var ones = map[int]Mem{}

// ones is a one in memory.
func (v isa) ones() Mem {
	m, ok := ones[v.elem]
	if !ok {
		m = build.GLOBL("one"+v.goType(), 8|16) // RODATA|NOPTR
		build.DATA(0, pick[Constant](v, F32(1), F64(1)))
		ones[v.elem] = m
	}
	return m
}

// scan writes a function that sums a term over rows x cols elements, at least
// one of them, and stores the sums of the lanes. newTerm makes what the loop
// needs before it begins.
func (v isa) scan(what, more string, newTerm func() term) {
	build.TEXT(v.name(what), attr.NOSPLIT, fmt.Sprintf("func(sum, x *%[1]s, xs, rows, cols int%[2]s)", v.goType(), more))
	build.Pragma("noescape")
	x := build.Load(build.Param("x"), build.GP64())
	xs := build.Load(build.Param("xs"), build.GP64())
	rows := build.Load(build.Param("rows"), build.GP64())
	add := newTerm()
	sums := make([]reg.VecVirtual, abreast)
	for i := range sums {
		sums[i] = v.vector()
		v.zero(sums[i])
	}
	visit := func(at Mem, sum reg.VecVirtual) {
		value := v.vector()
		v.load(at, value)
		add(value, sum)
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
	value := v.vector()
	v.loadMasked(Mem{Base: at}, v.newMask(left), value)
	add(value, sums[1])
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
