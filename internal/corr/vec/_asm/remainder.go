package main

import (
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// again computes what remains of a row, if that is more than two vectors, by one
// more wide tile that ends with the row: a narrow tile has too few sums to hide
// the latency of an FMA and takes half as long as a wide one. What the tiles
// share is stored twice, so nothing must be added to it.
func (s *strip) again(wide, narrow string, step int) {
	mode, back := build.GP64(), build.GP64()
	build.CMPQ(s.cols, Imm(uint64(2*s.Lanes())))
	build.JLE(LabelRef(narrow))
	build.Load(build.Param("mode"), mode)
	build.TESTQ(U32(modeAdd), mode)
	build.JNZ(LabelRef(narrow))
	build.Load(build.Param("cols"), back)
	build.CMPQ(back, Imm(uint64(step)))
	build.JL(LabelRef(narrow))
	build.MOVQ(s.cols, back)
	build.SUBQ(Imm(uint64(step)), back)
	build.LEAQ(Mem{Base: s.x, Index: back, Scale: uint8(s.Elem)}, s.x)
	build.LEAQ(Mem{Base: s.y, Index: back, Scale: uint8(s.Elem)}, s.y)
	build.MOVQ(U32(uint32(step)), s.cols)
	build.XORQ(mode, mode)
	build.Store(mode, build.Param("mode"))
	build.JMP(LabelRef(wide))
}
