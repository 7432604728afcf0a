package main

import (
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The predicates of ordered, quiet comparisons.
const (
	greater      = 0x1e
	greaterEqual = 0x1d
)

// mask is the outcome of a comparison: an opmask, or lanes of ones and zeros.
type mask struct {
	k reg.OpmaskVirtual
	y reg.VecVirtual
}

func (v isa) compare(how int, a, b Op) mask {
	if v.width == 64 {
		k := build.K()
		pick(v, build.VCMPPS, build.VCMPPD)(U8(how), b, a, k)
		return mask{k: k}
	}
	y := v.vector()
	pick(v, build.VCMPPS, build.VCMPPD)(U8(how), b, a, y)
	return mask{y: y}
}

func (v isa) both(a, b mask) mask {
	if v.width == 64 {
		k := build.K()
		build.KANDW(a.k, b.k, k)
		return mask{k: k}
	}
	return mask{y: v.and(a.y, b.y)}
}

func (v isa) either(a, b mask) mask {
	if v.width == 64 {
		k := build.K()
		build.KORW(a.k, b.k, k)
		return mask{k: k}
	}
	y := v.vector()
	build.VPOR(a.y, b.y, y)
	return mask{y: y}
}

// without is a where b is not.
func (v isa) without(a, b mask) mask {
	if v.width == 64 {
		k := build.K()
		build.KANDNW(a.k, b.k, k)
		return mask{k: k}
	}
	y := v.vector()
	build.VPANDN(a.y, b.y, y)
	return mask{y: y}
}

func (v isa) xor(a, b Op) reg.VecVirtual {
	to := v.vector()
	if v.width == 64 {
		build.VPXORD(b, a, to)
	} else {
		build.VPXOR(b, a, to)
	}
	return to
}

// negative tells where the sign is set.
func (v isa) negative(a reg.VecVirtual) mask {
	if v.width == 32 {
		// The sign of each lane, all over it.
		y, zero := v.vector(), v.vector()
		build.VPXOR(zero, zero, zero)
		pick(v, build.VPCMPGTD, build.VPCMPGTQ)(a, zero, y)
		return mask{y: y}
	}
	zero, k := v.vector(), build.K()
	build.VPXORQ(zero, zero, zero)
	pick(v, build.VPCMPGTD, build.VPCMPGTQ)(a, zero, k)
	return mask{k: k}
}

// bits has a bit for each lane.
func (v isa) bits(m mask) reg.GPVirtual {
	some := build.GP64()
	if v.width == 64 {
		build.KMOVW(m.k, some.As32())
	} else {
		pick(v, build.VMOVMSKPS, build.VMOVMSKPD)(m.y, some.As32())
	}
	return some
}
