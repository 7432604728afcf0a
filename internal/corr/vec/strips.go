//go:build (amd64 || arm64) && !purego

package vec

import "unsafe"

// stripFunc computes 1, 2 or 4 output rows over cols columns. Distances are in
// bytes; packed are the taps as pack lays them out for so many rows.
type stripFunc[T Float] func(x *T, xs int, packed *T, kh, kw, dx int, y *T, ys, cols int, bias T, mode int)

// strips are the functions of one instruction set and element type: for 4 rows
// with kernels of 1, 2, 3 and more rows, for 2 with 1 and more, and for 1.
type strips[T Float] struct {
	four  [4]stripFunc[T]
	two   [2]stripFunc[T]
	one   stripFunc[T]
	slide [4]stripFunc[T] // as four, for narrow kernels and those of one row; nil where vectors do not shift
	width int             // bytes in a vector
}

// blockBytes bounds the input rows under a strip: they are read again for each
// kernel row and should stay in the second cache, of which this is a quarter.
const blockBytes = 256 << 10

func (s *strips[T]) correlate(y []T, ys int, x []T, xs int, k *Taps[T], dx, rows, cols int, bias T, mode Mode) {
	size := int(unsafe.Sizeof(bias))
	if mode&Stream != 0 {
		mode = s.around(mode, uintptr(unsafe.Pointer(&y[0])), ys*size, k.kh*k.kw)
	}
	block := max(blockBytes/(size*(k.kh+3))/256*256, 256)
	for c := 0; c < cols; c += block {
		s.block(y[c:], ys, x[c:], xs, k, dx, rows, min(block, cols-c), bias, mode)
	}
}

func (s *strips[T]) block(y []T, ys int, x []T, xs int, k *Taps[T], dx, rows, cols int, bias T, mode Mode) {
	size := int(unsafe.Sizeof(bias))
	run := func(f stripFunc[T], taps []T, r int) {
		f(&x[r*xs], xs*size, &taps[0], k.kh, k.kw, dx*size, &y[r*ys], ys*size, cols, bias, int(mode))
	}
	four := &s.four
	if s.slide[0] != nil && dx == 1 && k.kw > 1 && (k.kh == 1 || k.kw <= slideCols) {
		four = &s.slide
	}
	r := 0
	for ; r+4 <= rows; r += 4 {
		run(four[min(k.kh, 4)-1], k.by4, r)
	}
	if r+2 <= rows {
		run(s.two[min(k.kh, 2)-1], k.by2, r)
		r += 2
	}
	if r < rows {
		run(s.one, k.rows, r)
	}
}
