package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// slide is inputRow for taps that stand side by side: the row's vectors are
// loaded once for as many taps as are written out, and each tap sees them
// shifted by one element more. A load for each tap, of which all but one in 16
// cross a cache line and count twice, would keep the processor from its
// arithmetic where few output rows share them. The rows lo to hi of the result
// see the input row. With kernels of one row, where nobody shares, two input
// rows are visited together, one by shifts and one by loads, which keeps both
// units busy and has sums enough to hide the latency of an FMA.
func (s *strip) slide(sums [][]reg.VecVirtual, row, packed reg.GPVirtual, lo, hi, across int) {
	together := 1
	if s.taps == 1 {
		together = 2
	}
	at, taps, n := build.GP64(), build.GP64(), build.GP64()
	build.MOVQ(row, at)
	build.MOVQ(packed, taps)
	build.Load(build.Param("kw"), n)
	group, done := s.label("group"), s.label("slid")
	build.Label(group)
	last := s.tail(n)
	base := make([]reg.VecVirtual, across+1)
	for c := range base {
		base[c] = s.Vector()
		m := Mem{Base: at, Disp: c * s.Width}
		if c < across {
			s.LoadTo(m, base[c])
		} else {
			s.LoadMasked(m, last, base[c])
		}
	}
	for j := range s.unroll() {
		if j > 0 {
			build.CMPQ(n, Imm(uint64(j)))
			build.JE(LabelRef(done))
		}
		s.shifted(sums, base, at, taps, j, lo, hi)
	}
	if s.taps == 1 {
		build.ADDQ(U32(uint32(s.Width)), at)
		build.ADDQ(U32(uint32(s.Lanes()*s.rows*s.Elem)), taps)
		build.SUBQ(Imm(uint64(s.Lanes())), n)
		build.JG(LabelRef(group))
	}
	build.Label(done)
	build.Load(build.Param("kw"), n)
	build.IMUL3Q(U32(uint32(together*s.rows*s.Elem)), n, n)
	build.ADDQ(n, packed)
	for range together {
		build.ADDQ(s.xs, row)
	}
}

// shifted adds tap j of a group.
func (s *strip) shifted(sums [][]reg.VecVirtual, base []reg.VecVirtual, at, taps reg.GPVirtual, j, lo, hi int) {
	tap := make([]reg.VecVirtual, s.rows)
	for r := lo; r <= hi; r++ {
		tap[r] = s.Vector()
		s.BroadcastTo(Mem{Base: taps, Disp: (j*s.rows + r) * s.Elem}, tap[r])
	}
	for c, in := range base[:len(base)-1] {
		if j > 0 {
			in = s.Vector()
			isa.Pick(s.Set, build.VALIGND, build.VALIGNQ)(Imm(uint64(j)), base[c], base[c+1], in)
		}
		for r := lo; r <= hi; r++ {
			s.MulAdd(tap[r], in, sums[r][c])
		}
		if s.taps == 1 {
			below := s.Vector()
			s.LoadTo(Mem{Base: at, Index: s.xs, Scale: 1, Disp: j*s.Elem + c*s.Width}, below)
			s.MulAdd(tap[lo], below, sums[lo+1][c])
		}
	}
}

// unroll is how many taps of a row are written out: for kernels of one row, all
// that the vectors loaded serve, and then the next vectors; for others, whose
// rows share loads, as many as a kernel has that gains.
func (s *strip) unroll() int {
	if s.taps == 1 {
		return s.Lanes()
	}
	return slideCols
}

// slideCols is the constant of package vec.
const slideCols = 5

// tail is the mask of the elements beyond a tile that the next n taps, as many
// as there are lanes at most, reach.
func (s *strip) tail(n reg.GPVirtual) isa.Mask {
	reach, limit := build.GP64(), build.GP64()
	build.MOVQ(n, reach)
	build.DECQ(reach)
	build.MOVQ(U32(uint32(s.Lanes())), limit)
	build.CMPQ(reach, limit)
	build.CMOVQGT(limit, reach)
	return s.FirstLanes(reach)
}
