package main

import (
	"math"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// number is a complex vector.
type number struct{ re, im reg.VecVirtual }

func (v isa) plus(a, b number) number  { return number{v.add(a.re, b.re), v.add(a.im, b.im)} }
func (v isa) minus(a, b number) number { return number{v.sub(a.re, b.re), v.sub(a.im, b.im)} }

// times is a*w, or a times the conjugate of w.
func (v isa) times(a, w number, conjugate bool) number {
	re, im := v.mul(a.im, w.im), v.mul(a.re, w.im)
	if conjugate {
		return number{v.mulAdd(a.re, w.re, re), v.mulSub(a.im, w.re, im)}
	}
	return number{v.mulSub(a.re, w.re, re), v.mulAdd(a.im, w.re, im)}
}

// plusTurned is a - ib forward and a + ib inverse; minusTurned the opposite.
func (v isa) plusTurned(a, b number, forward bool) number {
	if forward {
		return number{v.add(a.re, b.im), v.sub(a.im, b.re)}
	}
	return number{v.sub(a.re, b.im), v.add(a.im, b.re)}
}

func (v isa) minusTurned(a, b number, forward bool) number { return v.plusTurned(a, b, !forward) }

// dft is the transform of 2, 4 or 8 numbers,
//
//	y[k] = Σ_m x[m] exp(∓2πi mk/r)
//
// with - forward and + inverse.
func (v isa) dft(x []number, forward bool) []number {
	switch len(x) {
	case 2:
		return []number{v.plus(x[0], x[1]), v.minus(x[0], x[1])}
	case 4:
		s0, s1 := v.plus(x[0], x[2]), v.minus(x[0], x[2])
		s2, s3 := v.plus(x[1], x[3]), v.minus(x[1], x[3])
		return []number{v.plus(s0, s2), v.plusTurned(s1, s3, forward), v.minus(s0, s2), v.minusTurned(s1, s3, forward)}
	}
	even, odd := make([]number, 4), make([]number, 4)
	for m := range even {
		even[m], odd[m] = v.plus(x[m], x[m+4]), v.minus(x[m], x[m+4])
	}
	y := make([]number, 8)
	for k, e := range v.dft(even, forward) {
		y[2*k] = e
	}
	for k, o := range v.dft(v.eighths(odd, forward), forward) {
		y[2*k+1] = o
	}
	return y
}

// eighths multiplies x[m] with exp(∓2πi m/8).
func (v isa) eighths(x []number, forward bool) []number {
	half := v.broadcast(v.constant(math.Sqrt2 / 2))
	scale := func(n number) number { return number{v.mul(n.re, half), v.mul(n.im, half)} }
	one, two, three := x[1], x[2], x[3]
	if forward {
		// (1-i)/√2, -i, (-1-i)/√2
		one = scale(number{v.add(x[1].re, x[1].im), v.sub(x[1].im, x[1].re)})
		three = scale(number{v.sub(x[3].im, x[3].re), v.negAdd(x[3].re, x[3].im)})
		two = number{x[2].im, v.neg(x[2].re)}
	} else {
		one = scale(number{v.sub(x[1].re, x[1].im), v.add(x[1].im, x[1].re)})
		three = scale(number{v.negAdd(x[3].re, x[3].im), v.sub(x[3].re, x[3].im)})
		two = number{v.neg(x[2].im), x[2].re}
	}
	return []number{x[0], one, two, three}
}

func (v isa) neg(a reg.VecVirtual) reg.VecVirtual {
	zero := v.vector()
	if v.width == 64 {
		build.VPXORQ(zero, zero, zero)
	} else {
		build.VXORPS(zero, zero, zero)
	}
	return v.sub(zero, a)
}

// negAdd is -(a+b).
func (v isa) negAdd(a, b reg.VecVirtual) reg.VecVirtual { return v.neg(v.add(a, b)) }

var constants = map[int]operand.Mem{}

// constant is √½, the only one, in memory.
func (v isa) constant(f float64) operand.Mem {
	if m, ok := constants[v.elem]; ok {
		return m
	}
	var m operand.Mem
	if v.elem == 4 {
		m = build.GLOBL("half32", 8|16) // RODATA|NOPTR
		build.DATA(0, operand.F32(float32(f)))
	} else {
		m = build.GLOBL("half64", 8|16)
		build.DATA(0, operand.F64(f))
	}
	constants[v.elem] = m
	return m
}
