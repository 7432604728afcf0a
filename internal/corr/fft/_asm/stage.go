package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// walk is a pair of pointers, to real and to imaginary parts, that visit the
// elements of a butterfly.
type walk struct{ re, im, step reg.GPVirtual }

// next moves to the next element of the butterfly.
func (w walk) next() {
	build.ADDQ(w.step, w.re)
	build.ADDQ(w.step, w.im)
}

func copyOf(r reg.GPVirtual) reg.GPVirtual {
	c := build.GP64()
	build.MOVQ(r, c)
	return c
}

// gather loads the r elements of a butterfly.
func (v target) gather(r int, w walk) []number {
	x := make([]number, r)
	for m := range x {
		x[m] = number{v.load(w.re), v.load(w.im)}
		if m < r-1 {
			w.next()
		}
	}
	return x
}

// scatter stores them.
func (v target) scatter(x []number, w walk) {
	for m := range x {
		v.storeAt(x[m].re, w.re)
		v.storeAt(x[m].im, w.im)
		if m < len(x)-1 {
			w.next()
		}
	}
}

// stage writes a stage over parts of l elements of a panel of n. Forward it is
// decimation in frequency: the transform of the r elements a quarter (an
// eighth) of l apart, then their twiddles; inverse it is decimation in time:
// conjugated twiddles first. Source and result may be the same panel, or have
// rows of their own distance.
func (v target) stage(radix int, forward bool) {
	name := map[bool]string{true: "forward", false: "inverse"}[forward]
	v.begin(fmt.Sprintf("%s%d", name, radix), "func(dr, di *%[1]s, ds int, sr, si *%[1]s, ss int, n, l int, tw *%[1]s)")
	tw, q := isa.Param("tw"), isa.Param("l")
	build.SHRQ(operand.Imm(uint64(map[int]int{2: 1, 4: 2, 8: 3}[radix])), q)
	// The distance of a butterfly's elements in bytes.
	stepS, stepD := copyOf(q), copyOf(q)
	ss, ds := isa.Param("ss"), isa.Param("ds")
	build.IMULQ(ss, stepS)
	build.IMULQ(ds, stepD)
	sr, si, dr, di := isa.Param("sr"), isa.Param("si"), isa.Param("dr"), isa.Param("di")

	build.Label("column")
	parts := build.GP64()
	again("n", parts)
	offS, offD := build.GP64(), build.GP64()
	build.XORQ(offS, offS)
	build.XORQ(offD, offD)
	build.Label("part")
	from := walk{copyOf(sr), copyOf(si), stepS}
	build.ADDQ(offS, from.re)
	build.ADDQ(offS, from.im)
	x := v.gather(radix, from)
	if !forward {
		x = v.twiddle(x, tw, true)
	}
	x = v.dft(x, forward)
	if forward {
		x = v.twiddle(x, tw, false)
	}
	to := walk{copyOf(dr), copyOf(di), stepD}
	build.ADDQ(offD, to.re)
	build.ADDQ(offD, to.im)
	v.scatter(x, to)
	// The next part begins l elements on, which is radix steps.
	skip := build.GP64()
	build.MOVQ(stepS, skip)
	build.SHLQ(operand.Imm(uint64(map[int]int{2: 1, 4: 2, 8: 3}[radix])), skip)
	build.ADDQ(skip, offS)
	build.MOVQ(stepD, skip)
	build.SHLQ(operand.Imm(uint64(map[int]int{2: 1, 4: 2, 8: 3}[radix])), skip)
	build.ADDQ(skip, offD)
	l := build.GP64()
	again("l", l)
	build.SUBQ(l, parts)
	build.JG(operand.LabelRef("part"))

	build.ADDQ(operand.U32(uint32(2*(radix-1)*v.Elem)), tw)
	again("ss", skip)
	build.ADDQ(skip, sr)
	build.ADDQ(skip, si)
	again("ds", skip)
	build.ADDQ(skip, dr)
	build.ADDQ(skip, di)
	build.DECQ(q)
	build.JNZ(operand.LabelRef("column"))
	v.end()
}

// twiddle multiplies all but the first element with the factors at tw.
func (v target) twiddle(x []number, tw reg.GPVirtual, conjugate bool) []number {
	y := []number{x[0]}
	for k := 1; k < len(x); k++ {
		at := operand.Mem{Base: tw, Disp: 2 * (k - 1) * v.Elem}
		w := number{v.Broadcast(at), v.Broadcast(at.Offset(v.Elem))}
		y = append(y, v.times(x[k], w, conjugate))
	}
	return y
}

// middle writes the last forward stage, the product with a spectrum, and the
// first inverse stage in one visit: all three work on the same r neighbours.
// Rows of the spectrum are ks bytes apart.
func (v target) middle(radix int) {
	v.begin(fmt.Sprintf("middle%d", radix), "func(re, im *%[1]s, n int, kr, ki *%[1]s, ks int)")
	re, im, n := isa.Param("re"), isa.Param("im"), isa.Param("n")
	k := walk{isa.Param("kr"), isa.Param("ki"), isa.Param("ks")}
	step := build.GP64()
	build.MOVQ(operand.U32(uint32(v.Width)), step)
	build.Label("loop")
	x := v.dft(v.gather(radix, walk{copyOf(re), copyOf(im), step}), true)
	for i := range x {
		x[i] = v.times(x[i], number{v.load(k.re), v.load(k.im)}, false)
		k.next()
	}
	v.scatter(v.dft(x, false), walk{copyOf(re), copyOf(im), step})
	build.ADDQ(operand.U32(uint32(radix*v.Width)), re)
	build.ADDQ(operand.U32(uint32(radix*v.Width)), im)
	build.SUBQ(operand.Imm(uint64(radix)), n)
	build.JG(operand.LabelRef("loop"))
	v.end()
}

// last writes a stage of neighbours without twiddles: the last of a forward or
// the first of an inverse transform, in place. The two differ only in sign.
func (v target) last(radix int) {
	for _, forward := range []bool{true, false} {
		name := map[bool]string{true: "forwardLast", false: "inverseFirst"}[forward]
		v.begin(fmt.Sprintf("%s%d", name, radix), "func(re, im *%[1]s, n int)")
		re, im, n := isa.Param("re"), isa.Param("im"), isa.Param("n")
		step := build.GP64()
		build.MOVQ(operand.U32(uint32(v.Width)), step)
		build.Label("loop")
		x := v.dft(v.gather(radix, walk{copyOf(re), copyOf(im), step}), forward)
		v.scatter(x, walk{copyOf(re), copyOf(im), step})
		build.ADDQ(operand.U32(uint32(radix*v.Width)), re)
		build.ADDQ(operand.U32(uint32(radix*v.Width)), im)
		build.SUBQ(operand.Imm(uint64(radix)), n)
		build.JG(operand.LabelRef("loop"))
		v.end()
	}
}
