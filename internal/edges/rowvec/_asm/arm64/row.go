package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/neon"
)

func (v target) sobel() {
	l := v.begin("sobel", "sets x and y to the derivatives of the row here.", "x, y, above, here, below")
	at := v.indices(l, 3)
	v.each(l, v.Lanes(), func() {
		v.setIndices(l.f, at)
		m := func(s string, k int) neon.V { return l.Load(l.p[s], at[k]) }
		al, ar, bl, br := m("above", 0), m("above", 2), m("below", 0), m("below", 2)
		d := l.Sub(m("here", 2), m("here", 0))
		d = l.Add(d, d)
		l.Store(l.Add(d, l.Add(l.Sub(ar, al), l.Sub(br, bl))), l.p["x"], at[0])
		e := l.Sub(m("below", 1), m("above", 1))
		e = l.Add(e, e)
		l.Store(l.Add(e, l.Add(l.Sub(bl, al), l.Sub(br, ar))), l.p["y"], at[0])
	})
}

func (v target) divide() {
	l := v.begin("divide", "divides dst by by.", "dst, by")
	v.each(l, v.Lanes(), func() {
		l.Store(l.Div(l.Load(l.p["dst"], l.at), l.Load(l.p["by"], l.at)), l.p["dst"], l.at)
	})
}

// lengths computes in float64, whatever the elements are.
func (v target) lengths() {
	l := v.begin("lengths", "sets x to sqrt(x*x + y*y) * s.", "x, y", "s float64")
	d, s := neon.Set{Elem: 8}, l.f.NewV()
	d.Parameter(l.f, "s", s)
	b := d.NewBlock(l.f)
	length := func(x, y neon.V) neon.V { return b.Mul(b.Sqrt(b.Add(b.Mul(x, x), b.Mul(y, y))), s) }
	v.each(l, v.Lanes(), func() {
		x, y := b.Load(l.p["x"], l.at), b.Load(l.p["y"], l.at)
		if v.Elem == 8 {
			b.Store(length(x, y), l.p["x"], l.at)
		} else {
			x0, x1 := b.Widen(x)
			y0, y1 := b.Widen(y)
			b.Store(b.Narrow(length(x0, y0), length(x1, y1)), l.p["x"], l.at)
		}
		b.Flush()
	})
}

// ofTwo writes a function that sets m to what it makes of x and y.
func (v target) ofTwo(name, doc string, make func(b *neon.Block, x, y neon.V) neon.V) {
	l := v.begin(name, doc, "m, x, y")
	v.each(l, v.Lanes(), func() {
		l.Store(make(l.Block, l.Load(l.p["x"], l.at), l.Load(l.p["y"], l.at)), l.p["m"], l.at)
	})
}

func (v target) roots() {
	v.ofTwo("roots", "sets m to sqrt(x*x + y*y).", func(b *neon.Block, x, y neon.V) neon.V {
		return b.Sqrt(b.Add(b.Mul(x, x), b.Mul(y, y)))
	})
}

func (v target) squares() {
	v.ofTwo("squares", "sets m to x*x + y*y.", func(b *neon.Block, x, y neon.V) neon.V {
		return b.Add(b.Mul(x, x), b.Mul(y, y))
	})
}

func (v target) absolutes() {
	v.ofTwo("absolutes", "sets m to |x| + |y|.", func(b *neon.Block, x, y neon.V) neon.V {
		return b.Add(b.Abs(x), b.Abs(y))
	})
}

