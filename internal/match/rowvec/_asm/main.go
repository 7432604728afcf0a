// Command _asm writes the assembly of package rowvec, for AVX2: eight elements
// at a time, one register of float32 and two of float64.
package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64,!purego")
	step()
	normalise()
	Generate()
}

// advance moves pointers on by so many bytes.
func advance(by map[reg.GPVirtual]uint32, order []reg.GPVirtual) {
	for _, p := range order {
		ADDQ(U32(by[p]), p)
	}
}

func step() {
	TEXT("stepAVX2", NOSPLIT, "func(sums, squares *float64, in, out *float32, blocks int)")
	Pragma("noescape")
	Doc("stepAVX2 is stepGo for blocks of eight elements, at least one.")
	sums, squares := isa.Param("sums"), isa.Param("squares")
	in, out := isa.Param("in"), isa.Param("out")
	blocks := isa.Param("blocks")
	Label("loop")
	for h := range 2 {
		f, g, d := YMM(), YMM(), YMM()
		VCVTPS2PD(Mem{Base: in, Disp: 16 * h}, f)
		VCVTPS2PD(Mem{Base: out, Disp: 16 * h}, g)
		VSUBPD(g, f, d)
		VADDPD(Mem{Base: sums, Disp: 32 * h}, d, d)
		VMOVUPD(d, Mem{Base: sums, Disp: 32 * h})
		VMULPD(f, f, f)
		VMULPD(g, g, g)
		VSUBPD(g, f, f)
		VADDPD(Mem{Base: squares, Disp: 32 * h}, f, f)
		VMOVUPD(f, Mem{Base: squares, Disp: 32 * h})
	}
	advance(map[reg.GPVirtual]uint32{sums: 64, squares: 64, in: 32, out: 32}, []reg.GPVirtual{sums, squares, in, out})
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func normalise() {
	one := isa.Constant("one", F32(1), F32(-1))
	infinite := isa.Constant("infinite", U64(0x7ff0000000000000))

	TEXT("normaliseAVX2", NOSPLIT, "func(out, cross *float32, variance *float64, scale float32, blocks int, mins *float64)")
	Pragma("noescape")
	Doc("normaliseAVX2 is normaliseGo for blocks of eight elements, at least one; mins gets the", "smallest variances of four lanes, and then the smallest positive ones.")
	out, cross := isa.Param("out"), isa.Param("cross")
	variance, mins := isa.Param("variance"), isa.Param("mins")
	blocks := isa.Param("blocks")
	scale, top, bottom := YMM(), YMM(), YMM()
	VBROADCASTSS(isa.Memory("scale"), scale)
	VBROADCASTSS(one, top)
	VBROADCASTSS(one.Offset(4), bottom)
	inf, zero, low, least := YMM(), YMM(), YMM(), YMM()
	VBROADCASTSD(infinite, inf)
	VXORPS(zero, zero, zero)
	VMOVAPD(inf, low)
	VMOVAPD(inf, least)
	Label("loop")
	var halves [2]reg.VecVirtual
	for h := range halves {
		v, positive := YMM(), YMM()
		VMOVUPD(Mem{Base: variance, Disp: 32 * h}, v)
		VMINPD(v, low, low)
		VCMPPD(Imm(isa.Greater), zero, v, positive)
		VBLENDVPD(positive, v, inf, positive)
		VMINPD(positive, least, least)
		halves[h] = XMM()
		VCVTPD2PSY(v, halves[h])
	}
	v, root, q := YMM(), YMM(), YMM()
	VINSERTF128(Imm(1), halves[1], halves[0].AsY(), v)
	VSQRTPS(v, root)
	VMULPS(Mem{Base: cross}, scale, q)
	VDIVPS(root, q, q)
	VMINPS(top, q, q)
	VMAXPS(bottom, q, q)
	VCMPPS(Imm(isa.Greater), zero, v, v)
	VANDPS(v, q, q)
	VMOVUPS(q, Mem{Base: out})
	advance(map[reg.GPVirtual]uint32{out: 32, cross: 32, variance: 64}, []reg.GPVirtual{out, cross, variance})
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VMOVUPD(low, Mem{Base: mins})
	VMOVUPD(least, Mem{Base: mins, Disp: 32})
	VZEROUPPER()
	RET()
}
