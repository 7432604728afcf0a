package main

import "github.com/convkit/convkit/internal/_asm/neon"

// word is how many elements give one word of bits.
const word = 64

// above fills a word of 64 bits at a time.
func (v target) above() {
	l := v.begin("above", "sets bit i of bits where m[i] > low; n is a multiple of 64.", "m", "bits *uint64", "low "+v.GoType())
	bits, low, m := l.f.Load("bits"), l.f.NewV(), l.f.NewGP()
	v.Parameter(l.f, "low", low)
	weights := l.f.Weights()
	v.each(l, word, func() {
		l.f.I("ADD", l.at, l.p["m"], m)
		w := l.NewWord(weights)
		for i := 0; i < word/v.Lanes(); i += 2 {
			x, y := l.LoadPair(m, i*neon.Width)
			w.Add(l.Greater(x, low))
			w.Add(l.Greater(y, low))
		}
		l.StoreWord(w.Value(), bits, 0)
		l.Flush()
		l.f.Advance(8, bits)
	})
}

// ridges is the whole rule of OpenCV's Canny, a word of 64 elements at a time.
func (v target) ridges() {
	t := v.GoType()
	l := v.begin("ridges", "sets bit i of bits where m is above low and a ridge; n is a multiple of 64.", "x, y, above, here, below", "bits *uint64", "low "+t, "tan "+t)
	bits, low, tan, one := l.f.Load("bits"), l.f.NewV(), l.f.NewV(), l.f.NewV()
	v.Parameter(l.f, "low", low)
	v.Parameter(l.f, "tan", tan)
	l.f.Scope(func() { // 2^15
		r := l.f.NewGP()
		l.f.I("MOVD", neon.Pick(v.Set, "$0x47000000", "$0x40e0000000000000"), r)
		l.f.I(neon.Pick(v.Set, "FMOVS", "FMOVD"), r, one)
	})
	v.Broadcast(l.f, one, one)
	weights := l.f.Weights()
	at := v.indices(l, 3)
	at[0] = l.f.NewGP()
	v.each(l, word, func() {
		l.I("MOVD", l.at, at[0])
		w := l.NewWord(weights)
		for range word / v.Lanes() {
			for k, r := range at[1:] {
				l.I("ADD", neon.Imm((k+1)*v.Elem), at[0], r)
			}
			w.Add(v.ridge(l, at, low, tan, one))
			l.I("ADD", neon.Imm(neon.Width), at[0])
		}
		l.StoreWord(w.Value(), bits, 0)
		l.Flush()
		l.f.Advance(8, bits)
	})
}

// ridge is the mask of one vector.
func (v target) ridge(l loop, at []neon.GP, low, tan, one neon.V) neon.V {
	load := func(s string, k int) neon.V { return l.Load(l.p[s], at[k]) }
	m, x, y := load("here", 1), load("x", 0), load("y", 0)
	ax, ay := l.Abs(x), l.Abs(y)
	flat := l.Mul(ax, tan)
	along := l.Greater(flat, l.Mul(ay, one))                        // along x
	across := l.Greater(l.Mul(l.Sub(ay, l.Add(ax, ax)), one), flat) // along y
	sides := func(strict bool, before, behind neon.V) neon.V {
		second := l.GreaterEqual
		if strict {
			second = l.Greater
		}
		return l.And(l.Greater(m, before), second(m, behind))
	}
	ridge := l.And(along, sides(false, load("here", 0), load("here", 2)))
	ridge = l.Or(ridge, l.And(across, sides(false, load("above", 1), load("below", 1))))
	// The sign of the product tells the diagonals apart, where neither is 0.
	rising := l.Negative(l.Xor(x, y))
	falls := sides(true, load("above", 0), load("below", 2))
	rises := sides(true, load("above", 2), load("below", 0))
	diagonal := l.Or(l.And(rising, rises), l.AndNot(falls, rising))
	ridge = l.Or(ridge, l.AndNot(l.AndNot(diagonal, along), across))
	return l.And(ridge, l.Greater(m, low))
}
