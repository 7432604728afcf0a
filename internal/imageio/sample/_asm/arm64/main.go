// Command arm64 writes the assembly of package sample for arm64, for float32 and float64
// from one text. Every function does 32 samples at a time; the caller does what is left
// over. Each operation is rounded by itself, so that each gives the bits of the plain loop.
package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/neon"
)

func main() {
	f := neon.NewFile()
	for _, set := range neon.All() {
		v := target{set, f}
		for _, s := range []stored{{"8", 1, false}, {"16LE", 2, false}, {"16BE", 2, true}} {
			v.widen(s)
			v.narrow(s)
		}
	}
	f.Generate()
}

// target is an element type and the file to write to.
type target struct {
	neon.Set
	file *neon.File
}

// stored says how a sample lies in its bytes.
type stored struct {
	name string
	size int
	swap bool // the high byte first
}

// block is the number of samples that a turn of a loop does, group of those that one
// vector of bytes gives.
const block, group = 32, 16

// loop writes a loop over n samples, in blocks.
func (v target) loop(f *neon.Func, body func()) {
	left := f.Load("n")
	f.Label("loop")
	body()
	f.I("SUBS", neon.Imm(block), left)
	f.I("BGT", "loop")
}

// widen writes a function that divides unsigned samples by full: dst[i] = T(src[i]) / full.
func (v target) widen(s stored) {
	doc := "divides n samples by full; n is a multiple of 32."
	f := v.file.Func(fmt.Sprintf("widen%sTo%d", s.name, 8*v.Elem), doc, "dst *"+v.GoType(), "src *byte", "n int", "full "+v.GoType())
	dst, src, full := f.Load("dst"), f.Load("src"), f.NewV()
	v.Parameter(f, "full", full)
	v.loop(f, func() {
		for at := 0; at < block; at += group {
			b := v.NewBlock(f)
			var numbers []neon.V
			for _, halves := range v.halfwords(b, s, src, at) {
				for _, words := range []neon.V{b.Go("VUXTL", ".H4", ".S4", halves), b.Go("VUXTL2", ".H8", ".S4", halves)} {
					for _, whole := range v.whole(b, words) {
						numbers = append(numbers, b.Div(b.FromUint(whole), full))
					}
				}
			}
			for i := 0; i < len(numbers); i += 2 {
				b.StorePair(numbers[i], numbers[i+1], dst, at*v.Elem+i*neon.Width)
			}
			b.Flush()
		}
		f.Advance(block*s.size, src)
		f.Advance(block*v.Elem, dst)
	})
	f.Return()
}

// halfwords reads the samples of a group as two vectors of 16 bits each.
func (v target) halfwords(b *neon.Block, s stored, src neon.GP, at int) []neon.V {
	if s.size == 1 {
		x := b.LoadAt(src, at)
		return []neon.V{b.Go("VUXTL", ".B8", ".H8", x), b.Go("VUXTL2", ".B16", ".H8", x)}
	}
	x, y := b.LoadPair(src, 2*at)
	if s.swap {
		x, y = b.Go("VREV16", ".B16", ".B16", x), b.Go("VREV16", ".B16", ".B16", y)
	}
	return []neon.V{x, y}
}

// whole gives four whole numbers of 32 bits the size of an element.
func (v target) whole(b *neon.Block, words neon.V) []neon.V {
	if v.Elem == 4 {
		return []neon.V{words}
	}
	return []neon.V{b.Go("VUXTL", ".S2", ".D2", words), b.Go("VUXTL2", ".S4", ".D2", words)}
}

