// Command arm64 writes the assembly of package vec for arm64: for float32 and float64,
// from one text, the functions that compute a strip of a correlation. The sums have the
// order and the fused operations of those for amd64, so the bits are the same.
package main

import "github.com/convkit/convkit/internal/_asm/neon"

func main() {
	f := neon.NewFile()
	for _, set := range neon.All() {
		for _, rows := range []int{4, 2, 1} {
			for taps := 1; taps <= rows; taps++ {
				newStrip(f, set, rows, taps, false).generate()
			}
		}
		for channels := 2; channels <= 4; channels++ {
			newStrip(f, set, channels, 1, true).generate()
		}
		generateLook(f, set)
		generatePeak(f, set)
	}
	f.Generate()
}
