package main

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// number is a complex vector.
type number struct{ re, im reg.VecVirtual }

func (v target) plus(a, b number) number  { return number{v.Add(a.re, b.re), v.Add(a.im, b.im)} }
func (v target) minus(a, b number) number { return number{v.Sub(a.re, b.re), v.Sub(a.im, b.im)} }

// times is a*w, or a times the conjugate of w.
func (v target) times(a, w number, conjugate bool) number {
	re, im := v.Mul(a.im, w.im), v.Mul(a.re, w.im)
	if conjugate {
		return number{v.MulAdd(a.re, w.re, re), v.MulSub(a.im, w.re, im)}
	}
	return number{v.MulSub(a.re, w.re, re), v.MulAdd(a.im, w.re, im)}
}

// plusTurned is a - ib forward and a + ib inverse; minusTurned the opposite.
func (v target) plusTurned(a, b number, forward bool) number {
	if forward {
		return number{v.Add(a.re, b.im), v.Sub(a.im, b.re)}
	}
	return number{v.Sub(a.re, b.im), v.Add(a.im, b.re)}
}

func (v target) minusTurned(a, b number, forward bool) number { return v.plusTurned(a, b, !forward) }

// dft is the transform of 2, 4 or 8 numbers,
//
//	y[k] = Σ_m x[m] exp(∓2πi mk/r)
//
// with - forward and + inverse.
func (v target) dft(x []number, forward bool) []number {
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
func (v target) eighths(x []number, forward bool) []number {
	half := v.Broadcast(v.half())
	scale := func(n number) number { return number{v.Mul(n.re, half), v.Mul(n.im, half)} }
	one, two, three := x[1], x[2], x[3]
	if forward {
		// (1-i)/√2, -i, (-1-i)/√2
		one = scale(number{v.Add(x[1].re, x[1].im), v.Sub(x[1].im, x[1].re)})
		three = scale(number{v.Sub(x[3].im, x[3].re), v.negAdd(x[3].re, x[3].im)})
		two = number{x[2].im, v.Neg(x[2].re)}
	} else {
		one = scale(number{v.Sub(x[1].re, x[1].im), v.Add(x[1].im, x[1].re)})
		three = scale(number{v.negAdd(x[3].re, x[3].im), v.Sub(x[3].re, x[3].im)})
		two = number{v.Neg(x[2].im), x[2].re}
	}
	return []number{x[0], one, two, three}
}

// negAdd is -(a+b).
func (v target) negAdd(a, b reg.VecVirtual) reg.VecVirtual { return v.Neg(v.Add(a, b)) }

// half is √½ in memory.
func (v target) half() operand.Mem {
	return isa.Constant(fmt.Sprintf("half%d", 8*v.Elem), isa.Pick[operand.Constant](v.Set, operand.F32(math.Sqrt2/2), operand.F64(math.Sqrt2/2)))
}
