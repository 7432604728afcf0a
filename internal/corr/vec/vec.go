// Package vec holds the inner loops of the operator: valid correlations of
// blocks of rows, in generated assembly where the processor has AVX-512, AVX2
// with FMA or NEON, and in plain Go everywhere.
//
// The order of a sum is the same in all of them: it begins with the bias, or
// with what stands in the output, and adds the taps row by row, left to right.
// AVX-512, AVX2 and NEON fuse each multiplication with its addition and so give
// the same bits; plain Go rounds twice.
package vec

//go:generate sh -c "cd _asm && go run . -out ../strip_amd64.s -stubs ../strip_stubs_amd64.go -pkg vec"
//go:generate sh -c "cd _asm && go run ./arm64 -out ../strip_arm64.s -stubs ../strip_stubs_arm64.go -pkg vec"

// Float is the type of the elements.
type Float interface{ float32 | float64 }

// Mode says how results are stored; modes add up.
type Mode int

const (
	// Add adds to what stands in the output instead of beginning with the bias.
	Add Mode = 1 << iota
	// Stream stores around the cache where that is possible and pays, for
	// outputs that outgrow the cache and are not read soon.
	Stream
)

// Taps is a kernel made ready for the loops.
type Taps[T Float] struct {
	kh, kw int
	rows   []T // row by row
	// For strips of 4 and 2 output rows: for each input row that a strip sees
	// and each kernel column, the taps of the strip's output rows side by side.
	by4, by2 []T
}

// NewTaps packs the kh x kw taps.
func NewTaps[T Float](taps []T, kh, kw int) *Taps[T] {
	if kh < 1 || kw < 1 || len(taps) != kh*kw {
		panic("vec: taps do not match their size")
	}
	return &Taps[T]{kh: kh, kw: kw, rows: taps, by4: pack(taps, kh, kw, 4), by2: pack(taps, kh, kw, 2)}
}

// pack puts the tap of output row i for input row u and column v, which is
// K[u-i][v], at (u*kw+v)*rows + i; rows of the kernel that do not exist are 0
// and never used.
func pack[T Float](taps []T, kh, kw, rows int) []T {
	packed := make([]T, (kh+rows-1)*kw*rows)
	for u := range kh + rows - 1 {
		for v := range kw {
			for i := range rows {
				if k := u - i; 0 <= k && k < kh {
					packed[(u*kw+v)*rows+i] = taps[k*kw+v]
				}
			}
		}
	}
	return packed
}

// Correlate computes rows x cols elements of
//
//	y[r*ys+c] = bias + Σ_u Σ_v x[(r+u)*xs + c+v*dx] * K[u][v]
//
// or, in mode Add, adds the sum to y. Nothing outside these rows and columns
// is read or written. With the unit roundoff ε of T, an output errs by at most
// (kh*kw+1)*ε*(|bias| + Σ|x||K|), to first order. y and x do not overlap.
func Correlate[T Float](y []T, ys int, x []T, xs int, k *Taps[T], dx, rows, cols int, bias T, mode Mode) {
	if rows <= 0 || cols <= 0 {
		return
	}
	_ = y[(rows-1)*ys+cols-1]
	_ = x[(rows+k.kh-2)*xs+(k.kw-1)*dx+cols-1]
	pick[T](active.Load())(y, ys, x, xs, k, dx, rows, cols, bias, mode)
}
