// Command arm64 writes the assembly of package rowvec for arm64, for float32 and float64
// from one text. Every function does whole vectors only. No multiplication is fused with
// an addition, so that each gives the bits of the plain loop.
package main

import (
	"strings"

	"github.com/convkit/convkit/internal/_asm/neon"
)

func main() {
	f := neon.NewFile()
	for _, set := range neon.All() {
		v := target{set, f}
		v.sobel()
		v.fold()
		v.divide()
		v.lengths()
		v.roots()
		v.squares()
		v.absolutes()
		v.above()
		v.ridges()
		v.paint()
	}
	f.Generate()
}

// target is an element type and the file to write to.
type target struct {
	neon.Set
	file *neon.File
}

// loop is a function over n elements in progress.
type loop struct {
	f *neon.Func
	*neon.Block
	p  map[string]neon.GP // its pointers
	at neon.GP            // the offset of the current vector
}

// begin opens a function over n elements; pointers are names with commas, after which the
// parameters in more stand.
func (v target) begin(name, doc, pointers string, more ...string) loop {
	var params []string
	for _, p := range strings.Split(pointers, ", ") {
		params = append(params, p+" *"+v.GoType())
	}
	f := v.file.Func(name+v.Suffix(), doc, append(append(params, "n int"), more...)...)
	l := loop{f, v.NewBlock(f), map[string]neon.GP{}, 0}
	for _, p := range strings.Split(pointers, ", ") {
		l.p[p] = f.Load(p)
	}
	l.at = f.NewGP()
	return l
}

// each runs body for each step of so many elements.
func (v target) each(l loop, elements int, body func()) {
	left := l.f.Load("n")
	l.f.I("MOVD", "ZR", l.at)
	l.f.Label("loop")
	body()
	l.Flush()
	l.f.Advance(elements*v.Elem, l.at)
	l.f.I("SUBS", neon.Imm(elements), left)
	l.f.I("BGT", "loop")
	l.f.Return()
}

// indices are offsets of the current vector and of those so many elements on.
func (v target) indices(l loop, n int) []neon.GP {
	list := []neon.GP{l.at}
	for range n - 1 {
		list = append(list, l.f.NewGP())
	}
	return list
}

// setIndices computes them from the first.
func (v target) setIndices(f *neon.Func, at []neon.GP) {
	for k, r := range at[1:] {
		f.I("ADD", neon.Imm((k+1)*v.Elem), at[0], r)
	}
}
