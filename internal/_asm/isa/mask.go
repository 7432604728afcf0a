package isa

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Predicates of comparisons. All but Unordered are false for NaN; none signals it.
const (
	Unordered    = 0x03
	Less         = 0x11
	GreaterEqual = 0x1d
	Greater      = 0x1e
)

// Mask is a set of lanes: an opmask, or a vector with ones in the lanes.
type Mask struct {
	K reg.OpmaskVirtual // AVX-512
	Y reg.VecVirtual    // AVX2
}

// FirstLanes returns the mask of the first n lanes, n less than all.
func (v Set) FirstLanes(n reg.Register) Mask {
	if v.Width == 64 {
		bits := build.GP64()
		build.MOVQ(operand.I32(-1), bits)
		build.BZHIQ(n, bits, bits)
		k := build.K()
		build.KMOVW(bits.As32(), k)
		return Mask{K: k}
	}
	// Ones then zeros: a window into the table that begins n lanes before its end.
	at, table := build.GP64(), build.GP64()
	build.LEAQ(laneTable(), table)
	build.MOVQ(n, at)
	build.NEGQ(at)
	m := build.YMM()
	build.VMOVUPS(operand.Mem{Base: table, Index: at, Scale: uint8(v.Elem), Disp: v.Width}, m)
	return Mask{Y: m}
}

// laneTable is a vector of ones followed by a vector of zeros.
func laneTable() operand.Mem {
	ones := ^uint64(0)
	return Constant("laneTable", operand.U64(ones), operand.U64(ones), operand.U64(ones), operand.U64(ones),
		operand.U64(0), operand.U64(0), operand.U64(0), operand.U64(0))
}

// LoadMasked fills the mask's lanes; the others become zero.
func (v Set) LoadMasked(m operand.Mem, k Mask, to reg.VecVirtual) {
	if v.Width == 64 {
		Pick(v, build.VMOVUPS_Z, build.VMOVUPD_Z)(m, k.K, to)
	} else {
		Pick(v, build.VMASKMOVPS, build.VMASKMOVPD)(m, k.Y, to)
	}
}

// StoreMasked writes the mask's lanes only.
func (v Set) StoreMasked(from reg.VecVirtual, k Mask, m operand.Mem) {
	if v.Width == 64 {
		Pick(v, build.VMOVUPS, build.VMOVUPD)(from, k.K, m)
	} else {
		Pick(v, build.VMASKMOVPS, build.VMASKMOVPD)(from, k.Y, m)
	}
}

// Compare returns the lanes in which a stands so to b.
func (v Set) Compare(how int, a, b operand.Op) Mask {
	compare := Pick(v, build.VCMPPS, build.VCMPPD)
	if v.Width == 64 {
		k := build.K()
		compare(operand.U8(how), b, a, k)
		return Mask{K: k}
	}
	y := v.Vector()
	compare(operand.U8(how), b, a, y)
	return Mask{Y: y}
}

// Both returns the lanes in a and in b.
func (v Set) Both(a, b Mask) Mask {
	if v.Width == 64 {
		k := build.K()
		build.KANDW(a.K, b.K, k)
		return Mask{K: k}
	}
	return Mask{Y: v.And(a.Y, b.Y)}
}

// Either returns the lanes in a or in b.
func (v Set) Either(a, b Mask) Mask {
	if v.Width == 64 {
		k := build.K()
		build.KORW(a.K, b.K, k)
		return Mask{K: k}
	}
	y := v.Vector()
	build.VPOR(a.Y, b.Y, y)
	return Mask{Y: y}
}

// Without returns the lanes in b that are not in a.
func (v Set) Without(a, b Mask) Mask {
	if v.Width == 64 {
		k := build.K()
		build.KANDNW(a.K, b.K, k)
		return Mask{K: k}
	}
	y := v.Vector()
	build.VPANDN(a.Y, b.Y, y)
	return Mask{Y: y}
}

// Negative returns the lanes whose sign is set.
func (v Set) Negative(a reg.VecVirtual) Mask {
	greater := Pick(v, build.VPCMPGTD, build.VPCMPGTQ)
	if v.Width == 32 {
		// The sign of each lane, all over it.
		y, zero := v.Vector(), v.Vector()
		build.VPXOR(zero, zero, zero)
		greater(a, zero, y)
		return Mask{Y: y}
	}
	zero, k := v.Vector(), build.K()
	v.Zero(zero)
	greater(a, zero, k)
	return Mask{K: k}
}

// Bits returns a register with a bit for each lane.
func (v Set) Bits(m Mask) reg.GPVirtual {
	some := build.GP64()
	if v.Width == 64 {
		build.KMOVW(m.K, some.As32())
	} else {
		Pick(v, build.VMOVMSKPS, build.VMOVMSKPD)(m.Y, some.As32())
	}
	return some
}
