// Command _asm writes the assembly of package sample, for AVX2: 8 lanes of
// float32 or 4 of float64 at a time, in whole blocks; the caller does what is
// left over.
package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

func main() {
	build.ConstraintExpr("amd64,!purego")
	for _, elem := range []int{4, 8} {
		f := target{isa.AVX2(elem)}
		f.widen("8", 1, false)
		f.widen("16LE", 2, false)
		f.widen("16BE", 2, true)
		f.narrow("8", 1, false)
		f.narrow("16LE", 2, false)
		f.narrow("16BE", 2, true)
	}
	build.Generate()
}

// widen writes a function that divides unsigned samples of so many bytes by
// full: dst[i] = T(src[i]) / full for n samples, n a multiple of 16.
func (f target) widen(sample string, size int, swap bool) {
	name := fmt.Sprintf("widen%sTo%d", sample, f.bits())
	build.TEXT(name, build.NOSPLIT, fmt.Sprintf("func(dst *%s, src *byte, n int, full %[1]s)", f.GoType()))
	dst := build.Load(build.Param("dst"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	full := f.param("full")
	var mask vector
	if swap {
		mask = build.YMM()
		build.VMOVDQU(swapBytes(), mask)
	}
	build.Label(name + "loop")
	build.CMPQ(n, operand.U8(16))
	build.JL(operand.LabelRef(name + "done"))
	at := 0
	for i := range 2 {
		whole := build.YMM()
		if size == 1 {
			build.VPMOVZXBD(operand.Mem{Base: src, Disp: 8 * i}, whole)
		} else {
			x := build.XMM()
			build.VMOVDQU(operand.Mem{Base: src, Disp: 16 * i}, x)
			if swap {
				build.VPSHUFB(mask.AsX(), x, x)
			}
			build.VPMOVZXWD(x, whole)
		}
		for _, v := range f.fromInt(whole) {
			f.DivTo(v, full, v)
			f.Store(v, operand.Mem{Base: dst, Disp: at})
			at += 32
		}
	}
	build.ADDQ(operand.U8(16*size), src)
	build.SUBQ(operand.I32(-at), dst)
	build.SUBQ(operand.U8(16), n)
	build.JMP(operand.LabelRef(name + "loop"))
	build.Label(name + "done")
	build.VZEROUPPER()
	build.RET()
}

// narrow writes a function that makes samples of so many bytes: the whole part
// of ((v & mask) - lo)*scale + shift, clipped to 0..full, NaN to 0, for n
// numbers, n a multiple of 32. It returns how many did not have to be clipped,
// and not 0 where there is a NaN.
func (f target) narrow(sample string, size int, swap bool) {
	name := fmt.Sprintf("narrow%dTo%s", f.bits(), sample)
	build.TEXT(name, build.NOSPLIT, fmt.Sprintf("func(dst *byte, src *%s, n int, full, lo, scale, shift %[1]s, mask %s) (good, nan int)", f.GoType(), f.uint()))
	dst := build.Load(build.Param("dst"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	full, lo, scale, shift, mask := f.param("full"), f.param("lo"), f.param("scale"), f.param("shift"), f.param("mask")
	zero, top := build.YMM(), f.one()
	build.VXORPS(zero, zero, zero)
	f.AddTo(top, full, top)
	nan := build.YMM()
	build.VXORPS(nan, nan, nan)
	good := build.GP64()
	build.XORQ(good, good)
	build.Label(name + "loop")
	build.CMPQ(n, operand.U8(32))
	build.JL(operand.LabelRef(name + "done"))
	var whole [4]vector // 8 samples of 32 bits each
	at := 0
	for i := range whole {
		var numbers []vector
		for range f.vectors() {
			v := build.YMM()
			build.VANDPS(operand.Mem{Base: src, Disp: at}, mask, v)
			at += 32
			build.VORPS(f.Compare(isa.Unordered, v, v).Y, nan, nan)
			f.SubTo(v, lo, v)
			f.MulTo(v, scale, v)
			f.AddTo(v, shift, v)
			inside := f.Compare(isa.GreaterEqual, v, zero).Y
			build.VANDPS(f.Compare(isa.Less, v, top).Y, inside, inside)
			f.count(inside, good)
			// NaN becomes 0.
			f.MaxTo(v, zero, v)
			f.MinTo(v, full, v)
			numbers = append(numbers, v)
		}
		whole[i] = f.toInt(numbers)
	}
	build.VPACKUSDW(whole[1], whole[0], whole[0])
	build.VPACKUSDW(whole[3], whole[2], whole[2])
	if size == 1 {
		build.VPACKUSWB(whole[2], whole[0], whole[0])
		order := build.YMM()
		build.VMOVDQU(packOrder(), order)
		build.VPERMD(whole[0], order, whole[0])
		build.VMOVDQU(whole[0], operand.Mem{Base: dst})
	} else {
		for i, w := range []vector{whole[0], whole[2]} {
			build.VPERMQ(operand.U8(0xd8), w, w)
			if swap {
				build.VPSHUFB(swapBytes(), w, w)
			}
			build.VMOVDQU(w, operand.Mem{Base: dst, Disp: 32 * i})
		}
	}
	build.ADDQ(operand.U8(32*size), dst)
	build.SUBQ(operand.I32(-at), src)
	build.SUBQ(operand.U8(32), n)
	build.JMP(operand.LabelRef(name + "loop"))
	build.Label(name + "done")
	build.Store(good, build.ReturnIndex(0))
	build.XORQ(good, good)
	f.count(nan, good)
	build.VZEROUPPER()
	build.Store(good, build.ReturnIndex(1))
	build.RET()
}

// words is a constant of 32-bit words.
func words(name string, words ...uint32) operand.Mem {
	values := make([]operand.Constant, len(words))
	for i, w := range words {
		values[i] = operand.U32(w)
	}
	return isa.Constant(name, values...)
}

// packOrder puts right what two packs within 128-bit halves have mixed.
func packOrder() operand.Mem { return words("packOrder", 0, 4, 1, 5, 2, 6, 3, 7) }

// swapBytes swaps the bytes of each of 16 words.
func swapBytes() operand.Mem {
	return words("swapBytes", 0x02030001, 0x06070405, 0x0a0b0809, 0x0e0f0c0d, 0x02030001, 0x06070405, 0x0a0b0809, 0x0e0f0c0d)
}
