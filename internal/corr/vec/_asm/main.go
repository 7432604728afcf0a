// Command _asm writes the assembly of package vec: for each instruction set and
// element type, the functions that compute a strip of a correlation.
//
// One text serves AVX-512 and AVX2, float32 and float64: an isa.Set says how wide
// a vector is and how its remainder is masked, and everything else is the same.
package main

import (
	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/build"
)

func main() {
	build.ConstraintExpr("amd64,!purego")
	for _, set := range isa.All() {
		v := newTarget(set)
		for _, rows := range []int{4, 2, 1} {
			for taps := 1; taps <= rows; taps++ {
				newStrip(v, rows, taps).generate()
				if rows == 4 && v.Name == "AVX512" {
					s := newStrip(v, rows, taps)
					s.slides = true
					s.generate()
				}
			}
		}
		for rows := 2; rows <= 4; rows++ {
			s := newStrip(v, rows, 1)
			s.mixes = true
			s.generate()
		}
		generateLook(v)
		generatePeak(v)
	}
	build.Generate()
}
