// Command _asm writes the assembly of package lagvec, for AVX-512 and for AVX2,
// from one text. A lane block is eight float64: one ZMM or two YMM registers.
package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64,!purego")
	for _, s := range []struct{ rows, lags int }{{3, 8}, {3, 5}, {3, 1}, {2, 8}, {2, 5}, {2, 1}, {1, 8}, {1, 5}, {1, 1}} {
		dotLags512(s.rows, s.lags)
	}
	dotLagsAVX2(5)
	outerLags512()
	outerLagsAVX2()
	outerSums512()
	outerSumsAVX2()
	outerSingles512()
	outerSinglesAVX2()
	addSingles512()
	addSinglesAVX2()
	outerQuads()
	gatherQuads()
	Generate()
}

// element is base + 8*index + 8*offset.
func element(base, index reg.Register, offset int) Mem {
	return Mem{Base: base, Index: index, Scale: 8, Disp: 8 * offset}
}

// dotLags512 is acc[r*lags+k] = Σ a[r*stride+i]*b[i+k] over i < n. Each block of
// b is loaded once for all rows.
func dotLags512(rows, lags int) {
	TEXT(fmt.Sprintf("dotLags%dx%dAVX512", rows, lags), NOSPLIT, "func(acc, a *float64, stride int, b *float64, n int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("dotLags%dx%dAVX512 sets acc[r*%d+k] to the sum of a[r*stride+i]*b[i+k] over i < n.", rows, lags, lags))
	out, stride := isa.Param("acc"), isa.Param("stride")
	a := []reg.Register{isa.Param("a")}
	b, n := isa.Param("b"), isa.Param("n")
	for r := 1; r < rows; r++ {
		next := GP64()
		LEAQ(element(a[r-1], stride, 0), next)
		a = append(a, next)
	}
	acc := make([][]reg.VecVirtual, rows)
	for r := range acc {
		for range lags {
			z := ZMM()
			VPXORQ(z, z, z)
			acc[r] = append(acc[r], z)
		}
	}
	va := make([]reg.VecVirtual, rows)
	for r := range va {
		va[r] = ZMM()
	}
	vb, i := ZMM(), GP64()
	XORQ(i, i)
	SUBQ(Imm(8), n)
	JLT(LabelRef("tail"))
	Label("loop")
	for r := range rows {
		VMOVUPD(element(a[r], i, 0), va[r])
	}
	for k := range lags {
		VMOVUPD(element(b, i, k), vb)
		for r := range rows {
			VFMADD231PD(va[r], vb, acc[r][k])
		}
	}
	ADDQ(Imm(8), i)
	SUBQ(Imm(8), n)
	JGE(LabelRef("loop"))
	Label("tail")
	ADDQ(Imm(8), n)
	JZ(LabelRef("sum"))
	mask := isa.AVX512(8).FirstLanes(n).K
	for r := range rows {
		VMOVUPD_Z(element(a[r], i, 0), mask, va[r])
	}
	for k := range lags {
		VMOVUPD_Z(element(b, i, k), mask, vb)
		for r := range rows {
			VFMADD231PD(va[r], vb, acc[r][k])
		}
	}
	Label("sum")
	for r := range rows {
		for k := range lags {
			low, high := acc[r][k].AsY(), YMM()
			VEXTRACTF64X4(Imm(1), acc[r][k], high)
			VADDPD(high, low, low)
			reduce(low, func(o ...Op) { VEXTRACTF64X2(o...) }, Mem{Base: out, Disp: 8 * (r*lags + k)})
		}
	}
	VZEROUPPER()
	RET()
}

// reduce stores (t0+t2) + (t1+t3) of four lanes; extract is the instruction that
// reaches their register.
func reduce(t reg.Register, extract func(...Op), to Mem) {
	y := t.(reg.VecVirtual)
	high := XMM()
	extract(Imm(1), y, high)
	VADDPD(high, y.AsX(), high)
	low := XMM()
	VPERMILPD(Imm(1), high, low)
	VADDSD(low, high, high)
	VMOVSD(high, to)
}

// masks is eight times -1 and eight times 0: read from 8-n on, the mask of n
// lanes.
func masks() Mem {
	ones := make([]Constant, 16)
	for i := range ones {
		ones[i] = U64(0)
		if i < 8 {
			ones[i] = U64(1<<64 - 1)
		}
	}
	return isa.Constant("masks", ones...)
}

// dotLagsAVX2 is dotLags512 for one row, with two registers for a lane block.
func dotLagsAVX2(lags int) {
	masks() // before the function in the file
	TEXT(fmt.Sprintf("dotLags1x%dAVX2", lags), NOSPLIT, "func(acc, a *float64, b *float64, n int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("dotLags1x%dAVX2 sets acc[k] to the sum of a[i]*b[i+k] over i < n.", lags))
	out, a := isa.Param("acc"), isa.Param("a")
	b, n := isa.Param("b"), isa.Param("n")
	var acc [2][]reg.VecVirtual
	for h := range acc {
		for range lags {
			y := YMM()
			VXORPD(y, y, y)
			acc[h] = append(acc[h], y)
		}
	}
	va, i := YMM(), GP64()
	XORQ(i, i)
	SUBQ(Imm(8), n)
	JLT(LabelRef("tail"))
	Label("loop")
	for h := range acc {
		VMOVUPD(element(a, i, 4*h), va)
		for k := range lags {
			VFMADD231PD(element(b, i, 4*h+k), va, acc[h][k])
		}
	}
	ADDQ(Imm(8), i)
	SUBQ(Imm(8), n)
	JGE(LabelRef("loop"))
	Label("tail")
	ADDQ(Imm(8), n)
	JZ(LabelRef("sum"))
	table := tailTable(n)
	mask, vb := YMM(), YMM()
	for h := range acc {
		VMOVUPD(Mem{Base: table, Disp: 32 * h}, mask)
		VMASKMOVPD(element(a, i, 4*h), mask, va)
		for k := range lags {
			VMASKMOVPD(element(b, i, 4*h+k), mask, vb)
			VFMADD231PD(va, vb, acc[h][k])
		}
	}
	Label("sum")
	for k := range lags {
		VADDPD(acc[1][k], acc[0][k], acc[0][k])
		reduce(acc[0][k], func(o ...Op) { VEXTRACTF128(o[0], o[1], o[2]) }, Mem{Base: out, Disp: 8 * k})
	}
	VZEROUPPER()
	RET()
}

// tailTable points to the masks of n lanes.
func tailTable(n reg.Register) reg.Register {
	table := GP64()
	LEAQ(masks().Offset(64), table)
	SHLQ(Imm(3), n)
	SUBQ(n, table)
	return table
}

// outerLags is dst[q*ld+k] += a[q]*b[q+k] for q < n and k < 8*blocks, ld =
// 8*blocks.
func outerLags512() {
	TEXT("outerLagsAVX512", NOSPLIT, "func(dst, a *float64, n int, b *float64, blocks int)")
	Pragma("noescape")
	Doc("outerLagsAVX512 adds a[q]*b[q+k] to dst[q*8*blocks+k] for q < n and k < 8*blocks.")
	outer(func(b, dst, a reg.Register) {
		f, d := ZMM(), ZMM()
		VBROADCASTSD(Mem{Base: a}, f)
		VMOVUPD(Mem{Base: dst}, d)
		VFMADD231PD(Mem{Base: b}, f, d)
		VMOVUPD(d, Mem{Base: dst})
	})
}

func outerLagsAVX2() {
	TEXT("outerLagsAVX2", NOSPLIT, "func(dst, a *float64, n int, b *float64, blocks int)")
	Pragma("noescape")
	Doc("outerLagsAVX2 adds a[q]*b[q+k] to dst[q*8*blocks+k] for q < n and k < 8*blocks.")
	outer(func(b, dst, a reg.Register) {
		f := YMM()
		VBROADCASTSD(Mem{Base: a}, f)
		for h := range 2 {
			d := YMM()
			VMOVUPD(Mem{Base: dst, Disp: 32 * h}, d)
			VFMADD231PD(Mem{Base: b, Disp: 32 * h}, f, d)
			VMOVUPD(d, Mem{Base: dst, Disp: 32 * h})
		}
	})
}

func outer(block func(b, dst, a reg.Register)) {
	dst, a, n := isa.Param("dst"), isa.Param("a"), isa.Param("n")
	b, blocks := isa.Param("b"), isa.Param("blocks")
	at, m := GP64(), GP64()
	Label("row")
	MOVQ(b, at)
	MOVQ(blocks, m)
	Label("block")
	block(at, dst, a)
	ADDQ(Imm(64), at)
	ADDQ(Imm(64), dst)
	DECQ(m)
	JNZ(LabelRef("block"))
	ADDQ(Imm(8), a)
	ADDQ(Imm(8), b)
	DECQ(n)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// The tile of outerSums: gramRows x gramCols sums, which AVX2 does in parts of
// eight columns.
const (
	gramRows = 4
	gramCols = 32
)

// outerSums is acc[r*32+c] = Σ a[i*stride+r]*b[i*stride+c] over i < n: each
// vector of b is loaded once for all rows, each a broadcast once for all columns.
func outerSums(name, doc string, cols, lanes int, vector func() reg.VecVirtual) {
	TEXT(name, NOSPLIT, "func(acc, a, b *float64, stride, n int)")
	Pragma("noescape")
	Doc(doc)
	out, a, b := isa.Param("acc"), isa.Param("a"), isa.Param("b")
	stride, n := isa.Param("stride"), isa.Param("n")
	SHLQ(Imm(3), stride)
	var acc [gramRows][]reg.VecVirtual
	for r := range acc {
		for range cols / lanes {
			z := vector()
			VXORPD(z.AsX(), z.AsX(), z.AsX())
			acc[r] = append(acc[r], z)
		}
	}
	var vb []reg.VecVirtual
	for range cols / lanes {
		vb = append(vb, vector())
	}
	f := vector()
	Label("window")
	for c := range vb {
		VMOVUPD(Mem{Base: b, Disp: 8 * lanes * c}, vb[c])
	}
	for r := range acc {
		VBROADCASTSD(Mem{Base: a, Disp: 8 * r}, f)
		for c := range vb {
			VFMADD231PD(vb[c], f, acc[r][c])
		}
	}
	ADDQ(stride, a)
	ADDQ(stride, b)
	DECQ(n)
	JNZ(LabelRef("window"))
	for r := range acc {
		for c, z := range acc[r] {
			VMOVUPD(z, Mem{Base: out, Disp: 8 * (r*gramCols + c*lanes)})
		}
	}
	VZEROUPPER()
	RET()
}

func outerSums512() {
	outerSums("outerSumsAVX512", "outerSumsAVX512 sets acc[r*32+c] to the sum of a[i*stride+r]*b[i*stride+c] over i < n, n > 0, for r < 4 and c < 32.", gramCols, 8, ZMM)
}

func outerSumsAVX2() {
	outerSums("outerSumsAVX2", "outerSumsAVX2 is outerSumsAVX512 for c < 8.", 8, 4, YMM)
}

// The tile of outerSingles, which AVX2 does in parts of four rows and sixteen
// columns.
const (
	singleRows = 12
	singleCols = 32
)

// outerSingles is outerSums in float32, for rows x cols sums.
func outerSingles(name, doc string, rows, cols, lanes int, vector func() reg.VecVirtual) {
	TEXT(name, NOSPLIT, "func(acc, a, b *float32, stride, n int)")
	Pragma("noescape")
	Doc(doc)
	out, a, b := isa.Param("acc"), isa.Param("a"), isa.Param("b")
	stride, n := isa.Param("stride"), isa.Param("n")
	SHLQ(Imm(2), stride)
	acc := make([][]reg.VecVirtual, rows)
	for r := range acc {
		for range cols / lanes {
			z := vector()
			VXORPS(z.AsX(), z.AsX(), z.AsX())
			acc[r] = append(acc[r], z)
		}
	}
	var vb []reg.VecVirtual
	for range cols / lanes {
		vb = append(vb, vector())
	}
	f := vector()
	Label("window")
	for c := range vb {
		VMOVUPS(Mem{Base: b, Disp: 4 * lanes * c}, vb[c])
	}
	for r := range acc {
		VBROADCASTSS(Mem{Base: a, Disp: 4 * r}, f)
		for c := range vb {
			VFMADD231PS(vb[c], f, acc[r][c])
		}
	}
	ADDQ(stride, a)
	ADDQ(stride, b)
	DECQ(n)
	JNZ(LabelRef("window"))
	for r := range acc {
		for c, z := range acc[r] {
			VMOVUPS(z, Mem{Base: out, Disp: 4 * (r*singleCols + c*lanes)})
		}
	}
	VZEROUPPER()
	RET()
}

func outerSingles512() {
	outerSingles("outerSinglesAVX512", "outerSinglesAVX512 sets acc[r*32+c] to the sum of a[i*stride+r]*b[i*stride+c] over i < n, n > 0, for r < 12 and c < 32.", singleRows, singleCols, 16, ZMM)
}

func outerSinglesAVX2() {
	outerSingles("outerSinglesAVX2", "outerSinglesAVX2 is outerSinglesAVX512 for r < 4 and c < 16.", 4, 16, 8, YMM)
}

// addSingles is g[r*gs+c] += f*acc[r*32+c] for r < 12 and c < 32, acc in float32.
func addSingles(name string, lanes int, vector func() reg.VecVirtual, source func(at Mem, to reg.VecVirtual)) {
	TEXT(name, NOSPLIT, "func(dst *float64, ds int, acc *float32, f float64)")
	Pragma("noescape")
	Doc(name + " adds f*acc[r*32+c] to dst[r*ds+c] for r < 12 and c < 32.")
	g, gs, acc := isa.Param("dst"), isa.Param("ds"), isa.Param("acc")
	SHLQ(Imm(3), gs)
	f, rows := vector(), GP64()
	VBROADCASTSD(isa.Memory("f"), f)
	MOVQ(U32(singleRows), rows)
	Label("row")
	for c := 0; c < singleCols; c += lanes {
		v, d := vector(), vector()
		source(Mem{Base: acc, Disp: 4 * c}, v)
		VMOVUPD(Mem{Base: g, Disp: 8 * c}, d)
		VFMADD231PD(v, f, d)
		VMOVUPD(d, Mem{Base: g, Disp: 8 * c})
	}
	ADDQ(gs, g)
	ADDQ(U32(4*singleCols), acc)
	DECQ(rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

func addSingles512() {
	addSingles("addSinglesAVX512", 8, ZMM, func(at Mem, to reg.VecVirtual) { VCVTPS2PD(at, to) })
}

func addSinglesAVX2() {
	addSingles("addSinglesAVX2", 4, YMM, func(at Mem, to reg.VecVirtual) { VCVTPS2PD(at, to) })
}
