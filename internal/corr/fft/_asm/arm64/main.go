// Command arm64 writes the assembly of package fft for arm64, for float32 and float64
// from one text: the stages of a Fourier transform whose columns stand side by side in
// the lanes of vectors, and the transposition of panels.
package main

import "github.com/convkit/convkit/internal/_asm/neon"

// target is an element type and the file to write to.
type target struct {
	neon.Set
	file *neon.File
}

func main() {
	f := neon.NewFile()
	for _, set := range neon.All() {
		v := target{set, f}
		for _, radix := range []int{4, 8} {
			v.stage(radix, true)
			v.stage(radix, false)
			v.middle(radix)
			v.last(radix)
		}
		v.transpose()
		v.store()
		v.addProducts()
		v.multiply()
	}
	f.Generate()
}

// list gives names, which stand before a blank, a type: pointers to elements, or int.
func (v target) list(pointers []string, numbers ...string) []string {
	var list []string
	for _, p := range pointers {
		list = append(list, p+" *"+v.GoType())
	}
	for _, n := range numbers {
		list = append(list, n+" int")
	}
	return list
}
