package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set with an element type.
type isa struct {
	set    string // AVX512 or AVX2
	width  int    // bytes in a vector
	elem   int    // bytes in an element
	across int    // vectors side by side in a tile: what the registers hold
}

func newISA(set string, width, elem int) isa {
	v := isa{set: set, width: width, elem: elem, across: 4}
	if set == "AVX2" {
		v.across = 3 // 4 x 3 sums, 3 inputs and a tap are 16 registers
	}
	return v
}

func (v isa) lanes() int { return v.width / v.elem }

// goType is the element's name in Go.
func (v isa) goType() string {
	if v.elem == 4 {
		return "float32"
	}
	return "float64"
}

func (v isa) vector() reg.VecVirtual {
	if v.width == 64 {
		return build.ZMM()
	}
	return build.YMM()
}

// pick returns the instruction for single or double precision.
func pick[F any](v isa, single, double F) F {
	if v.elem == 4 {
		return single
	}
	return double
}

func (v isa) zero(a reg.VecVirtual) {
	if v.width == 64 {
		build.VPXORQ(a, a, a)
	} else {
		build.VXORPS(a, a, a)
	}
}

func (v isa) load(m operand.Mem, to reg.VecVirtual) { pick(v, build.VMOVUPS, build.VMOVUPD)(m, to) }

func (v isa) store(from reg.VecVirtual, m operand.Mem) {
	pick(v, build.VMOVUPS, build.VMOVUPD)(from, m)
}

// stream stores around the cache; m must be aligned to the vector.
func (v isa) stream(from reg.VecVirtual, m operand.Mem) {
	pick(v, build.VMOVNTPS, build.VMOVNTPD)(from, m)
}

func (v isa) broadcast(m operand.Mem, to reg.VecVirtual) {
	pick(v, build.VBROADCASTSS, build.VBROADCASTSD)(m, to)
}

// fma adds a*b to sum.
func (v isa) fma(a, b, sum reg.VecVirtual) {
	pick(v, build.VFMADD231PS, build.VFMADD231PD)(a, b, sum)
}

// mask stands for the first n lanes of a vector, n less than all.
type mask struct {
	k reg.OpmaskVirtual // AVX-512
	y reg.VecVirtual    // AVX2: ones in the lanes
}

// newMask makes the mask of the first n lanes.
func (v isa) newMask(n reg.GPVirtual) mask {
	if v.width == 64 {
		bits := build.GP64()
		build.MOVQ(operand.I32(-1), bits)
		build.BZHIQ(n, bits, bits)
		k := build.K()
		build.KMOVW(bits.As32(), k)
		return mask{k: k}
	}
	// Ones then zeros: a window into the table that begins n lanes before its end.
	at, table := build.GP64(), build.GP64()
	build.LEAQ(v.laneTable(), table)
	build.MOVQ(n, at)
	build.NEGQ(at)
	m := build.YMM()
	build.VMOVUPS(operand.Mem{Base: table, Index: at, Scale: uint8(v.elem), Disp: v.width}, m)
	return mask{y: m}
}

// loadMasked reads the mask's lanes only; the others become zero.
func (v isa) loadMasked(m operand.Mem, k mask, to reg.VecVirtual) {
	if v.width == 64 {
		pick(v, build.VMOVUPS_Z, build.VMOVUPD_Z)(m, k.k, to)
	} else {
		pick(v, build.VMASKMOVPS, build.VMASKMOVPD)(m, k.y, to)
	}
}

// storeMasked writes the mask's lanes only.
func (v isa) storeMasked(from reg.VecVirtual, k mask, m operand.Mem) {
	if v.width == 64 {
		pick(v, build.VMOVUPS, build.VMOVUPD)(from, k.k, m)
	} else {
		pick(v, build.VMASKMOVPS, build.VMASKMOVPD)(from, k.y, m)
	}
}

var lanes operand.Mem

// laneTable is a vector of ones followed by a vector of zeros.
func (v isa) laneTable() operand.Mem {
	if lanes.Symbol.Name == "" {
		lanes = build.GLOBL("laneTable", 8|16) // RODATA|NOPTR
		for i := range 8 {
			value := uint64(0)
			if i < 4 {
				value = ^uint64(0)
			}
			build.DATA(8*i, operand.U64(value))
		}
	}
	return lanes
}
