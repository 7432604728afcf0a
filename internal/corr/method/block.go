package method

import (
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// block is the correlation of one plane with one matrix of taps at any stride
// and dilation, as a sum of correlations at stride 1, which are what the loops
// of vec do. With stride s and dilation d, the taps whose offsets u*d leave one
// remainder modulo s see only every s-th row, and among these the taps stand
// lcm(s, d)/s rows apart; columns likewise.
type block[T tensor.Float] struct {
	g     geometry.Geometry
	parts []part[T]
}

// part is the taps of one remainder in rows and one in columns. The first tap
// sees input element (top, left) of the first output's window.
type part[T tensor.Float] struct {
	taps      *vec.Taps[T]
	top, left int
	dy, dx    int // distance of taps, in rows and columns of that remainder
}

func newBlock[T tensor.Float](taps []T, g geometry.Geometry) *block[T] {
	b := &block[T]{g: g}
	// Taps a step apart leave the same remainder.
	stepY, stepX := lcm(g.Stride.H, g.Dilation.H)/g.Dilation.H, lcm(g.Stride.W, g.Dilation.W)/g.Dilation.W
	for v := range min(stepX, g.KW) {
		for u := range min(stepY, g.KH) {
			var some []T
			kh, kw := (g.KH-u+stepY-1)/stepY, (g.KW-v+stepX-1)/stepX
			for i := range kh {
				for j := range kw {
					some = append(some, taps[(u+i*stepY)*g.KW+v+j*stepX])
				}
			}
			b.parts = append(b.parts, part[T]{
				taps: vec.NewTaps(some, kh, kw), top: u * g.Dilation.H, left: v * g.Dilation.W,
				dy: stepY * g.Dilation.H / g.Stride.H, dx: stepX * g.Dilation.W / g.Stride.W,
			})
		}
	}
	return b
}

func lcm(a, b int) int {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

// run computes rows x cols outputs from the rows of src. Scratch is memory that
// strided columns are gathered in; it grows as needed.
func (b *block[T]) run(scratch *[]T, dst, src tensor.View[T], rows, cols int, bias T, mode vec.Mode) {
	left := -1
	var columns tensor.View[T]
	for _, p := range b.parts {
		if p.left != left {
			columns, left = b.columns(scratch, src, p.left, rows, cols), p.left
		}
		// Taps dy rows apart: outputs that many rows apart share input rows.
		x := columns.From(p.top).Every(b.g.Stride.H)
		for r := range min(p.dy, rows) {
			y, x := dst.From(r).Every(p.dy), x.From(r).Every(p.dy)
			vec.Correlate(y.Data, y.Stride, x.Data, x.Stride, p.taps, p.dx, (rows-r+p.dy-1)/p.dy, cols, bias, mode)
		}
		mode = mode&^vec.Stream | vec.Add
	}
}

// columns returns the input columns left, left+stride, … side by side.
func (b *block[T]) columns(scratch *[]T, src tensor.View[T], left, rows, cols int) tensor.View[T] {
	s := b.g.Stride.W
	if s == 1 {
		return tensor.View[T]{Data: src.Data[left:], Stride: src.Stride}
	}
	tall := (rows-1)*b.g.Stride.H + b.g.Reach().H
	wide := ((cols-1)*s + b.g.Reach().W - left + s - 1) / s
	*scratch = tensor.Grow(*scratch, tall*wide)
	v := tensor.View[T]{Data: *scratch, Stride: wide}
	for r := range tall {
		from, to := src.Data[r*src.Stride+left:], v.Row(r, wide)
		for i := range to {
			to[i] = from[i*s]
		}
	}
	return v
}
