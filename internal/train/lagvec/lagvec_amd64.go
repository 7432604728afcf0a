//go:build amd64 && !purego

package lagvec

import (
	"github.com/convkit/convkit/internal/corr/vec"
	"golang.org/x/sys/cpu"
)

var hasVNNI = cpu.X86.HasAVX512VNNI && cpu.X86.HasAVX512F

func dotLagsFast(acc []float64, rows, lags int, a []float64, stride, n int, b []float64) bool {
	switch vec.Name() {
	case "avx512":
		for r := 0; r < rows; {
			// Three rows use the loads of b best; one alone is as slow as two.
			m := min(3, rows-r)
			if rows-r == 4 {
				m = 2
			}
			dotRows512(acc[r*lags:], m, lags, a[r*stride:], stride, n, b)
			r += m
		}
	case "avx2":
		var out [5]float64
		for r := range rows {
			for k := 0; k < lags; k += 5 {
				dotLags1x5AVX2(&out[0], &a[r*stride], &b[:cap(b)][k], n)
				copy(acc[r*lags+k:r*lags+lags], out[:])
			}
		}
	default:
		return false
	}
	return true
}

// dotRows512 does one to three rows: lags by eight, and the rest by five or one,
// where that wastes fewer than eight would (of the 2kw−1 lags of an odd kernel
// none, for most kw).
func dotRows512(acc []float64, rows, lags int, a []float64, stride, n int, b []float64) {
	var out [24]float64
	b = b[:cap(b)]
	for k := 0; k < lags; {
		width := 8
		switch rest := lags - k; {
		case rest == 1:
			width = 1
		case rest <= 5 || rest == 10 || rest == 13:
			width = 5
		}
		dotTile512(out[:], rows, width, a, stride, n, b[k:])
		for r := range rows {
			copy(acc[r*lags+k:(r+1)*lags], out[r*width:(r+1)*width])
		}
		k += width
	}
}

// dotTile512 is one call into the assembly. The calls stand here by name, since
// a call through a variable would move out to the heap.
func dotTile512(out []float64, rows, width int, a []float64, stride, n int, b []float64) {
	switch 10*rows + width {
	case 38:
		dotLags3x8AVX512(&out[0], &a[0], stride, &b[0], n)
	case 35:
		dotLags3x5AVX512(&out[0], &a[0], stride, &b[0], n)
	case 31:
		dotLags3x1AVX512(&out[0], &a[0], stride, &b[0], n)
	case 28:
		dotLags2x8AVX512(&out[0], &a[0], stride, &b[0], n)
	case 25:
		dotLags2x5AVX512(&out[0], &a[0], stride, &b[0], n)
	case 21:
		dotLags2x1AVX512(&out[0], &a[0], stride, &b[0], n)
	case 18:
		dotLags1x8AVX512(&out[0], &a[0], stride, &b[0], n)
	case 15:
		dotLags1x5AVX512(&out[0], &a[0], stride, &b[0], n)
	default:
		dotLags1x1AVX512(&out[0], &a[0], stride, &b[0], n)
	}
}

func outerLagsFast(dst []float64, width int, a, b []float64) bool {
	switch vec.Name() {
	case "avx512":
		outerLagsAVX512(&dst[0], &a[0], len(a), &b[0], width/Lanes)
	case "avx2":
		outerLagsAVX2(&dst[0], &a[0], len(a), &b[0], width/Lanes)
	default:
		return false
	}
	return true
}

func outerSumsFast(acc *[gramRows * GramWidth]float64, a, b []float64, stride, n int) bool {
	switch vec.Name() {
	case "avx512":
		outerSumsAVX512(&acc[0], &a[0], &b[0], stride, n)
	case "avx2":
		for c := 0; c < GramWidth; c += 8 {
			outerSumsAVX2(&acc[c], &a[0], &b[c], stride, n)
		}
	default:
		return false
	}
	return true
}

func outerSinglesFast(acc *[SingleRows * GramWidth]float32, a, b []float32, stride, n int) bool {
	switch vec.Name() {
	case "avx512":
		outerSinglesAVX512(&acc[0], &a[0], &b[0], stride, n)
	case "avx2":
		for r := 0; r < SingleRows; r += 4 {
			for c := 0; c < GramWidth; c += 16 {
				outerSinglesAVX2(&acc[r*GramWidth+c], &a[r], &b[c], stride, n)
			}
		}
	default:
		return false
	}
	return true
}

func addSinglesFast(g []float64, gs int, acc *[SingleRows * GramWidth]float32, f float64) bool {
	_ = g[(SingleRows-1)*gs+GramWidth-1]
	switch vec.Name() {
	case "avx512":
		addSinglesAVX512(&g[0], gs, &acc[0], f)
	case "avx2":
		addSinglesAVX2(&g[0], gs, &acc[0], f)
	default:
		return false
	}
	return true
}

func gatherQuadFast(dst, signed, x []byte, at [Quad]int, xs, kh, kw int) bool {
	if vec.Name() == "go" {
		return false
	}
	gatherQuadsAVX2(&dst[0], &signed[0], &x[at[0]], &x[at[1]], &x[at[2]], &x[at[3]], xs, kh, kw)
	return true
}

func outerQuadsFast(acc *[SingleRows * GramWidth]float32, a, b []byte, stride, n int) bool {
	if !HasQuads() {
		return false
	}
	outerQuadsVNNI(&acc[0], &a[0], &b[0], stride, n)
	return true
}
