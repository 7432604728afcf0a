package lagvec

import "github.com/convkit/convkit/internal/corr/vec"

// Windows of whole numbers from 0 to 255 are kept in bytes, four side by side: tap t
// of window 4i+k is byte 4*(i*stride+t)+k. Beside them stand the same less 128, signed.
// Their products are added without rounding, four times as fast as in float32.
const (
	// Quad is the number of windows side by side.
	Quad = 4
	// MostQuads windows at a time keep sums exact, since float32 holds whole numbers up
	// to 2^24 > 512·128·255.
	MostQuads = 512 / Quad
	// QuadSlack is the number of bytes that must be readable behind the last window
	// of GatherQuad.
	QuadSlack = 16
)

// HasQuads reports whether AddGramQuads is fast: in processors with the instructions
// that neural networks use (AVX-512 VNNI).
func HasQuads() bool { return hasVNNI && vec.Name() == "avx512" }

// GatherQuad sets the taps of four windows, kh x kw elements from x[at[k]] on, with
// rows xs apart. It writes dst and signed up to 4*kh*kw+60.
func GatherQuad(dst, signed, x []byte, at [Quad]int, xs, kh, kw int) {
	n := kh * kw
	_, _ = dst[Quad*(n+15)-1], signed[Quad*(n+15)-1]
	for _, from := range at {
		_ = x[from+(kh-1)*xs+kw-1+QuadSlack]
	}
	if gatherQuadFast(dst, signed, x, at, xs, kh, kw) {
		return
	}
	for k, from := range at {
		for u := range kh {
			for v, b := range x[from+u*xs:][:kw] {
				dst[Quad*(u*kw+v)+k], signed[Quad*(u*kw+v)+k] = b, b^128
			}
		}
	}
}

// AddGramQuads is AddGramSingle for n <= MostQuads quads of windows: it adds
//
//	f Σ (b[r] − 128) b[c]
//
// over all windows to g[r*size+c], r <= c, with b the unsigned bytes, without rounding
// the sum. A row has room for size rounded up to GramWidth and SingleRows more.
func AddGramQuads(g []float64, size int, signed, unsigned []byte, stride, n int, f float64) {
	if n == 0 || size == 0 {
		return
	}
	last := Quad*((n-1)*stride+(size+GramWidth-1)/GramWidth*GramWidth+SingleRows) - 1
	_, _, _ = g[size*size-1], signed[last], unsigned[last]
	addTiles(g, size, f, func(acc *[SingleRows * GramWidth]float32, r, c int) {
		if !outerQuadsFast(acc, signed[Quad*r:], unsigned[Quad*c:], stride, n) {
			outerQuadsGo(acc, signed[Quad*r:], unsigned[Quad*c:], stride, n)
		}
	})
}

// outerQuadsGo sets acc[r*GramWidth+c] to Σ_{i<n,k<4} a[4*(i*stride+r)+k] b[4*(i*stride+c)+k],
// a signed.
func outerQuadsGo(acc *[SingleRows * GramWidth]float32, a, b []byte, stride, n int) {
	var sums [SingleRows * GramWidth]int32
	for i := range n {
		row := b[Quad*i*stride:][:Quad*GramWidth]
		for r := range SingleRows {
			f := (*[Quad]byte)(a[Quad*(i*stride+r):])
			for c := range GramWidth {
				v := (*[Quad]byte)(row[Quad*c:])
				for k := range Quad {
					sums[r*GramWidth+c] += int32(int8(f[k])) * int32(v[k])
				}
			}
		}
	}
	for i, v := range sums {
		acc[i] = float32(v)
	}
}
