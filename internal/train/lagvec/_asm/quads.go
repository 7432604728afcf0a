package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// outerQuads is outerSingles for windows of bytes, four of them in 32 bits: a holds
// signed bytes, b unsigned ones. The sums of products are whole numbers in 32 bits
// until they are stored.
func outerQuads() {
	TEXT("outerQuadsVNNI", NOSPLIT, "func(acc *float32, a, b *byte, stride, n int)")
	Pragma("noescape")
	Doc("outerQuadsVNNI sets acc[r*32+c] to the sum over i < n and k < 4 of a[4*(i*stride+r)+k], signed, times b[4*(i*stride+c)+k], for r < 12 and c < 32.")
	out, a, b := Load(Param("acc"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64())
	stride, n := Load(Param("stride"), GP64()), Load(Param("n"), GP64())
	SHLQ(Imm(2), stride)
	const vectors = singleCols / 16
	var acc [singleRows][vectors]reg.VecVirtual
	for r := range acc {
		for c := range acc[r] {
			acc[r][c] = ZMM()
			VPXORQ(acc[r][c], acc[r][c], acc[r][c])
		}
	}
	vb := [vectors]reg.VecVirtual{ZMM(), ZMM()}
	f := ZMM()
	Label("quad")
	for c := range vb {
		VMOVDQU32(Mem{Base: b, Disp: 64 * c}, vb[c])
	}
	for r := range acc {
		VPBROADCASTD(Mem{Base: a, Disp: 4 * r}, f)
		for c := range vb {
			VPDPBUSD(f, vb[c], acc[r][c])
		}
	}
	ADDQ(stride, a)
	ADDQ(stride, b)
	DECQ(n)
	JNZ(LabelRef("quad"))
	for r := range acc {
		for c, z := range acc[r] {
			VCVTDQ2PS(z, z)
			VMOVUPS(z, Mem{Base: out, Disp: 4 * (r*singleCols + c*16)})
		}
	}
	VZEROUPPER()
	RET()
}

// gatherQuads interleaves four windows of bytes, sixteen columns at a time.
func gatherQuads() {
	TEXT("gatherQuadsAVX2", NOSPLIT, "func(dst, signed, w0, w1, w2, w3 *byte, xs, kh, kw int)")
	Pragma("noescape")
	Doc("gatherQuadsAVX2 sets dst[4*(u*kw+v)+k] to element (u, v) of window k, whose rows are xs apart, and signed to the same less 128. It reads and writes up to 15 elements of a window more.")
	dst, signed := Load(Param("dst"), GP64()), Load(Param("signed"), GP64())
	var w [4]reg.Register
	for k, name := range []string{"w0", "w1", "w2", "w3"} {
		w[k] = Load(Param(name), GP64())
	}
	xs, kh := Load(Param("xs"), GP64()), Load(Param("kh"), GP64())
	kw, c := Load(Param("kw"), GP64()), GP64()
	flip := XMM()
	low := XMM()
	VPCMPEQB(flip, flip, flip) // all bits
	VPSLLW(Imm(15), flip, flip)
	VPSRLW(Imm(8), flip, low)
	VPOR(low, flip, flip) // bit 7 of each byte
	Label("row")
	XORQ(c, c)
	Label("chunk")
	var x [4]reg.VecVirtual
	for k := range x {
		x[k] = XMM()
		VMOVDQU(Mem{Base: w[k], Index: c, Scale: 1}, x[k])
	}
	parts := [4]reg.VecVirtual{XMM(), XMM(), XMM(), XMM()}
	lowAB, highAB, lowCD, highCD := XMM(), XMM(), XMM(), XMM()
	VPUNPCKLBW(x[1], x[0], lowAB)
	VPUNPCKHBW(x[1], x[0], highAB)
	VPUNPCKLBW(x[3], x[2], lowCD)
	VPUNPCKHBW(x[3], x[2], highCD)
	VPUNPCKLWD(lowCD, lowAB, parts[0])
	VPUNPCKHWD(lowCD, lowAB, parts[1])
	VPUNPCKLWD(highCD, highAB, parts[2])
	VPUNPCKHWD(highCD, highAB, parts[3])
	for k, v := range parts {
		VMOVDQU(v, Mem{Base: dst, Index: c, Scale: 4, Disp: 16 * k})
		VPXOR(flip, v, v)
		VMOVDQU(v, Mem{Base: signed, Index: c, Scale: 4, Disp: 16 * k})
	}
	ADDQ(Imm(16), c)
	CMPQ(c, kw)
	JLT(LabelRef("chunk"))
	LEAQ(Mem{Base: dst, Index: kw, Scale: 4}, dst)
	LEAQ(Mem{Base: signed, Index: kw, Scale: 4}, signed)
	for k := range w {
		ADDQ(xs, w[k])
	}
	DECQ(kh)
	JNZ(LabelRef("row"))
	RET()
}
