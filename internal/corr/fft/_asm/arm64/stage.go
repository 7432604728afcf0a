package main

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/_asm/neon"
)

// begin starts a function that may need √½.
func (v target) begin(name string, params ...string) (*neon.Func, complexes) {
	f := v.file.Func(name+v.Suffix(), "", params...)
	b := complexes{Block: v.NewBlock(f), half: -1}
	return f, b
}

// needHalf loads √½ if the radix needs it.
func (v target) needHalf(f *neon.Func, b *complexes, radix int) {
	if radix != 8 {
		return
	}
	bits := neon.Pick(v.Set, uint64(math.Float32bits(math.Sqrt2/2)), math.Float64bits(math.Sqrt2/2))
	b.half = f.NewV()
	f.Scope(func() {
		r := f.NewGP()
		f.I("MOVD", fmt.Sprintf("$0x%x", bits), r)
		f.I(neon.Pick(v.Set, "FMOVS", "FMOVD"), r, b.half)
	})
	v.Broadcast(f, b.half, b.half)
}

// walk is a pair of pointers, to real and to imaginary parts, with the offset of the
// current element and the distance to the next.
type walk struct{ re, im, at, step neon.GP }

// steps are the places of a butterfly's elements.
type steps struct {
	re, im neon.GP
	at     []neon.GP // of the second to the last element, in bytes
	whole  neon.GP   // from one butterfly to the next
}

// newSteps makes them for elements that are q rows apart.
func newSteps(f *neon.Func, re, im, row string, q neon.GP, radix int) steps {
	s := steps{f.Load(re), f.Load(im), make([]neon.GP, radix-1), f.NewGP()}
	f.Reload(row, s.whole)
	for m := range s.at {
		s.at[m] = f.NewGP()
		if m == 0 {
			f.I("MUL", s.whole, q, s.at[0])
		} else {
			f.I("ADD", s.at[0], s.at[m-1], s.at[m])
		}
	}
	f.I("ADD", s.at[0], s.at[radix-2], s.whole)
	return s
}

// gather loads the elements of a butterfly.
func (s steps) gather(b complexes) []number {
	x := []number{{b.LoadAt(s.re, 0), b.LoadAt(s.im, 0)}}
	for _, at := range s.at {
		x = append(x, number{b.Load(s.re, at), b.Load(s.im, at)})
	}
	return x
}

// scatter stores them.
func (s steps) scatter(b complexes, x []number) {
	b.StoreAt(x[0].re, s.re, 0)
	b.StoreAt(x[0].im, s.im, 0)
	for m, at := range s.at {
		b.Store(x[m+1].re, s.re, at)
		b.Store(x[m+1].im, s.im, at)
	}
}

// next moves to the next butterfly.
func (s steps) next(f *neon.Func) {
	f.I("ADD", s.whole, s.re)
	f.I("ADD", s.whole, s.im)
}

// back moves from the end of n rows to the second row, with a register to spend.
func (s steps) back(f *neon.Func, row string, n, distance neon.GP) {
	f.Reload(row, distance)
	f.I("MSUB", n, distance, distance, distance) // distance - n*distance
	f.I("ADD", distance, s.re)
	f.I("ADD", distance, s.im)
}

// stage writes a stage over parts of l elements of a panel of n. Forward it is decimation
// in frequency: the transform of the elements that are l/radix apart, then their twiddles;
// inverse it is decimation in time: conjugated twiddles first. Source and result may be
// the same panel, or have rows of their own distance.
func (v target) stage(radix int, forward bool) {
	name := map[bool]string{true: "forward", false: "inverse"}[forward]
	t := v.GoType()
	f, b := v.begin(fmt.Sprintf("%s%d", name, radix), "dr *"+t, "di *"+t, "ds int", "sr *"+t, "si *"+t, "ss int", "n int", "l int", "tw *"+t)
	v.needHalf(f, &b, radix)
	tw, q, l := f.Load("tw"), f.Load("l"), f.Load("l")
	f.I("LSR", neon.Imm(map[int]int{4: 2, 8: 3}[radix]), q)
	from := newSteps(f, "sr", "si", "ss", q, radix)
	to := newSteps(f, "dr", "di", "ds", q, radix)
	left := f.NewGP()

	f.Label("column")
	f.Reload("n", left)
	f.Label("part")
	x := from.gather(b)
	if !forward {
		x = v.twiddle(b, x, tw, true)
	}
	x = b.dft(x, forward)
	if forward {
		x = v.twiddle(b, x, tw, false)
	}
	to.scatter(b, x)
	b.Flush()
	from.next(f)
	to.next(f)
	f.I("SUBS", l, left)
	f.I("BGT", "part")

	f.Advance(2*(radix-1)*v.Elem, tw)
	f.Scope(func() {
		distance := f.NewGP()
		f.Reload("n", left)
		from.back(f, "ss", left, distance)
		to.back(f, "ds", left, distance)
	})
	f.I("SUB", "$1", q)
	f.I("CBNZ", q, "column")
	f.Return()
}