// paint compares bytes that it has widened to whole numbers as large as the elements.
func (v target) paint() {
	l := v.begin("paint", "sets dst to white where marks is mark, else to 0.", "dst", "marks *byte", "mark uint64", "white "+v.GoType())
	marks, bytes := l.f.Load("marks"), l.f.NewGP()
	white, mark := l.f.NewV(), l.f.NewV()
	v.Parameter(l.f, "white", white)
	kind := neon.Pick(v.Set, ".S4", ".D2")
	l.f.Reload("mark", bytes)
	l.f.I("VDUP", bytes, fmt.Sprintf("V%d%s", int(mark), kind))
	v.each(l, v.Lanes(), func() {
		l.f.I(neon.Pick(v.Set, "MOVWU", "MOVHU"), neon.Mem(marks, 0), bytes)
		l.f.Advance(v.Lanes(), marks)
		m := l.FromGP(bytes)
		m = l.Go("VUXTL", ".B8", ".H8", m)
		m = l.Go("VUXTL", ".H4", ".S4", m)
		if v.Elem == 8 {
			m = l.Go("VUXTL", ".S2", ".D2", m)
		}
		l.Store(l.And(l.Go("VCMEQ", kind, kind, m, mark), white), l.p["dst"], l.at)
	})
}

// fold takes four vectors at a time where it can, which hides the latency of a sum.
func (v target) fold() {
	t := v.GoType()
	f := v.file.Func("fold"+v.Suffix(), "sets dst to rows[reach]*taps[0] and adds (rows[reach-k]+rows[reach+k])*taps[k], k from reach down to 1.",
		"dst *"+t, "n int", "rows **"+t, "taps *"+t, "reach int")
	dst, left, rows, taps, reach := f.Load("dst"), f.Load("n"), f.Load("rows"), f.Load("taps"), f.Load("reach")
	at, row, other := f.NewGP(), f.NewGP(), f.NewGP()
	k, first, last, tapAt, middle := f.NewGP(), f.NewGP(), f.NewGP(), f.NewGP(), f.NewGP()
	f.I("MOVD", "ZR", at)
	f.I("ADD", fmt.Sprintf("%v<<3", reach), rows, middle)
	tap := f.NewV()
	loop := func(label string, wide int, after string) {
		sums, x, y := f.NewVs(wide), f.NewVs(wide), f.NewVs(wide)
		f.Label(label)
		f.I("CMP", neon.Imm(wide*v.Lanes()), left)
		f.I("BLT", after)
		v.LoadElement(f, taps, 0, tap)
		f.I("MOVD", neon.Mem(middle, 0), row)
		f.I("ADD", at, row)
		f.LoadAll(row, 0, x)
		for i := range sums {
			v.MulLane(f, x[i], tap, 0, sums[i])
		}
		f.I("MOVD", reach, k)
		f.I("MOVD", rows, first)
		f.I("ADD", fmt.Sprintf("%v<<3", reach), middle, last)
		f.I("ADD", fmt.Sprintf("%v<<%d", reach, neon.Pick(v.Set, 2, 3)), taps, tapAt)
		f.Label(label + "taps")
		f.I("CBZ", k, label+"store")
		v.LoadElement(f, tapAt, 0, tap)
		f.I("MOVD", neon.Mem(first, 0), row)
		f.I("MOVD", neon.Mem(last, 0), other)
		f.I("ADD", at, row)
		f.I("ADD", at, other)
		f.LoadAll(row, 0, x)
		f.LoadAll(other, 0, y)
		for i := range sums {
			v.Add(f, x[i], y[i], x[i])
			v.MulLane(f, x[i], tap, 0, x[i])
			v.Add(f, sums[i], x[i], sums[i])
		}
		f.Advance(8, first)
		f.I("SUB", "$8", last)
		f.I("SUB", neon.Imm(v.Elem), tapAt)
		f.I("SUB", "$1", k)
		f.I("B", label+"taps")
		f.Label(label + "store")
		f.I("ADD", at, dst, row)
		f.StoreAll(sums, row, 0)
		f.Advance(wide*neon.Width, at)
		f.I("SUB", neon.Imm(wide*v.Lanes()), left)
		f.I("B", label)
	}
	f.Scope(func() { loop("four", 4, "one") })
	f.Scope(func() { loop("one", 1, "done") })
	f.Label("done")
	f.Return()
}
