package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose writes the transposition of blocks of lanes x lanes elements. Rows
// of the source are ss bytes apart and its blocks sb; likewise the result.
func (v target) transpose() {
	v.begin("transpose", "func(dst *%[1]s, ds, db int, src *%[1]s, ss, sb int, blocks int)")
	dst, src, blocks := isa.Param("dst"), isa.Param("src"), isa.Param("blocks")
	ds, ss, db, sb := isa.Param("ds"), isa.Param("ss"), isa.Param("db"), isa.Param("sb")
	build.Label("loop")
	x := make([]reg.VecVirtual, v.Lanes())
	at := copyOf(src)
	for i := range x {
		x[i] = v.load(at)
		build.ADDQ(ss, at)
	}
	x = v.transposed(x)
	to := copyOf(dst)
	for i := range x {
		v.storeAt(x[i], to)
		build.ADDQ(ds, to)
	}
	build.ADDQ(sb, src)
	build.ADDQ(db, dst)
	build.DECQ(blocks)
	build.JNZ(operand.LabelRef("loop"))
	v.end()
}

// transposed transposes the block that stands in x: by pairs, by fours, then
// by the 128-bit quarters of the vectors.
func (v target) transposed(x []reg.VecVirtual) []reg.VecVirtual {
	if v.Elem == 4 {
		t := make([]reg.VecVirtual, len(x))
		for i := 0; i < len(x); i += 2 {
			t[i], t[i+1] = v.two(build.VUNPCKLPS, x[i], x[i+1]), v.two(build.VUNPCKHPS, x[i], x[i+1])
		}
		for i := 0; i < len(x); i += 4 {
			x[i], x[i+1] = v.two(build.VUNPCKLPD, t[i], t[i+2]), v.two(build.VUNPCKHPD, t[i], t[i+2])
			x[i+2], x[i+3] = v.two(build.VUNPCKLPD, t[i+1], t[i+3]), v.two(build.VUNPCKHPD, t[i+1], t[i+3])
		}
		return v.quarters(x, 4)
	}
	t := make([]reg.VecVirtual, len(x))
	for i := 0; i < len(x); i += 2 {
		t[i], t[i+1] = v.two(build.VUNPCKLPD, x[i], x[i+1]), v.two(build.VUNPCKHPD, x[i], x[i+1])
	}
	return v.quarters(t, 2)
}

type twoOperands func(...operand.Op)

func (v target) two(f twoOperands, a, b reg.VecVirtual) reg.VecVirtual {
	r := v.Vector()
	f(b, a, r)
	return r
}

// quarters transposes the matrix whose elements are the 128-bit quarters of
// vectors: x[i] and x[i+n], x[i+2n], x[i+3n] hold column group i.
func (v target) quarters(x []reg.VecVirtual, n int) []reg.VecVirtual {
	y := make([]reg.VecVirtual, len(x))
	if v.Width == 32 {
		for i := range n {
			y[i], y[i+n] = v.perm128(x[i], x[i+n], 0x20), v.perm128(x[i], x[i+n], 0x31)
		}
		return y
	}
	for i := range n {
		a, b, c, d := x[i], x[i+n], x[i+2*n], x[i+3*n]
		p, q := v.shuffle128(a, b, 0x88), v.shuffle128(a, b, 0xdd) // a0 a2 b0 b2, a1 a3 b1 b3
		r, s := v.shuffle128(c, d, 0x88), v.shuffle128(c, d, 0xdd)
		y[i], y[i+2*n] = v.shuffle128(p, r, 0x88), v.shuffle128(p, r, 0xdd)
		y[i+n], y[i+3*n] = v.shuffle128(q, s, 0x88), v.shuffle128(q, s, 0xdd)
	}
	return y
}

func (v target) perm128(a, b reg.VecVirtual, how uint64) reg.VecVirtual {
	r := v.Vector()
	build.VPERM2F128(operand.Imm(how), b, a, r)
	return r
}

func (v target) shuffle128(a, b reg.VecVirtual, how uint64) reg.VecVirtual {
	r := v.Vector()
	build.VSHUFF64X2(operand.Imm(how), b, a, r)
	return r
}

// store writes the copy of whole vectors of a panel to rows ds bytes apart, with
// the bias added: into the cache, or around it to aligned rows.
func (v target) store() {
	for _, name := range []string{"store", "stream"} {
		v.begin(name, "func(dst *%[1]s, ds int, src *%[1]s, rows int, bias %[1]s)")
		dst, src, ds, rows := isa.Param("dst"), isa.Param("src"), isa.Param("ds"), isa.Param("rows")
		bias := v.Broadcast(isa.Memory("bias"))
		build.Label("loop")
		sum := v.Add(v.load(src), bias)
		if name == "store" {
			v.storeAt(sum, dst)
		} else {
			v.Stream(sum, operand.Mem{Base: dst})
		}
		build.ADDQ(operand.U32(uint32(v.Width)), src)
		build.ADDQ(ds, dst)
		build.DECQ(rows)
		build.JNZ(operand.LabelRef("loop"))
		if name == "stream" {
			build.SFENCE()
		}
		v.end()
	}
}
