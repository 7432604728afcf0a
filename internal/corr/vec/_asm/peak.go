package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// chains is how many independent sums hide the latency of an FMA.
const chains = 12

// generatePeak writes a loop of nothing but FMAs: what the processor can do.
func generatePeak(v target) {
	build.TEXT(v.name("peak"), attr.NOSPLIT, "func(n int)")
	build.Doc("n rounds of 12 independent vector FMAs")
	n := build.GP64()
	build.Load(build.Param("n"), n)
	a, b := v.Vector(), v.Vector()
	v.Zero(a)
	v.Zero(b)
	sums := make([]reg.VecVirtual, chains)
	for i := range sums {
		sums[i] = v.Vector()
		v.Zero(sums[i])
	}
	build.Label("loop")
	for _, s := range sums {
		v.MulAdd(a, b, s)
	}
	build.DECQ(n)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}
