package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// planes writes a loop over the input planes, whose sums go on in the same
// registers; row is the current one's first.
func (s *strip) planes(row reg.GPVirtual, across int, m *isa.Mask, body func()) {
	first, n := build.GP64(), build.GP64()
	build.MOVQ(row, first)
	build.Load(build.Param("in"), n)
	plane := s.label("plane")
	build.Label(plane)
	s.repeat(0, body)
	if m == nil {
		for at := 0; at < across*s.Width; at += 64 {
			build.PREFETCHT0(Mem{Base: row, Disp: at})
		}
	}
	apart := build.GP64()
	build.Load(build.Param("apart"), apart)
	build.ADDQ(apart, first)
	build.MOVQ(first, row)
	build.DECQ(n)
	build.JNZ(LabelRef(plane))
}
