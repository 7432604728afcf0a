// Command arm64 writes the assembly of package lagvec for arm64. Sums have the eight
// lanes of those for amd64 and their order, so the bits are the same.
package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/neon"
)

// The elements are float64, but for the sums of singles.
var double, single = neon.Set{Elem: 8}, neon.Set{Elem: 4}

// halves is the number of vectors in a block of eight lanes.
const halves = 4

func main() {
	f := neon.NewFile()
	dotLags(f, 6)
	dotLags(f, 4)
	outerLags(f)
	outerSums(f)
	outerSingles(f)
	addSingles(f)
	f.Generate()
}

// dotLags is acc[k] = Σ a[i]*b[i+k] over i < n. A vector of b serves the lags k and k+2
// and so on, each with the next vector of a, so that a block takes few loads.
func dotLags(file *neon.File, lags int) {
	f := file.Func(fmt.Sprintf("dotLags%dNEON", lags), fmt.Sprintf("sets acc[k] to the sum of a[i]*b[i+k] over i < n, for k < %d.", lags),
		"acc *float64", "a *float64", "b *float64", "n int")
	a, b, n := f.Load("a"), f.Load("b"), f.Load("n")
	var acc [halves][]neon.V
	for h := range acc {
		acc[h] = f.NewVs(lags)
		for _, v := range acc[h] {
			f.Zero(v)
		}
	}
	va, vb := f.NewVs(halves), f.NewVs(2)
	f.I("SUBS", "$8", n)
	f.I("BLT", "tail")
	f.Label("loop")
	f.LoadAll(a, 0, va)
	for first := 0; first < lags+2*(halves-1); first++ {
		if first/2%2 != 0 { // its vector came with the one two elements before
			continue
		}
		two := min(2, (lags+2*(halves-1)-first+1)/2)
		f.LoadAll(b, 8*first, vb[:two])
		for i, v := range vb[:two] {
			for h := range halves {
				if k := first + 2*i - 2*h; 0 <= k && k < lags {
					double.MulAdd(f, va[h], v, acc[h][k])
				}
			}
		}
	}
	f.Advance(64, a)
	f.Advance(64, b)
	f.I("SUBS", "$8", n)
	f.I("BGE", "loop")
	f.Label("tail")
	f.I("ADDS", "$8", n)
	f.I("BEQ", "sum")
	for h := range halves {
		one := f.NewLabel("one")
		f.I("CMP", "$2", n)
		f.I("BLT", one)
		f.LoadV(a, 16*h, va[0])
		for k, sum := range acc[h] {
			f.LoadV(b, 16*h+8*k, vb[0])
			double.MulAdd(f, va[0], vb[0], sum)
		}
		f.I("SUBS", "$2", n)
		f.I("BEQ", "sum")
		next := f.NewLabel("next")
		f.I("B", next)
		f.Label(one)
		double.LoadElement(f, a, 16*h, va[0])
		for k, sum := range acc[h] {
			double.LoadElement(f, b, 16*h+8*k, vb[0])
			double.MulAdd(f, va[0], vb[0], sum)
		}
		f.I("B", "sum")
		f.Label(next)
	}
	f.Label("sum")
	out := f.Load("acc")
	for k := range lags {
		// The halves of eight lanes, then of four, then of two.
		double.Add(f, acc[0][k], acc[2][k], acc[0][k])
		double.Add(f, acc[1][k], acc[3][k], acc[1][k])
		double.Add(f, acc[0][k], acc[1][k], acc[0][k])
		f.AddPair(acc[0][k], acc[0][k])
		double.StoreElement(f, acc[0][k], out, 8*k)
	}
	f.Return()
}

// outerLags is dst[q*8*blocks+k] += a[q]*b[q+k] for q < n and k < 8*blocks.
func outerLags(file *neon.File) {
	f := file.Func("outerLagsNEON", "adds a[q]*b[q+k] to dst[q*8*blocks+k] for q < n and k < 8*blocks.",
		"dst *float64", "a *float64", "n int", "b *float64", "blocks int")
	dst, a, n, b, blocks := f.Load("dst"), f.Load("a"), f.Load("n"), f.Load("b"), f.Load("blocks")
	at, left := f.NewGP(), f.NewGP()
	factor, x, sums := f.NewV(), f.NewVs(halves), f.NewVs(halves)
	f.Label("row")
	double.LoadElement(f, a, 0, factor)
	f.I("MOVD", b, at)
	f.I("MOVD", blocks, left)
	f.Label("block")
	f.LoadAll(at, 0, x)
	f.LoadAll(dst, 0, sums)
	for h := range halves {
		double.MulAddLane(f, x[h], factor, 0, sums[h])
	}
	f.StoreAll(sums, dst, 0)
	f.Advance(64, at)
	f.Advance(64, dst)
	f.I("SUB", "$1", left)
	f.I("CBNZ", left, "block")
	f.Advance(8, a)
	f.Advance(8, b)
	f.I("SUB", "$1", n)
	f.I("CBNZ", n, "row")
	f.Return()
}
