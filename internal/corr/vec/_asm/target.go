package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
)

// target is an instruction set with an element type, and the tile it computes.
type target struct {
	isa.Set
	across int // vectors side by side in a tile: what the registers hold
}

func newTarget(set isa.Set) target {
	if set.Name == "AVX2" {
		return target{set, 3} // 4 x 3 sums, 3 inputs and a tap are 16 registers
	}
	return target{set, 4}
}

// name is a function's name: strip4x2AVX512f32 works on strips of 4 rows with
// kernels of 2 rows.
func (v target) name(what string, numbers ...any) string {
	return fmt.Sprintf(what, numbers...) + v.Suffix()
}
