package main

import "github.com/convkit/convkit/internal/_asm/neon"

// transpose writes the transposition of blocks of lanes x lanes elements. Rows of the
// source are ss bytes apart and its blocks sb; likewise the result.
func (v target) transpose() {
	t := v.GoType()
	f, b := v.begin("transpose", "dst *"+t, "ds int", "db int", "src *"+t, "ss int", "sb int", "blocks int")
	from := walk{f.Load("src"), 0, f.NewGP(), f.Load("ss")}
	to := walk{f.Load("dst"), 0, f.NewGP(), f.Load("ds")}
	sb, db, blocks := f.Load("sb"), f.Load("db"), f.Load("blocks")
	f.Label("loop")
	f.I("MOVD", "ZR", from.at)
	f.I("MOVD", "ZR", to.at)
	x := make([]neon.V, v.Lanes())
	for i := range x {
		x[i] = b.Load(from.re, from.at)
		b.I("ADD", from.step, from.at)
	}
	for i := 0; i < len(x); i += 2 {
		x[i], x[i+1] = b.Interleave(x[i], x[i+1], v.Elem)
	}
	if len(x) == 4 {
		x[0], x[2] = b.Interleave(x[0], x[2], 8)
		x[1], x[3] = b.Interleave(x[1], x[3], 8)
	}
	for _, row := range x {
		b.Store(row, to.re, to.at)
		b.I("ADD", to.step, to.at)
	}
	b.Flush()
	f.I("ADD", sb, from.re)
	f.I("ADD", db, to.re)
	f.I("SUB", "$1", blocks)
	f.I("CBNZ", blocks, "loop")
	f.Return()
}

// store writes the copy of whole vectors of a panel to rows ds bytes apart, with the bias
// added.
func (v target) store() {
	t := v.GoType()
	f, b := v.begin("store", "dst *"+t, "ds int", "src *"+t, "rows int", "bias "+t)
	to := walk{f.Load("dst"), 0, f.NewGP(), f.Load("ds")}
	src, rows, bias, at := f.Load("src"), f.Load("rows"), f.NewV(), f.NewGP()
	v.Parameter(f, "bias", bias)
	f.I("MOVD", "ZR", to.at)
	f.I("MOVD", "ZR", at)
	f.Label("loop")
	b.Store(b.Add(b.Load(src, at), bias), to.re, to.at)
	b.Flush()
	f.Advance(neon.Width, at)
	f.I("ADD", to.step, to.at)
	f.I("SUB", "$1", rows)
	f.I("CBNZ", rows, "loop")
	f.Return()
}

// addProducts writes a += z*k, complex, for n elements, a multiple of the lanes.
func (v target) addProducts() {
	f, b := v.begin("addProducts", v.list([]string{"ar", "ai", "zr", "zi", "kr", "ki"}, "n")...)
	a := walk{re: f.Load("ar"), im: f.Load("ai"), at: f.NewGP()}
	zr, zi, kr, ki, n := f.Load("zr"), f.Load("zi"), f.Load("kr"), f.Load("ki"), f.Load("n")
	f.I("MOVD", "ZR", a.at)
	f.Label("loop")
	z, k := number{b.Load(zr, a.at), b.Load(zi, a.at)}, number{b.Load(kr, a.at), b.Load(ki, a.at)}
	b.Store(b.SubMul(b.AddMul(b.Load(a.re, a.at), z.re, k.re), z.im, k.im), a.re, a.at)
	b.Store(b.AddMul(b.AddMul(b.Load(a.im, a.at), z.re, k.im), z.im, k.re), a.im, a.at)
	b.Flush()
	f.Advance(neon.Width, a.at)
	f.I("SUBS", neon.Imm(v.Lanes()), n)
	f.I("BGT", "loop")
	f.Return()
}

// multiply writes dst = a*b for rows of one vector. Those of dst are a panel, those of a
// and b stand as and bs bytes apart.
func (v target) multiply() {
	t := v.GoType()
	f, b := v.begin("multiply", "dst *"+t, "a *"+t, "as int", "b *"+t, "bs int", "rows int")
	dst, x, y, at := f.Load("dst"), f.Load("a"), f.Load("b"), f.NewGP()
	xs, ys, rows, xAt, yAt := f.Load("as"), f.Load("bs"), f.Load("rows"), f.NewGP(), f.NewGP()
	for _, r := range []neon.GP{at, xAt, yAt} {
		f.I("MOVD", "ZR", r)
	}
	f.Label("row")
	b.Store(b.Mul(b.Load(x, xAt), b.Load(y, yAt)), dst, at)
	b.Flush()
	f.Advance(neon.Width, at)
	f.I("ADD", xs, xAt)
	f.I("ADD", ys, yAt)
	f.I("SUB", "$1", rows)
	f.I("CBNZ", rows, "row")
	f.Return()
}
