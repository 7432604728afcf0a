package main

import "github.com/convkit/convkit/internal/_asm/neon"

// number is a complex vector.
type number struct{ re, im neon.V }

// complexes are operations on complex numbers.
type complexes struct {
	*neon.Block
	half neon.V // √½ in all lanes
}

func (b complexes) plus(x, y number) number  { return number{b.Add(x.re, y.re), b.Add(x.im, y.im)} }
func (b complexes) minus(x, y number) number { return number{b.Sub(x.re, y.re), b.Sub(x.im, y.im)} }

// times is x*w.
func (b complexes) times(x, w number) number {
	re, im := b.Mul(x.re, w.re), b.Mul(x.re, w.im)
	return number{b.SubMul(re, x.im, w.im), b.AddMul(im, x.im, w.re)}
}

// turned is x*w, or x times the conjugate of w.
func (b complexes) turned(x number, w factor, conjugate bool) number {
	re, im := b.MulLane(x.re, w.V, w.lane), b.MulLane(x.im, w.V, w.lane)
	if conjugate {
		return number{b.AddMulLane(re, x.im, w.V, w.lane+1), b.SubMulLane(im, x.re, w.V, w.lane+1)}
	}
	return number{b.SubMulLane(re, x.im, w.V, w.lane+1), b.AddMulLane(im, x.re, w.V, w.lane+1)}
}

// plusTurned is x - iy forward and x + iy inverse.
func (b complexes) plusTurned(x, y number, forward bool) number {
	if forward {
		return number{b.Add(x.re, y.im), b.Sub(x.im, y.re)}
	}
	return number{b.Sub(x.re, y.im), b.Add(x.im, y.re)}
}

// dft is the transform of 4 or 8 numbers,
//
//	y[k] = Σ_m x[m] exp(∓2πi mk/r)
//
// with - forward and + inverse.
func (b complexes) dft(x []number, forward bool) []number {
	if len(x) == 4 {
		s0, s1 := b.plus(x[0], x[2]), b.minus(x[0], x[2])
		s2, s3 := b.plus(x[1], x[3]), b.minus(x[1], x[3])
		return []number{b.plus(s0, s2), b.plusTurned(s1, s3, forward), b.minus(s0, s2), b.plusTurned(s1, s3, !forward)}
	}
	even, odd := make([]number, 4), make([]number, 4)
	for m := range even {
		even[m], odd[m] = b.plus(x[m], x[m+4]), b.minus(x[m], x[m+4])
	}
	y := make([]number, 8)
	for k, e := range b.dft(even, forward) {
		y[2*k] = e
	}
	for k, o := range b.odd(odd, forward) {
		y[2*k+1] = o
	}
	return y
}

// odd is the dft of x[m] exp(∓2πi m/8), m from 0 to 3:
//
//	x[0],  √½ (1 ∓ i) x[1],  ∓i x[2],  -√½ (1 ± i) x[3]
func (b complexes) odd(x []number, forward bool) []number {
	one, three := b.plusTurned(x[1], x[1], forward), b.plusTurned(x[3], x[3], !forward)
	s0, s1 := b.plusTurned(x[0], x[2], forward), b.plusTurned(x[0], x[2], !forward)
	s2, s3 := b.scaled(b.minus(one, three)), b.scaled(b.plus(one, three))
	return []number{b.plus(s0, s2), b.plusTurned(s1, s3, forward), b.minus(s0, s2), b.plusTurned(s1, s3, !forward)}
}

// scaled is √½ x.
func (b complexes) scaled(x number) number { return number{b.Mul(x.re, b.half), b.Mul(x.im, b.half)} }
