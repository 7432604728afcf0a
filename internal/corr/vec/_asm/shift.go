package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Stores around the cache write whole aligned lines, but the rows of an output
// begin where they begin. So a strip may be asked to shift: each row's vectors
// are moved by as many lanes as its lines are off, two neighbours in one
// permutation, and the last vector of a tile waits in the frame for the next
// tile to complete its line. What no whole line holds, at the beginning and the
// end of a row, is stored as usual.

// shifts reports whether the strip can: AVX2 has no permutation of two vectors.
func (s *strip) shifts() bool { return s.Name == "AVX512" && s.rows == 4 && !s.mixes }

// shift stores a tile so.
func (s *strip) shift(sums [][]reg.VecVirtual) {
	y := build.Load(build.Param("y"), build.GP64())
	s.eachRow(func(r int, out, missing reg.GPVirtual) {
		first, follows := s.label("first"), s.label("follows")
		index, line, v := s.Vector(), build.GP64(), sums[r]
		s.spread(missing, index)
		build.LEAQ(Mem{Base: out, Disp: -1}, line)
		build.ANDQ(I32(-s.Width), line)
		build.CMPQ(s.y, y)
		build.JE(LabelRef(first))
		before := s.Vector()
		s.LoadTo(s.last(r), before)
		s.merge(before, v[0], index)
		s.Stream(before, Mem{Base: line})
		build.JMP(LabelRef(follows))
		build.Label(first)
		s.StoreMasked(v[0], s.FirstLanes(missing), Mem{Base: out})
		build.PREFETCHT0(Mem{Base: out, Index: s.ys, Scale: uint8(s.rows)})
		build.Label(follows)
		s.Store(v[len(v)-1], s.last(r))
		for c := range len(v) - 1 {
			s.merge(v[c], v[c+1], index)
			s.Stream(v[c], Mem{Base: line, Disp: (c + 1) * s.Width})
		}
	})
}

// flush stores what waits after the last tile.
func (s *strip) flush() {
	none := s.label("none")
	mode, y := build.GP64(), build.Load(build.Param("y"), build.GP64())
	build.Load(build.Param("mode"), mode)
	build.TESTQ(U32(modeShift), mode)
	build.JZ(LabelRef(none))
	build.CMPQ(s.y, y)
	build.JE(LabelRef(none))
	s.eachRow(func(r int, out, missing reg.GPVirtual) {
		m, v := s.FirstLanes(missing), s.Vector()
		build.KNOTW(m.K, m.K)
		s.LoadTo(s.last(r), v)
		s.StoreMasked(v, m, Mem{Base: out, Disp: -s.Width})
		s.fetchEnd(out)
	})
	build.Label(none)
}

// fetchEnd fetches the lines in which the strip below will store the end of a
// row: what is stored as usual would wait for memory, and all that is stored
// later behind it.
func (s *strip) fetchEnd(out reg.GPVirtual) {
	at, end, next := build.GP64(), build.GP64(), s.label("next")
	build.LEAQ(Mem{Base: out, Index: s.ys, Scale: uint8(s.rows), Disp: -s.Width}, at)
	build.LEAQ(Mem{Base: at, Index: s.cols, Scale: uint8(s.Elem), Disp: s.Width}, end)
	build.Label(next)
	build.PREFETCHT0(Mem{Base: at})
	build.ADDQ(Imm(uint64(s.Width)), at)
	build.CMPQ(at, end)
	build.JLT(LabelRef(next))
}

// eachRow visits the output rows at the current column, with the number of
// elements that are missing there to the next line.
func (s *strip) eachRow(visit func(r int, out, missing reg.GPVirtual)) {
	out := build.GP64()
	build.MOVQ(s.y, out)
	for r := range s.rows {
		missing := build.GP64()
		build.MOVQ(out, missing)
		build.NEGQ(missing)
		build.ANDQ(Imm(uint64(s.Width-1)), missing)
		build.SHRQ(Imm(uint64(isa.Pick(s.Set, 2, 3))), missing)
		visit(r, out, missing)
		if r < s.rows-1 {
			build.ADDQ(s.ys, out)
		}
	}
}

// last is where the last vector of row r waits.
func (s *strip) last(r int) Mem {
	if s.frame.Base == nil {
		s.frame = build.AllocLocal(s.rows * s.Width)
	}
	return s.frame.Offset(r * s.Width)
}

// spread sets lane i of index to n+i.
func (v target) spread(n reg.GPVirtual, index reg.VecVirtual) {
	if v.Elem == 4 {
		build.VPBROADCASTD(n.As32(), index)
		build.VPADDD(v.counting(), index, index)
	} else {
		build.VPBROADCASTQ(n, index)
		build.VPADDQ(v.counting(), index, index)
	}
}

// merge sets a to the lanes of a and b, side by side, that index names.
func (v target) merge(a, b, index reg.VecVirtual) {
	isa.Pick(v.Set, build.VPERMT2PS, build.VPERMT2PD)(b, index, a)
}

// counting is a vector of whole numbers that begin with 0.
func (v target) counting() Mem {
	numbers := make([]Constant, v.Lanes())
	for i := range numbers {
		numbers[i] = isa.Pick[Constant](v.Set, U32(i), U64(i))
	}
	return isa.Constant("counting"+v.GoType(), numbers...)
}