// narrow writes a function that makes samples: the whole part of
// ((v & mask) - lo)*scale + shift, clipped to 0..full, NaN to 0. It returns how many did
// not have to be clipped, and how many are NaN.
func (v target) narrow(s stored) {
	t := v.GoType()
	doc := "makes n samples of numbers; n is a multiple of 32."
	f := v.file.Func(fmt.Sprintf("narrow%dTo%s", 8*v.Elem, s.name), doc,
		"dst *byte", "src *"+t, "n int", "full "+t, "lo "+t, "scale "+t, "shift "+t, neon.Pick(v.Set, "mask uint32", "mask uint64"), "->", "good int", "nan int")
	dst, src := f.Load("dst"), f.Load("src")
	p := map[string]neon.V{}
	for _, name := range []string{"full", "lo", "scale", "shift", "mask"} {
		p[name] = f.NewV()
		v.Parameter(f, name, p[name])
	}
	p["top"], p["zero"], p["good"], p["numbers"] = f.NewV(), f.NewV(), f.NewV(), f.NewV()
	one := neon.Pick(v.Set, "FMOVS", "FMOVD")
	f.I(one, "$(1.0)", p["top"])
	v.Broadcast(f, p["top"], p["top"])
	v.Add(f, p["top"], p["full"], p["top"])
	for _, name := range []string{"zero", "good", "numbers"} {
		f.Zero(p[name])
	}
	v.loop(f, func() {
		for at := 0; at < block; at += group {
			b := v.NewBlock(f)
			halves := make([]neon.V, 2)
			for i := range halves {
				low := v.words(b, p, src, (at+8*i)*v.Elem)
				high := v.words(b, p, src, (at+8*i+4)*v.Elem)
				halves[i] = b.Go("VUZP1", ".H8", ".H8", low, high)
			}
			switch {
			case s.size == 1:
				b.StoreAt(b.Go("VUZP1", ".B16", ".B16", halves[0], halves[1]), dst, at)
			case s.swap:
				b.StorePair(b.Go("VREV16", ".B16", ".B16", halves[0]), b.Go("VREV16", ".B16", ".B16", halves[1]), dst, 2*at)
			default:
				b.StorePair(halves[0], halves[1], dst, 2*at)
			}
			b.Flush()
		}
		f.Advance(block*s.size, dst)
		f.Advance(block*v.Elem, src)
	})
	v.total(f, p["good"], "good")
	v.total(f, p["numbers"], "numbers")
	f.Return()
}

// words makes four samples of 32 bits, and counts.
func (v target) words(b *neon.Block, p map[string]neon.V, src neon.GP, at int) neon.V {
	var list []neon.V
	for i := range 4 / v.Lanes() {
		x := b.And(b.LoadAt(src, at+i*neon.Width), p["mask"])
		b.Count(p["numbers"], b.Equal(x, x))
		y := b.Add(b.Mul(b.Sub(x, p["lo"]), p["scale"]), p["shift"])
		b.Count(p["good"], b.And(b.GreaterEqual(y, p["zero"]), b.Greater(p["top"], y)))
		y = b.And(y, b.Equal(y, y)) // NaN becomes 0
		list = append(list, b.ToUint(b.Min(b.Max(y, p["zero"]), p["full"])))
	}
	if len(list) == 1 {
		return list[0]
	}
	return b.Go("VUZP1", ".S4", ".S4", list[0], list[1])
}

// total stores the sum of the lanes of a counter. That of numbers is taken off n.
func (v target) total(f *neon.Func, counter neon.V, name string) {
	f.Scope(func() {
		r, n := f.NewGP(), f.NewGP()
		if v.Elem == 4 {
			f.I("VADDV", fmt.Sprintf("V%d.S4", int(counter)), fmt.Sprintf("V%d", int(counter)))
		} else {
			f.I("VADDP", fmt.Sprintf("V%d.D2", int(counter)), fmt.Sprintf("V%d.D2", int(counter)), fmt.Sprintf("V%d.D2", int(counter)))
		}
		f.I(neon.Pick(v.Set, "FMOVS", "FMOVD"), counter, r)
		if name == "numbers" {
			f.Reload("n", n)
			f.I("SUB", r, n, r)
			name = "nan"
		}
		f.I("MOVD", r, f.Param(name))
	})
}
