//go:build !purego

package lagvec

import "github.com/convkit/convkit/internal/corr/vec"

func assembly() bool { return vec.Name() != "go" }

// dotLagsFast does six lags at a time, and the rest by six or four, whatever wastes
// fewer.
func dotLagsFast(acc []float64, rows, lags int, a []float64, stride, n int, b []float64) bool {
	if !assembly() {
		return false
	}
	var out [6]float64
	b = b[:cap(b)]
	for r := range rows {
		for k := 0; k < lags; {
			width := 6
			if rest := lags - k; rest <= 4 || rest == 7 || rest == 8 {
				width = 4
				dotLags4NEON(&out[0], &a[r*stride], &b[k], n)
			} else {
				dotLags6NEON(&out[0], &a[r*stride], &b[k], n)
			}
			copy(acc[r*lags+k:r*lags+lags], out[:width])
			k += width
		}
	}
	return true
}

func outerLagsFast(dst []float64, width int, a, b []float64) bool {
	if !assembly() {
		return false
	}
	outerLagsNEON(&dst[0], &a[0], len(a), &b[0], width/Lanes)
	return true
}

func outerSumsFast(acc *[gramRows * GramWidth]float64, a, b []float64, stride, n int) bool {
	if !assembly() {
		return false
	}
	for c := 0; c < GramWidth; c += 8 {
		outerSumsNEON(&acc[c], &a[0], &b[c], stride, n)
	}
	return true
}

func outerSinglesFast(acc *[SingleRows * GramWidth]float32, a, b []float32, stride, n int) bool {
	if !assembly() {
		return false
	}
	for c := 0; c < GramWidth; c += 8 {
		outerSinglesNEON(&acc[c], &a[0], &b[c], stride, n)
	}
	return true
}

func addSinglesFast(g []float64, gs int, acc *[SingleRows * GramWidth]float32, f float64) bool {
	_ = g[(SingleRows-1)*gs+GramWidth-1]
	if !assembly() {
		return false
	}
	addSinglesNEON(&g[0], gs, &acc[0], f)
	return true
}

// There are no loops for bytes.
const hasVNNI = false

func gatherQuadFast([]byte, []byte, []byte, [Quad]int, int, int, int) bool { return false }

func outerQuadsFast(*[SingleRows * GramWidth]float32, []byte, []byte, int, int) bool { return false }
