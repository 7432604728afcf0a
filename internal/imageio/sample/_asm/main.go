// Command _asm writes the assembly of package sample, for AVX2: 8 lanes of
// float32 at a time, in whole blocks; the caller does what is left over.
package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	build.ConstraintExpr("amd64,!purego")
	widen("widen8", 1, nil)
	widen("widen16LE", 2, nil)
	widen("widen16BE", 2, swapMask("swapWiden"))
	narrow("narrow8", 1)
	narrow("narrow16BE", 2)
	build.Generate()
}

// swapMask swaps the bytes of each of 16 words.
func swapMask(name string) *operand.Mem {
	m := build.GLOBL(name, build.RODATA|build.NOPTR)
	for i := range 32 {
		build.DATA(i, operand.U8(i%16^1))
	}
	return &m
}

// broadcast gives all lanes a parameter of four bytes.
func broadcast(name string) reg.VecVirtual {
	word, x, v := build.GP32(), build.XMM(), build.YMM()
	address, err := build.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	build.MOVL(address.Addr, word)
	build.VMOVD(word, x)
	build.VBROADCASTSS(x, v)
	return v
}

// widen writes a function that divides unsigned samples of so many bytes by
// full: dst[i] = float32(src[i]) / full for n samples, n a multiple of 16.
func widen(name string, size int, swap *operand.Mem) {
	build.TEXT(name, build.NOSPLIT, "func(dst *float32, src *byte, n int, full float32)")
	dst := build.Load(build.Param("dst"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	full := broadcast("full")
	var mask reg.VecVirtual
	if swap != nil {
		mask = build.YMM()
		build.VMOVDQU(*swap, mask)
	}
	build.Label(name + "loop")
	build.CMPQ(n, operand.U8(16))
	build.JL(operand.LabelRef(name + "done"))
	var half [2]reg.VecVirtual
	if size == 1 {
		for i := range half {
			half[i] = build.YMM()
			build.VPMOVZXBD(operand.Mem{Base: src, Disp: 8 * i}, half[i])
		}
	} else {
		for i := range half {
			half[i] = build.YMM()
			x := build.XMM()
			build.VMOVDQU(operand.Mem{Base: src, Disp: 16 * i}, x)
			if swap != nil {
				build.VPSHUFB(mask.AsX(), x, x)
			}
			build.VPMOVZXWD(x, half[i])
		}
	}
	for i, v := range half {
		build.VCVTDQ2PS(v, v)
		build.VDIVPS(full, v, v)
		build.VMOVUPS(v, operand.Mem{Base: dst, Disp: 32 * i})
	}
	build.ADDQ(operand.U8(16*size), src)
	build.ADDQ(operand.U8(64), dst)
	build.SUBQ(operand.U8(16), n)
	build.JMP(operand.LabelRef(name + "loop"))
	build.Label(name + "done")
	build.VZEROUPPER()
	build.RET()
}

// narrow writes a function that makes samples of so many bytes: the whole part
// of ((v & mask) - lo)*scale + shift, clipped to 0..full, NaN to 0, for n
// numbers, n a multiple of 32. It returns how many did not have to be clipped.
func narrow(name string, size int) {
	build.TEXT(name, build.NOSPLIT, "func(dst *byte, src *float32, n int, full, lo, scale, shift float32, mask uint32) int")
	dst := build.Load(build.Param("dst"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	full, lo, scale, shift, mask := broadcast("full"), broadcast("lo"), broadcast("scale"), broadcast("shift"), broadcast("mask")
	zero, top := build.YMM(), build.YMM()
	build.VXORPS(zero, zero, zero)
	build.VADDPS(broadcastOne(), full, top)
	good := build.GP64()
	build.XORQ(good, good)
	build.Label(name + "loop")
	build.CMPQ(n, operand.U8(32))
	build.JL(operand.LabelRef(name + "done"))
	var v [4]reg.VecVirtual
	for i := range v {
		v[i] = build.YMM()
		build.VANDPS(operand.Mem{Base: src, Disp: 32 * i}, mask, v[i])
		build.VSUBPS(lo, v[i], v[i])
		build.VMULPS(scale, v[i], v[i])
		build.VADDPS(shift, v[i], v[i])
		below, above := build.YMM(), build.YMM()
		build.VCMPPS(operand.U8(0x1d), zero, v[i], below) // v >= 0, false for NaN
		build.VCMPPS(operand.U8(0x11), top, v[i], above)  // v < top, false for NaN
		build.VANDPS(below, above, above)
		bits := build.GP32()
		build.VMOVMSKPS(above, bits)
		build.POPCNTL(bits, bits)
		build.ADDQ(bits.As64(), good)
		build.VMAXPS(zero, v[i], v[i]) // the second of the two where one is NaN: zero
		build.VMINPS(full, v[i], v[i])
		build.VCVTTPS2DQ(v[i], v[i])
	}
	build.VPACKUSDW(v[1], v[0], v[0])
	build.VPACKUSDW(v[3], v[2], v[2])
	if size == 1 {
		build.VPACKUSWB(v[2], v[0], v[0])
		order := build.YMM()
		build.VMOVDQU(packOrder(), order)
		build.VPERMD(v[0], order, v[0])
		build.VMOVDQU(v[0], operand.Mem{Base: dst})
	} else {
		swap := build.YMM()
		build.VMOVDQU(narrowSwap(), swap)
		for i, w := range []reg.VecVirtual{v[0], v[2]} {
			build.VPERMQ(operand.U8(0xd8), w, w)
			build.VPSHUFB(swap, w, w)
			build.VMOVDQU(w, operand.Mem{Base: dst, Disp: 32 * i})
		}
	}
	build.ADDQ(operand.U8(32*size), dst)
	build.SUBQ(operand.I32(-128), src)
	build.SUBQ(operand.U8(32), n)
	build.JMP(operand.LabelRef(name + "loop"))
	build.Label(name + "done")
	build.VZEROUPPER()
	build.Store(good, build.ReturnIndex(0))
	build.RET()
}

var data = map[string]operand.Mem{}

// once makes a constant of 32-bit words the first time it is asked for.
func once(name string, words ...uint32) operand.Mem {
	m, ok := data[name]
	if !ok {
		m = build.GLOBL(name, build.RODATA|build.NOPTR)
		for i, w := range words {
			build.DATA(4*i, operand.U32(w))
		}
		data[name] = m
	}
	return m
}

func broadcastOne() reg.VecVirtual {
	v := build.YMM()
	build.VBROADCASTSS(once("one", 0x3f800000), v)
	return v
}

// packOrder puts right what two packs within 128-bit halves have mixed.
func packOrder() operand.Mem { return once("packOrder", 0, 4, 1, 5, 2, 6, 3, 7) }

// narrowSwap swaps the bytes of each of 16 words.
func narrowSwap() operand.Mem {
	return once("narrowSwap", 0x02030001, 0x06070405, 0x0a0b0809, 0x0e0f0c0d, 0x02030001, 0x06070405, 0x0a0b0809, 0x0e0f0c0d)
}
