// Command arm64 writes the assembly of package rowvec for arm64: eight elements at a
// time, two vectors of float32 and four of float64.
package main

import "github.com/convkit/convkit/internal/_asm/neon"

var double, single = neon.Set{Elem: 8}, neon.Set{Elem: 4}

func main() {
	f := neon.NewFile()
	step(f)
	normalise(f)
	f.Generate()
}

func step(file *neon.File) {
	f := file.Func("stepNEON", "is stepGo for blocks of eight elements, at least one.",
		"sums *float64", "squares *float64", "in *float32", "out *float32", "blocks int")
	sums, squares, in, out, blocks := f.Load("sums"), f.Load("squares"), f.Load("in"), f.Load("out"), f.Load("blocks")
	b := double.NewBlock(f)
	f.Label("loop")
	for h := range 2 {
		x, y := b.LoadAt(in, 16*h), b.LoadAt(out, 16*h)
		x0, x1 := b.Widen(x)
		y0, y1 := b.Widen(y)
		s0, s1 := b.LoadPair(sums, 32*h)
		b.StorePair(b.Add(s0, b.Sub(x0, y0)), b.Add(s1, b.Sub(x1, y1)), sums, 32*h)
		q0, q1 := b.LoadPair(squares, 32*h)
		square := func(x, y, q neon.V) neon.V { return b.Add(q, b.Sub(b.Mul(x, x), b.Mul(y, y))) }
		b.StorePair(square(x0, y0, q0), square(x1, y1, q1), squares, 32*h)
	}
	b.Flush()
	f.Advance(64, sums)
	f.Advance(64, squares)
	f.Advance(32, in)
	f.Advance(32, out)
	f.I("SUB", "$1", blocks)
	f.I("CBNZ", blocks, "loop")
	f.Return()
}

// constant fills a new vector with a number that is whole in its few bits.
func constant(f *neon.Func, s neon.Set, bits string) neon.V {
	v := f.NewV()
	f.Scope(func() {
		r := f.NewGP()
		f.I("MOVD", bits, r)
		f.I(neon.Pick(s, "FMOVS", "FMOVD"), r, v)
	})
	s.Broadcast(f, v, v)
	return v
}

func normalise(file *neon.File) {
	f := file.Func("normaliseNEON", "is normaliseGo for blocks of eight elements, at least one; mins gets the smallest variances of two lanes, and then the smallest positive ones.",
		"out *float32", "cross *float32", "variance *float64", "scale float32", "blocks int", "mins *float64")
	out, cross, variance, blocks := f.Load("out"), f.Load("cross"), f.Load("variance"), f.Load("blocks")
	scale, zero := f.NewV(), f.NewV()
	single.Parameter(f, "scale", scale)
	f.Zero(zero)
	top, bottom := constant(f, single, "$0x3f800000"), constant(f, single, "$0xbf800000")
	inf := constant(f, double, "$0x7ff0000000000000")
	low, least := f.NewV(), f.NewV()
	f.Move(inf, low)
	f.Move(inf, least)
	d, s := double.NewBlock(f), single.NewBlock(f)
	f.Label("loop")
	var halves [2]neon.V
	for h := range halves {
		halves[h] = f.NewV()
		v0, v1 := d.LoadPair(variance, 32*h)
		for _, v := range []neon.V{v0, v1} {
			d.Least(low, v)
			positive := d.Greater(v, zero)
			d.Least(least, d.Or(d.And(v, positive), d.AndNot(inf, positive)))
		}
		d.MoveTo(halves[h], d.Narrow(v0, v1))
		d.Flush()
	}
	c0, c1 := s.LoadPair(cross, 0)
	score := func(c, v neon.V) neon.V {
		q := s.Div(s.Mul(c, scale), s.Sqrt(v))
		return s.AndNot(s.Max(s.Min(q, top), bottom), s.GreaterEqual(zero, v))
	}
	s.StorePair(score(c0, halves[0]), score(c1, halves[1]), out, 0)
	s.Flush()
	f.Advance(32, out)
	f.Advance(32, cross)
	f.Advance(64, variance)
	f.I("SUB", "$1", blocks)
	f.I("CBNZ", blocks, "loop")
	f.StoreAll([]neon.V{low, least}, f.Load("mins"), 0)
	f.Return()
}
