// Command _asm writes the assembly of package fft: the stages of a Fourier
// transform whose columns stand side by side in the lanes of vectors, and the
// transposition of panels. One text serves AVX-512 and AVX2, float32 and
// float64.
package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
)

func main() {
	build.ConstraintExpr("amd64,!purego")
	for _, set := range isa.All() {
		v := target{set}
		for _, radix := range v.radices() {
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
	build.Generate()
}
