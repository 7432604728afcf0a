package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// target is an instruction set with an element type.
type target struct{ isa.Set }

// radices are the butterflies that the registers hold: 8 complex vectors and
// their partial sums need more than AVX2's 16.
func (v target) radices() []int {
	if v.Width == 64 {
		return []int{4, 8}
	}
	return []int{2, 4}
}

// begin starts a function; %[1]s in the signature is the element's type.
func (v target) begin(name, signature string) {
	build.TEXT(name+v.Suffix(), attr.NOSPLIT, fmt.Sprintf(signature, v.GoType()))
	build.Pragma("noescape")
}

func (v target) end() {
	build.VZEROUPPER()
	build.RET()
}

// again loads a parameter into a register that has been changed.
func again(name string, r reg.GPVirtual) { build.Load(build.Param(name), r) }

func (v target) load(at reg.Register) reg.VecVirtual { return v.Load(operand.Mem{Base: at}) }

func (v target) storeAt(r reg.VecVirtual, at reg.Register) { v.Store(r, operand.Mem{Base: at}) }