// twiddle multiplies all but the first element with the factors at tw.
func (v target) twiddle(b complexes, x []number, tw neon.GP, conjugate bool) []number {
	y := []number{x[0]}
	lanes := v.twiddles(b, tw, len(x)-1)
	for k, n := range x[1:] {
		y = append(y, b.turned(n, lanes[k], conjugate))
	}
	return y
}

// factor is a complex number in two lanes of a vector.
type factor struct {
	neon.V
	lane int
}

// twiddles loads n factors, n odd, as many at once as an instruction can.
func (v target) twiddles(b complexes, tw neon.GP, n int) []factor {
	var list []factor
	for k := 0; k+2 <= n; k += 2 {
		if v.Elem == 4 {
			two := b.LoadAt(tw, 8*k)
			list = append(list, factor{two, 0}, factor{two, 2})
		} else {
			one, two := b.LoadPair(tw, 16*k)
			list = append(list, factor{one, 0}, factor{two, 0})
		}
	}
	return append(list, factor{b.LoadElements(tw, 2*(n-1)*v.Elem, 2), 0})
}

// neighbours loads rows of a panel that follow each other, two at a time.
func neighbours(b complexes, re, im neon.GP, radix int) []number {
	x := make([]number, radix)
	for m := 0; m < radix; m += 2 {
		x[m].re, x[m+1].re = b.LoadPair(re, m*neon.Width)
		x[m].im, x[m+1].im = b.LoadPair(im, m*neon.Width)
	}
	return x
}

// storeNeighbours stores them.
func storeNeighbours(b complexes, x []number, re, im neon.GP) {
	for m := 0; m < len(x); m += 2 {
		b.StorePair(x[m].re, x[m+1].re, re, m*neon.Width)
		b.StorePair(x[m].im, x[m+1].im, im, m*neon.Width)
	}
}

// overNeighbours writes a loop over groups of rows.
func overNeighbours(f *neon.Func, re, im, n neon.GP, radix int, body func()) {
	f.Label("loop")
	body()
	f.Advance(radix*neon.Width, re)
	f.Advance(radix*neon.Width, im)
	f.I("SUBS", neon.Imm(radix), n)
	f.I("BGT", "loop")
	f.Return()
}

// middle writes the last forward stage, the product with a spectrum, and the first
// inverse stage in one visit: all three work on the same neighbours. Rows of the spectrum
// are ks bytes apart.
func (v target) middle(radix int) {
	t := v.GoType()
	f, b := v.begin(fmt.Sprintf("middle%d", radix), "re *"+t, "im *"+t, "n int", "kr *"+t, "ki *"+t, "ks int")
	v.needHalf(f, &b, radix)
	re, im, n := f.Load("re"), f.Load("im"), f.Load("n")
	k := walk{f.Load("kr"), f.Load("ki"), f.NewGP(), f.Load("ks")}
	f.I("MOVD", "ZR", k.at)
	overNeighbours(f, re, im, n, radix, func() {
		x := b.dft(neighbours(b, re, im, radix), true)
		for i := range x {
			w := number{b.Load(k.re, k.at), b.Load(k.im, k.at)}
			b.I("ADD", k.step, k.at)
			x[i] = b.times(x[i], w)
		}
		storeNeighbours(b, b.dft(x, false), re, im)
		b.Flush()
	})
}

// last writes a stage of neighbours without twiddles: the last of a forward or the first
// of an inverse transform, in place. The two differ only in sign.
func (v target) last(radix int) {
	t := v.GoType()
	for _, forward := range []bool{true, false} {
		name := map[bool]string{true: "forwardLast", false: "inverseFirst"}[forward]
		f, b := v.begin(fmt.Sprintf("%s%d", name, radix), "re *"+t, "im *"+t, "n int")
		v.needHalf(f, &b, radix)
		re, im, n := f.Load("re"), f.Load("im"), f.Load("n")
		overNeighbours(f, re, im, n, radix, func() {
			storeNeighbours(b, b.dft(neighbours(b, re, im, radix), forward), re, im)
			b.Flush()
		})
	}
}
