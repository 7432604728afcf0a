package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/neon"
)

// width is the number of sums in a row of a tile, as in package lagvec.
const width = 32

// Rows and columns of the tiles in registers.
const (
	gramRows, gramCols     = 4, 8
	singleRows, singleCols = 12, 8
)

// outerSums is acc[r*32+c] = Σ a[i*stride+r]*b[i*stride+c] over i < n.
func outerSums(file *neon.File) {
	outer(file, double, "outerSumsNEON", gramRows, gramCols)
}

// outerSingles is outerSums in float32.
func outerSingles(file *neon.File) {
	outer(file, single, "outerSinglesNEON", singleRows, singleCols)
}

// outer writes the sums of a tile: each vector of b is loaded once for all rows, each
// vector of a once for all columns.
func outer(file *neon.File, s neon.Set, name string, rows, cols int) {
	t := s.GoType()
	f := file.Func(name, fmt.Sprintf("sets acc[r*%d+c] to the sum of a[i*stride+r]*b[i*stride+c] over i < n, n > 0, for r < %d and c < %d.", width, rows, cols),
		"acc *"+t, "a *"+t, "b *"+t, "stride int", "n int")
	a, b, stride, n := f.Load("a"), f.Load("b"), f.Load("stride"), f.Load("n")
	f.I("LSL", neon.Imm(neon.Pick(s, 2, 3)), stride)
	sums := make([][]neon.V, rows)
	for r := range sums {
		sums[r] = f.NewVs(cols / s.Lanes())
		for _, v := range sums[r] {
			f.Zero(v)
		}
	}
	va, vb := f.NewVs(rows/s.Lanes()), f.NewVs(cols/s.Lanes())
	f.Label("window")
	f.LoadAll(a, 0, va)
	f.LoadAll(b, 0, vb)
	for r := range sums {
		for c, v := range vb {
			s.MulAddLane(f, v, va[r/s.Lanes()], r%s.Lanes(), sums[r][c])
		}
	}
	f.I("ADD", stride, a)
	f.I("ADD", stride, b)
	f.I("SUB", "$1", n)
	f.I("CBNZ", n, "window")
	out := f.Load("acc")
	for r := range sums {
		f.StoreAll(sums[r], out, r*width*s.Elem)
	}
	f.Return()
}

// addSingles is dst[r*ds+c] += f*acc[r*32+c] for r < 12 and c < 32, acc in float32.
func addSingles(file *neon.File) {
	f := file.Func("addSinglesNEON", "adds f*acc[r*32+c] to dst[r*ds+c] for r < 12 and c < 32.",
		"dst *float64", "ds int", "acc *float32", "f float64")
	dst, ds, acc, rows := f.Load("dst"), f.Load("ds"), f.Load("acc"), f.NewGP()
	f.I("LSL", "$3", ds)
	factor := f.NewV()
	f.I("FMOVD", f.Param("f"), factor)
	f.I("MOVD", neon.Imm(singleRows), rows)
	in, wide, sums := f.NewVs(2), f.NewVs(4), f.NewVs(4)
	f.Label("row")
	for c := 0; c < width; c += 8 {
		f.LoadAll(acc, 4*c, in)
		f.LoadAll(dst, 8*c, sums)
		for i, v := range in {
			f.WidenLow(v, wide[2*i])
			f.WidenHigh(v, wide[2*i+1])
		}
		for i, v := range wide {
			double.MulAddLane(f, v, factor, 0, sums[i])
		}
		f.StoreAll(sums, dst, 8*c)
	}
	f.I("ADD", ds, dst)
	f.Advance(4*width, acc)
	f.I("SUB", "$1", rows)
	f.I("CBNZ", rows, "row")
	f.Return()
}
