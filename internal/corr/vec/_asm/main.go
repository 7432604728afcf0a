// Command _asm writes the assembly of package vec: for each instruction set and
// element type, the functions that compute a strip of a correlation.
//
// One text serves AVX-512 and AVX2, float32 and float64: an isa says how wide
// a vector is and how its remainder is masked, and everything else is the same.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
)

func main() {
	build.ConstraintExpr("amd64,!purego")
	for _, v := range []isa{
		newISA("AVX512", 64, 4), newISA("AVX512", 64, 8),
		newISA("AVX2", 32, 4), newISA("AVX2", 32, 8),
	} {
		for _, rows := range []int{4, 2, 1} {
			for taps := 1; taps <= rows; taps++ {
				newStrip(v, rows, taps).generate()
				if rows == 4 && v.set == "AVX512" {
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

// name is a function's name: strip4x2AVX512f32 works on strips of 4 rows with
// kernels of 2 rows.
func (v isa) name(what string, numbers ...any) string {
	return fmt.Sprintf(what, numbers...) + v.set + fmt.Sprintf("f%d", 8*v.elem)
}
